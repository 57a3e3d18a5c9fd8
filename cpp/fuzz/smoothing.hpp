// What holds of every smoothing filter.
#pragma once

#include <algorithm>

#include "input.hpp"

namespace sesctl::fuzz {

// What is missing stays so, everything else is finite, and no further out than `growth` times the largest
// sample of its row. Numbers whose sums may overflow are only smoothed, not judged.
template <class T>
void require_smooth(const Table<T>& values, const Table<T>& smoothed, double growth) {
    for (std::size_t r = 0; r < values.rows; ++r) {
        const double size = largest(values[r]);
        for (std::size_t i = 0; i < values.samples; ++i) {
            if (std::isnan(values[r][i])) {
                SESCTL_CLAIM(std::isnan(smoothed[r][i]));
            } else if (size <= 1e30) {
                SESCTL_CLAIM(std::abs(static_cast<double>(smoothed[r][i])) <= growth * size);
            }
        }
    }
}

}  // namespace sesctl::fuzz
