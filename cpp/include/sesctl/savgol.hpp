// Savitzky-Golay smoothing: in each window the value, at its middle, of the least-squares polynomial.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sesctl/view.hpp"

namespace sesctl {

inline constexpr std::int64_t highest_order = 5;

// Each stretch between NaNs is a record of its own. Its first and last half windows lie on the polynomials
// fitted to its first and last full windows. A stretch shorter than the window gets the largest odd one that
// fits; where that holds no more samples than the order, they stay as they are. Throws ParameterError
// where a value is infinite.
template <class T>
void smooth_savgol(Rows<const T> values, std::int64_t window, std::int64_t order, Rows<T> smoothed,
                   std::size_t threads);

}  // namespace sesctl
