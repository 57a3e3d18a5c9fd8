// What the smoothing filters share: each stretch between gaps is a record of its own.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "sesctl/gaps.hpp"
#include "sesctl/view.hpp"
#include "sesctl/window.hpp"

namespace sesctl {

// The sample of least magnitude. A telluric field stands on an electrode offset of up to 1e4 mV/km, and what
// departs from that keeps its digits; no sample loses any, since none is less. (The first sample would not
// do: where it is a spike, every other one would be rounded to the spike's last digit.)
template <class T>
double offset_of(std::span<const T> samples) {
    return static_cast<double>(*std::min_element(
        samples.begin(), samples.end(), [](T left, T right) { return std::abs(left) < std::abs(right); }));
}

// Calls smooth(samples, window, result) for each stretch, in double and less its offset; window is the
// largest odd one that fits, up to the given. Where that holds no more samples than the order of the
// polynomials fitted, the stretch stays as it is.
template <class T, class Smooth>
void smooth_stretches(Rows<const T> values, std::size_t window, std::size_t order, Rows<T> smoothed,
                      Smooth&& smooth) {
    std::vector<double> samples;
    std::vector<double> result;
    for (std::size_t r = 0; r < values.rows; ++r) {
        const auto row = values[r];
        const auto out = smoothed[r];
        std::copy(row.begin(), row.end(), out.begin());
        for_each_stretch(row, [&](std::size_t first, std::size_t length) {
            const std::size_t fitting = fitting_window(window, length);
            // A window of one sample returns it.
            if (fitting == 1 || fitting <= order) return;
            const auto stretch = row.subspan(first, length);
            const double offset = offset_of(stretch);
            samples.resize(length);
            result.resize(length);
            std::transform(stretch.begin(), stretch.end(), samples.begin(),
                           [&](T value) { return static_cast<double>(value) - offset; });
            smooth(std::span<const double>(samples), fitting, std::span<double>(result));
            std::transform(result.begin(), result.end(), out.begin() + static_cast<std::ptrdiff_t>(first),
                           [&](double value) { return static_cast<T>(offset + value); });
        });
    }
}

}  // namespace sesctl
