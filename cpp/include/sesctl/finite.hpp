// Whether samples are what a kernel can take.
#pragma once

#include <cstddef>
#include <span>

namespace sesctl {

// The first sample that is infinite; the number of samples where none is.
template <class T>
std::size_t first_infinite(std::span<const T> samples, std::size_t threads);

}  // namespace sesctl
