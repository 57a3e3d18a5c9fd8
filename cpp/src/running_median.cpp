#include "sesctl/running_median.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

#include "sesctl/sorted_window.hpp"
#include "sesctl/window.hpp"

namespace sesctl {

template <class T>
void running_median(Rows<const T> values, std::int64_t window, Rows<T> median, std::size_t) {
    const std::size_t width = checked_window(window);
    for (std::size_t r = 0; r < values.rows; ++r) {
        const auto row = values[r];
        const auto out = median[r];
        std::copy(row.begin(), row.end(), out.begin());
        for_each_sorted_window(row, width, [&](std::size_t centre, std::span<const T> sorted) {
            out[centre] = static_cast<T>(median_of_sorted(sorted));
        });
    }
}

template void running_median(Rows<const float>, std::int64_t, Rows<float>, std::size_t);
template void running_median(Rows<const double>, std::int64_t, Rows<double>, std::size_t);

}  // namespace sesctl
