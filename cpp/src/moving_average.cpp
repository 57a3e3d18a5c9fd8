#include "sesctl/moving_average.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "sesctl/stretches.hpp"
#include "sesctl/window.hpp"

namespace sesctl {

namespace {

// The means of all full windows. The samples are cut into blocks of one window each; every window is the end
// of one block and the beginning of the next, so its sum is one of the sums from the right plus one from the
// left. Nothing is ever subtracted: a spike leaves no rounding error behind once the window has passed it.
void average_full_windows(std::span<const double> samples, std::size_t window,
                          std::vector<double>& from_right, std::span<double> means) {
    from_right.resize(window);
    for (std::size_t block = 0; block < means.size(); block += window) {
        double sum = 0.0;
        for (std::size_t i = window; i-- > 0;) {
            sum += samples[block + i];
            from_right[i] = sum;
        }
        double from_left = 0.0;
        for (std::size_t i = 0; i < window && block + i < means.size(); ++i) {
            means[block + i] = (from_right[i] + from_left) / static_cast<double>(window);
            if (block + window + i < samples.size()) from_left += samples[block + window + i];
        }
    }
}

// The slope per sample of the straight line fitted to one window: sum(t x) / sum(t²), t from -half to half.
double fitted_slope(std::span<const double> samples) {
    const std::size_t half = samples.size() / 2;
    double moment = 0.0;
    for (std::size_t t = 1; t <= half; ++t) {
        moment += static_cast<double>(t) * (samples[half + t] - samples[half - t]);
    }
    const auto h = static_cast<double>(half);
    return moment / (h * (h + 1.0) * (2.0 * h + 1.0) / 3.0);
}

void average_stretch(std::span<const double> samples, std::size_t window, std::vector<double>& from_right,
                     std::span<double> smoothed) {
    const std::size_t half = window / 2;
    average_full_windows(samples, window, from_right, smoothed.subspan(half, samples.size() - 2 * half));
    const double rise = fitted_slope(samples.first(window));
    const double fall = fitted_slope(samples.last(window));
    const std::size_t last = samples.size() - 1;
    for (std::size_t t = 1; t <= half; ++t) {
        smoothed[half - t] = smoothed[half] - rise * static_cast<double>(t);
        smoothed[last - half + t] = smoothed[last - half] + fall * static_cast<double>(t);
    }
}

}  // namespace

template <class T>
void moving_average(Rows<const T> values, std::int64_t window, Rows<T> smoothed) {
    const std::size_t width = checked_window(window);
    std::vector<double> from_right;
    // Order 1: the ends lie on straight lines.
    smooth_stretches(values, width, 1, smoothed,
                     [&](std::span<const double> samples, std::size_t fitting, std::span<double> result) {
                         average_stretch(samples, fitting, from_right, result);
                     });
}

template void moving_average(Rows<const float>, std::int64_t, Rows<float>);
template void moving_average(Rows<const double>, std::int64_t, Rows<double>);

}  // namespace sesctl
