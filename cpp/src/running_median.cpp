#include "sesctl/running_median.hpp"

#include <algorithm>

#include "sesctl/lanes_of_medians.hpp"
#include "sesctl/window.hpp"

namespace sesctl {

template <class T>
void running_median(Rows<const T> values, std::int64_t window, Rows<T> median, std::size_t threads) {
    const std::size_t width = checked_window(window);
    if (width == 1) {
        std::copy_n(values.data, values.rows * values.samples, median.data);
        return;
    }
    for_each_median_tile(values, width, threads, [&](auto& lanes, auto sections, std::size_t first, bool) {
        lanes.write(sections, first, median);
    });
}

template void running_median(Rows<const float>, std::int64_t, Rows<float>, std::size_t);
template void running_median(Rows<const double>, std::int64_t, Rows<double>, std::size_t);

}  // namespace sesctl
