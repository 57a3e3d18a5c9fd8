#include "sesctl/stretches.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include "sesctl/gaps.hpp"
#include "sesctl/gram_basis.hpp"
#include "sesctl/parallel.hpp"
#include "sesctl/step_means.hpp"
#include "sesctl/window.hpp"
#include "sesctl/window_moments.hpp"

namespace sesctl {

namespace {

// Windows of one stretch that one lane takes on: a long record is shared out to lanes, a day is not.
constexpr std::size_t longest_share = std::size_t{1} << 14;

// The sample of least magnitude: what departs from it keeps its digits, since no sample is less.
template <class T>
double offset_of(std::span<const T> samples) {
    return static_cast<double>(*std::min_element(
        samples.begin(), samples.end(), [](T left, T right) { return std::abs(left) < std::abs(right); }));
}

// Writes the polynomial fitted to one window at its points first, first + 1, ...
template <class T>
void fit_window(std::span<const T> samples, const GramBasis& basis, std::size_t first, std::span<T> fitted,
                std::vector<double>& scratch) {
    const double offset = offset_of(samples);
    scratch.resize(samples.size() + fitted.size());
    const auto window = std::span(scratch).first(samples.size());
    const auto result = std::span(scratch).last(fitted.size());
    std::ranges::transform(samples, window.begin(),
                           [&](T value) { return static_cast<double>(value) - offset; });
    basis.fit(window, first, result);
    std::ranges::transform(result, fitted.begin(),
                           [&](double value) { return static_cast<T>(offset + value); });
}

// Smooths all that no full window of the given length is the middle of, and adds the windows that are.
template <class T>
void smooth_ends(std::span<const T> row, std::span<T> out, std::size_t order, const GramBasis& basis,
                 std::vector<Windows<T>>& windows) {
    const std::size_t window = basis.window();
    const std::size_t half = window / 2;
    const std::size_t share = std::max(longest_share / window, std::size_t{1}) * window;
    std::vector<double> scratch;
    std::size_t done = 0;
    const auto pass_over_gap = [&](std::size_t end) {
        std::ranges::fill(out.subspan(done, end - done), std::numeric_limits<T>::quiet_NaN());
    };
    for_each_stretch(row, [&](std::size_t first, std::size_t length) {
        pass_over_gap(first);
        done = first + length;
        const auto stretch = row.subspan(first, length);
        const auto smoothed = out.subspan(first, length);
        const std::size_t fitting = fitting_window(window, length);
        // A window of one sample returns it.
        if (fitting == 1 || fitting <= order) {
            std::ranges::copy(stretch, smoothed.begin());
        } else if (fitting < window) {
            // One full window, or two: the first reaches up to its middle, the last from there on.
            const GramBasis own(fitting, order);
            const std::size_t middle = fitting / 2 + 1;
            fit_window(stretch.first(fitting), own, 0, smoothed.first(middle), scratch);
            fit_window(stretch.last(fitting), own, middle - (length - fitting), smoothed.subspan(middle),
                       scratch);
        } else {
            fit_window(stretch.first(window), basis, 0, smoothed.first(half), scratch);
            fit_window(stretch.last(window), basis, window - half, smoothed.last(half), scratch);
            const std::size_t count = length - 2 * half;
            for (std::size_t at = 0; at < count; at += share) {
                windows.push_back(
                    {stretch.data() + at, smoothed.data() + half + at, std::min(share, count - at)});
            }
        }
    });
    pass_over_gap(row.size());
}

// One of `shares` shares of the windows, side by side in lanes.
template <class T, std::size_t Bytes, std::size_t Moments>
void smooth_share(std::span<const Windows<T>> windows, const MomentWeights& weights, std::size_t share,
                  std::size_t shares) {
    using Lanes = LanesOfWindows<T, Bytes, Moments>;
    const std::size_t groups = (windows.size() + Lanes::lanes - 1) / Lanes::lanes;
    if (groups * share / shares == groups * (share + 1) / shares) return;
    Lanes lanes(weights);
    for (std::size_t group = groups * share / shares; group < groups * (share + 1) / shares; ++group) {
        const std::size_t first = group * Lanes::lanes;
        lanes.smooth(windows.subspan(first, std::min(Lanes::lanes, windows.size() - first)));
    }
}

// Where whole numbers will do, means need neither lanes nor double precision.
template <std::size_t Bytes>
void average_share(std::span<const Windows<float>> windows, const MomentWeights& weights, std::size_t share,
                   std::size_t shares) {
    StepMeans<Bytes> means(weights.window());
    std::vector<Windows<float>> left;
    const std::size_t end = windows.size() * (share + 1) / shares;
    for (std::size_t at = windows.size() * share / shares; at < end; at += means.lanes) {
        means.average(windows.subspan(at, std::min(means.lanes, end - at)), left);
    }
    smooth_share<float, Bytes, 1>(left, weights, 0, 1);
}

}  // namespace

template <class T>
void smooth_stretches(Rows<const T> values, std::size_t window, std::size_t order, Rows<T> smoothed,
                      std::size_t threads) {
    if (window == 1) {
        std::copy_n(values.data, values.rows * values.samples, smoothed.data);
        return;
    }
    const std::size_t shares = worthwhile_threads(threads, values.rows * values.samples);
    const GramBasis basis(window, order);
    std::vector<std::vector<Windows<T>>> found(shares);
    share_out(values.rows, shares, [&](std::size_t begin, std::size_t end, std::size_t share) {
        for (std::size_t r = begin; r < end; ++r)
            smooth_ends(values[r], smoothed[r], order, basis, found[share]);
    });
    std::vector<Windows<T>> windows;
    for (const auto& some : found) windows.insert(windows.end(), some.begin(), some.end());
    // Lanes that end together leave none idle.
    std::ranges::stable_sort(windows, std::ranges::greater{}, &Windows<T>::count);
    const MomentWeights weights(window, order);
    share_out(shares, shares, [&](std::size_t, std::size_t, std::size_t share) {
        run_on_active_isa([&](auto bytes) {
            switch (weights.moments()) {
                case 1:
                    if constexpr (std::is_same_v<T, float>) {
                        if (window >= StepMeans<bytes()>::shortest_window) {
                            return average_share<bytes()>(windows, weights, share, shares);
                        }
                    }
                    return smooth_share<T, bytes(), 1>(windows, weights, share, shares);
                case 3:
                    return smooth_share<T, bytes(), 3>(windows, weights, share, shares);
                default:
                    return smooth_share<T, bytes(), 5>(windows, weights, share, shares);
            }
        });
    });
}

template void smooth_stretches(Rows<const float>, std::size_t, std::size_t, Rows<float>, std::size_t);
template void smooth_stretches(Rows<const double>, std::size_t, std::size_t, Rows<double>, std::size_t);

}  // namespace sesctl
