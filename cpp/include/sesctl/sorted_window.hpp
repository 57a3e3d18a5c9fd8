// The samples under a sliding centred window, kept in order: what medians are read from.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace sesctl {

// The middle of an ordered, non-empty range; of an even number of values, the mean of the two in the middle.
template <class T>
double median_of_sorted(std::span<const T> sorted) {
    const std::size_t upper = sorted.size() / 2;
    const auto above = static_cast<double>(sorted[upper]);
    // midpoint, because the sum of two large values may not be finite.
    return sorted.size() % 2 == 1 ? above : std::midpoint(static_cast<double>(sorted[upper - 1]), above);
}

// Calls visit(centre, sorted) for each sample that is not NaN, with the ordered samples of the window around
// it. The window ends where the row ends, and leaves NaN out. O(window) moves a sample, in one cache line or
// few: for the windows allowed here that is quicker than any tree.
template <class T, class Visit>
void for_each_sorted_window(std::span<const T> row, std::size_t window, Visit&& visit) {
    const std::size_t half = window / 2;
    std::vector<T> sorted;
    sorted.reserve(std::min(window, row.size()));
    const auto enter = [&](T value) {
        if (!std::isnan(value)) sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), value), value);
    };
    const auto leave = [&](T value) {
        if (!std::isnan(value)) sorted.erase(std::lower_bound(sorted.begin(), sorted.end(), value));
    };
    for (std::size_t ahead = 0; ahead < std::min(half, row.size()); ++ahead) enter(row[ahead]);
    for (std::size_t centre = 0; centre < row.size(); ++centre) {
        if (centre > half) leave(row[centre - half - 1]);
        if (half < row.size() - centre) enter(row[centre + half]);
        if (!std::isnan(row[centre])) visit(centre, std::span<const T>(sorted));
    }
}

}  // namespace sesctl
