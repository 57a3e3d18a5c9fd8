// The running median: a background that steps and pulses shorter than half the window do not bend.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sesctl/view.hpp"

namespace sesctl {

// The median of the window around each sample. The window ends where the row ends and leaves NaN out; a NaN
// stays NaN. Throws ParameterError where a value is infinite.
template <class T>
void running_median(Rows<const T> values, std::int64_t window, Rows<T> median, std::size_t threads);

}  // namespace sesctl
