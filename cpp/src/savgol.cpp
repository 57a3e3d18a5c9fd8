#include "sesctl/savgol.hpp"

#include <cstddef>
#include <string>

#include "sesctl/errors.hpp"
#include "sesctl/stretches.hpp"
#include "sesctl/window.hpp"

namespace sesctl {

namespace {

std::size_t checked_order(std::int64_t order, std::size_t window) {
    if (order < 0 || order > highest_order) {
        throw ParameterError("order is " + std::to_string(order) + ", which is not from 0 to " +
                             std::to_string(highest_order));
    }
    if (window <= static_cast<std::size_t>(order)) {
        throw ParameterError("window is " + std::to_string(window) +
                             " samples, which do not determine a polynomial of order " +
                             std::to_string(order));
    }
    return static_cast<std::size_t>(order);
}

}  // namespace

template <class T>
void smooth_savgol(Rows<const T> values, std::int64_t window, std::int64_t order, Rows<T> smoothed,
                   std::size_t threads) {
    const std::size_t width = checked_window(window);
    smooth_stretches(values, width, checked_order(order, width), smoothed, threads);
}

template void smooth_savgol(Rows<const float>, std::int64_t, std::int64_t, Rows<float>, std::size_t);
template void smooth_savgol(Rows<const double>, std::int64_t, std::int64_t, Rows<double>, std::size_t);

}  // namespace sesctl
