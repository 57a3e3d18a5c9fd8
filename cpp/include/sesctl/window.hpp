// Windows of the filters: an odd number of samples, so that each has a sample in its middle.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "sesctl/errors.hpp"

namespace sesctl {

// 2 h 47 min at 0.1 Hz: beyond it a filter at full rate is the wrong tool.
inline constexpr std::int64_t longest_window = 1001;

// The window as a size; throws ParameterError where it is even or outside 1..longest_window.
inline std::size_t checked_window(std::int64_t window) {
    if (window < 1 || window > longest_window || window % 2 == 0) {
        throw ParameterError("window is " + std::to_string(window) +
                             " samples, which is not an odd number from 1 to " +
                             std::to_string(longest_window));
    }
    return static_cast<std::size_t>(window);
}

// The window, or the largest odd one that fits into a stretch of this length (at least one sample).
inline std::size_t fitting_window(std::size_t window, std::size_t length) {
    return std::min(window, length % 2 == 1 ? length : length - 1);
}

}  // namespace sesctl
