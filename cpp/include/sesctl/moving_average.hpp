// The moving average, centred: Savitzky-Golay smoothing of order 1 in time that no window lengthens.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sesctl/view.hpp"

namespace sesctl {

// Each stretch between NaNs is a record of its own. Its first and last half windows lie on the straight lines
// fitted to its first and last full windows. A stretch shorter than the window gets the largest odd one that
// fits. Throws ParameterError where a value is infinite.
template <class T>
void moving_average(Rows<const T> values, std::int64_t window, Rows<T> smoothed, std::size_t threads);

}  // namespace sesctl
