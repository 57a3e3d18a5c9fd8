#include "sesctl/running_median.hpp"

#include <algorithm>
#include <vector>

#include "input.hpp"
#include "sesctl/errors.hpp"

namespace sesctl::fuzz {

// The median is one of the window's samples, or lies between the two in the middle.
template <class T>
void medians_are_those_of_sorted_windows(Input& input) {
    const std::int64_t window = input.flag() ? input.between(-1, 1003) : 2 * input.between(0, 12) + 1;
    const auto values = input.table<T>(40, 150, Wild::missing);
    Table<T> median(values.rows, values.samples);
    try {
        running_median<T>(values.read(), window, median.view(), 2);
    } catch (const ParameterError&) {
        SESCTL_CLAIM(window < 1 || window > 1001 || window % 2 == 0);
        return;
    }
    const auto half = static_cast<std::size_t>(window / 2);
    std::vector<T> sorted;
    for (std::size_t r = 0; r < values.rows; ++r) {
        for (std::size_t i = 0; i < values.samples; ++i) {
            if (std::isnan(values[r][i])) {
                SESCTL_CLAIM(std::isnan(median[r][i]));
                continue;
            }
            sorted.clear();
            for (std::size_t k = i < half ? 0 : i - half; k < std::min(values.samples, i + half + 1); ++k) {
                if (!std::isnan(values[r][k])) sorted.push_back(values[r][k]);
            }
            std::ranges::sort(sorted);
            SESCTL_CLAIM(sorted[(sorted.size() - 1) / 2] <= median[r][i]);
            SESCTL_CLAIM(median[r][i] <= sorted[sorted.size() / 2]);
        }
    }
}

}  // namespace sesctl::fuzz

SESCTL_FUZZ_TARGET(sesctl::fuzz::medians_are_those_of_sorted_windows)
