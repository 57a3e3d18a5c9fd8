#include "sesctl/running_median.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

#include "sesctl/finite.hpp"
#include "sesctl/gaps.hpp"
#include "sesctl/lanes_of_medians.hpp"
#include "sesctl/window.hpp"

namespace sesctl {

template <class T>
void running_median(Rows<const T> values, std::int64_t window, Rows<T> median, std::size_t threads) {
    const std::size_t width = checked_window(window);
    if (width == 1) {
        const std::size_t size = values.rows * values.samples;
        if (first_infinite(std::span(values.data, size), threads) < size) refuse_infinite();
        std::copy_n(values.data, size, median.data);
        return;
    }
    for_each_median_tile(values, width, threads, [&](auto& lanes, auto sections, std::size_t first, bool) {
        lanes.write(sections, first, median);
    });
}

template void running_median(Rows<const float>, std::int64_t, Rows<float>, std::size_t);
template void running_median(Rows<const double>, std::int64_t, Rows<double>, std::size_t);

}  // namespace sesctl
