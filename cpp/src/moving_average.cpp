#include "sesctl/moving_average.hpp"

#include "sesctl/stretches.hpp"
#include "sesctl/window.hpp"

namespace sesctl {

template <class T>
void moving_average(Rows<const T> values, std::int64_t window, Rows<T> smoothed, std::size_t threads) {
    // Order 1, whose ends lie on straight lines; in the middle of a window that is the mean.
    smooth_stretches(values, checked_window(window), 1, smoothed, threads);
}

template void moving_average(Rows<const float>, std::int64_t, Rows<float>, std::size_t);
template void moving_average(Rows<const double>, std::int64_t, Rows<double>, std::size_t);

}  // namespace sesctl
