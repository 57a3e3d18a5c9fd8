// What the smoothing filters share: each stretch between gaps is a record of its own.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sesctl/view.hpp"

namespace sesctl {

// Each sample becomes the value, at the middle of the window around it, of the polynomial fitted to the
// window. The first and last half windows of a stretch lie on the polynomials fitted to its first and last
// full windows; a stretch shorter than the window gets the largest odd one that fits, and where that holds no
// more samples than the order, it stays as it is. `window` exceeds `order`, unless it is 1, which changes
// nothing. The result is the same for any number of threads. Throws ParameterError where a value is infinite.
template <class T>
void smooth_stretches(Rows<const T> values, std::size_t window, std::size_t order, Rows<T> smoothed,
                      std::size_t threads);

}  // namespace sesctl
