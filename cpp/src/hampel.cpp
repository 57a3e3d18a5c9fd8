#include "sesctl/hampel.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>

#include "sesctl/errors.hpp"
#include "sesctl/sorted_window.hpp"
#include "sesctl/window.hpp"

namespace sesctl {

namespace {

// MAD * 1.4826 estimates the standard deviation of normal noise.
constexpr double normal_scale = 1.4826;

// The distance from the centre within which its nearest `members` values lie. Those are neighbours in the
// ordered window, so a binary search for where they begin does it, without ordering the distances.
template <class T>
double radius_of_nearest(std::span<const T> sorted, double centre, std::size_t members) {
    std::size_t first = 0;
    std::size_t last = sorted.size() - members;
    while (first < last) {
        const std::size_t middle = first + (last - first) / 2;
        const double below = centre - static_cast<double>(sorted[middle]);
        const double above = static_cast<double>(sorted[middle + members]) - centre;
        if (below > above) {
            first = middle + 1;
        } else {
            last = middle;
        }
    }
    return std::max(centre - static_cast<double>(sorted[first]),
                    static_cast<double>(sorted[first + members - 1]) - centre);
}

template <class T>
double median_absolute_deviation(std::span<const T> sorted, double median) {
    const std::size_t half = sorted.size() / 2;
    const double upper = radius_of_nearest(sorted, median, half + 1);
    return sorted.size() % 2 == 1 ? upper : std::midpoint(radius_of_nearest(sorted, median, half), upper);
}

}  // namespace

template <class T>
void despike(Rows<const T> values, std::int64_t window, PulseLimit limit, Rows<T> despiked,
             Rows<bool> replaced, std::size_t) {
    const std::size_t width = checked_window(window);
    if (!std::isfinite(limit.n_sigma) || limit.n_sigma <= 0) {
        throw ParameterError("n_sigma is " + std::to_string(limit.n_sigma) +
                             ", which is not a positive number");
    }
    if (!std::isfinite(limit.floor) || limit.floor < 0) {
        throw ParameterError("floor is " + std::to_string(limit.floor) + ", which is not zero or more");
    }
    for (std::size_t r = 0; r < values.rows; ++r) {
        const auto row = values[r];
        const auto out = despiked[r];
        const auto is_replaced = replaced[r];
        std::copy(row.begin(), row.end(), out.begin());
        std::fill(is_replaced.begin(), is_replaced.end(), false);
        for_each_sorted_window(row, width, [&](std::size_t centre, std::span<const T> sorted) {
            const double median = median_of_sorted(sorted);
            const double scale =
                std::max(normal_scale * median_absolute_deviation(sorted, median), limit.floor);
            if (std::abs(static_cast<double>(row[centre]) - median) > limit.n_sigma * scale) {
                out[centre] = static_cast<T>(median);
                is_replaced[centre] = true;
            }
        });
    }
}

template void despike(Rows<const float>, std::int64_t, PulseLimit, Rows<float>, Rows<bool>, std::size_t);
template void despike(Rows<const double>, std::int64_t, PulseLimit, Rows<double>, Rows<bool>, std::size_t);

}  // namespace sesctl
