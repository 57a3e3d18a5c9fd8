// Hampel's filter: pulses out, everything else untouched.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sesctl/view.hpp"

namespace sesctl {

// MAD * 1.4826 estimates the standard deviation of normal noise.
inline constexpr double normal_scale = 1.4826;

// When a sample counts as part of a pulse.
struct PulseLimit {
    double n_sigma = 4.0;
    double floor = 0.0;  // the least scale, in the unit of the values
};

// Replaces a sample further than n_sigma * max(1.4826 MAD, floor) from the median of the window around it by
// that median; replaced tells which. The window ends where the row ends and leaves NaN out. Throws
// ParameterError where a value is infinite.
template <class T>
void despike(Rows<const T> values, std::int64_t window, PulseLimit limit, Rows<T> despiked,
             Rows<bool> replaced, std::size_t threads);

}  // namespace sesctl
