// The value, at the middle of a sliding window, of the polynomial fitted to it, from the window's moments.
//
// The samples are cut into blocks of one window each. Every window is the end of one block and the beginning
// of the next, so its moments about the boundary are those of an end, summed from the right, plus those of a
// beginning, summed from the left: a few additions a sample, however long the window. Nothing is ever
// subtracted, so a spike leaves no rounding error behind once the window has passed it, and no error grows
// along the record.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "sesctl/lanes.hpp"

namespace sesctl {

// Weights of the window's moments in the fitted value, for every place of the boundary in the window.
class MomentWeights {
  public:
    // Of a polynomial of order 0 or 1, one moment; of 2 or 3, three; of 4 or 5, five.
    MomentWeights(std::size_t window, std::size_t order)
        : window_(window), moments_(order / 2 * 2 + 1), weights_(window * moments_) {
        const auto h = static_cast<double>(window / 2);
        // The weight of the sample at distance s from the middle, a0 + a2 s² + a4 s⁴ (Savitzky and Golay
        // 1964).
        std::array<double, 5> a{1.0 / (2 * h + 1), 0.0, 0.0, 0.0, 0.0};
        if (moments_ == 3) {
            const double below = (2 * h - 1) * (2 * h + 1) * (2 * h + 3);
            a = {3 * (3 * h * h + 3 * h - 1) / below, 0.0, -15 / below, 0.0, 0.0};
        } else if (moments_ == 5) {
            const double below = 4 * (2 * h - 3) * (2 * h - 1) * (2 * h + 1) * (2 * h + 3) * (2 * h + 5) / 15;
            a = {((((15 * h + 30) * h - 35) * h - 50) * h + 12) / below, 0.0,
                 -35 * (2 * h * h + 2 * h - 3) / below, 0.0, 63 / below};
        }
        constexpr double binomial[5][5] = {
            {1, 0, 0, 0, 0}, {1, 1, 0, 0, 0}, {1, 2, 1, 0, 0}, {1, 3, 3, 1, 0}, {1, 4, 6, 4, 1}};
        for (std::size_t i = 0; i < window; ++i) {
            // The middle of window i lies d samples after the boundary: s^k = (t - d)^k in powers of t.
            const double d = static_cast<double>(i) - h - 1;
            for (std::size_t j = 0; j < moments_; ++j) {
                double sum = 0.0;
                for (std::size_t k = moments_; k-- > j;) sum = sum * -d + a[k] * binomial[k][j];
                weights_[i * moments_ + j] = sum;
            }
        }
    }

    [[nodiscard]] std::size_t window() const { return window_; }
    [[nodiscard]] std::size_t moments() const { return moments_; }
    [[nodiscard]] const double* data() const { return weights_.data(); }

  private:
    std::size_t window_;
    std::size_t moments_;
    std::vector<double> weights_;
};

// Consecutive windows of one stretch, the first of which begins with a block.
template <class T>
struct Windows {
    const T* samples;   // of the first window
    T* smoothed;        // the middle of the first window
    std::size_t count;  // how many windows
};

// Smooths several stretches side by side, one in each lane.
template <class T, std::size_t Bytes, std::size_t Moments>
class LanesOfWindows {
  public:
    using V = Vector<double, Bytes>;
    static constexpr std::size_t width = Bytes / sizeof(double);
    static constexpr std::size_t vectors = 2;
    static constexpr std::size_t lanes = vectors * width;

    explicit LanesOfWindows(const MomentWeights& weights)
        : weights_(weights),
          window_(weights.window()),
          current_(window_ * lanes),
          next_(window_ * lanes),
          tails_(window_ * lanes * Moments),
          smoothed_(window_ * lanes) {}

    // At most `lanes` of them.
    void smooth(std::span<const Windows<T>> stretches) {
        std::size_t most = 0;
        for (const auto& stretch : stretches) most = std::max(most, stretch.count);
        read(stretches, 0, current_);
        for (std::size_t first = 0; first < most; first += window_) {
            read(stretches, first + window_, next_);
            choose_references();
            sum_ends();
            add_beginnings();
            write(stretches, first);
            std::swap(current_, next_);
        }
    }

  private:
    // The block that begins at `first`; the last sample stands for what lies beyond the last window.
    void read(std::span<const Windows<T>> stretches, std::size_t first, LaneBuffer<double>& block) const {
        for (std::size_t lane = 0; lane < stretches.size(); lane += 4) {
            const std::size_t filled = std::min<std::size_t>(4, stretches.size() - lane);
            std::array<const T*, 4> rows{};
            std::array<std::size_t, 4> here{};
            for (std::size_t r = 0; r < filled; ++r) {
                const auto& stretch = stretches[lane + r];
                const std::size_t samples = stretch.count + window_ - 1;
                here[r] = std::min(window_, samples - std::min(first, samples));
                rows[r] = stretch.samples + std::min(first, samples);
            }
            const std::size_t together = *std::ranges::min_element(here);
            double* const to = block.data() + lane;
            if (together > 0) to_lanes(rows.data(), together, to, lanes);
            for (std::size_t r = 0; r < filled; ++r) {
                for (std::size_t i = together; i < window_; ++i) {
                    to[i * lanes + r] = i < here[r] ? static_cast<double>(rows[r][i])
                                        : i > 0     ? to[(i - 1) * lanes + r]
                                                    : 0.0;
                }
            }
        }
    }

    // A telluric field stands on an electrode offset of up to 1e4 mV/km: what departs from one of the samples
    // keeps its digits. Not from any of them, since a spike would cost all others theirs: from the median of
    // three medians of three from all over both blocks.
    void choose_references() {
        const auto sample = [&](std::size_t k, std::size_t v) {
            const std::size_t at = k * (2 * window_ - 1) / 8;
            const auto& block = at < window_ ? current_ : next_;
            return load<V>(block.data() + (at < window_ ? at : at - window_) * lanes + v * width);
        };
        for (std::size_t v = 0; v < vectors; ++v) {
            const V reference = middle(middle(sample(0, v), sample(3, v), sample(6, v)),
                                       middle(sample(1, v), sample(4, v), sample(7, v)),
                                       middle(sample(2, v), sample(5, v), sample(8, v)));
            store(reference, references_.data() + v * width);
        }
    }

    SESCTL_INLINE static V middle(const V& a, const V& b, const V& c) {
        const V low = a < b ? a : b;
        const V high = a > b ? a : b;
        const V next = high < c ? high : c;
        return low > next ? low : next;
    }

    // The moments Σ t^j x about the boundary of the ends of the current block, t = -1 for its last sample.
    void sum_ends() {
        V reference[vectors];
        V sums[vectors][Moments];
        for (std::size_t v = 0; v < vectors; ++v) {
            reference[v] = load<V>(references_.data() + v * width);
            for (std::size_t j = 0; j < Moments; ++j) sums[v][j] = V{};
        }
        for (std::size_t i = window_; i-- > 0;) {
            const double t = static_cast<double>(i) - static_cast<double>(window_);
            for (std::size_t v = 0; v < vectors; ++v) {
                V term = load<V>(current_.data() + i * lanes + v * width) - reference[v];
                for (std::size_t j = 0; j < Moments; ++j) {
                    if (j > 0) term *= t;
                    sums[v][j] += term;
                    store(sums[v][j], tails_.data() + (i * Moments + j) * lanes + v * width);
                }
            }
        }
    }

    void add_beginnings() {
        V reference[vectors];
        V sums[vectors][Moments];
        for (std::size_t v = 0; v < vectors; ++v) {
            reference[v] = load<V>(references_.data() + v * width);
            for (std::size_t j = 0; j < Moments; ++j) sums[v][j] = V{};
        }
        const double* weights = weights_.data();
        for (std::size_t i = 0; i < window_; ++i, weights += Moments) {
            const auto t = static_cast<double>(i);
            for (std::size_t v = 0; v < vectors; ++v) {
                V value =
                    weights[0] * (load<V>(tails_.data() + i * Moments * lanes + v * width) + sums[v][0]);
                for (std::size_t j = 1; j < Moments; ++j) {
                    value += weights[j] *
                             (load<V>(tails_.data() + (i * Moments + j) * lanes + v * width) + sums[v][j]);
                }
                store(V(reference[v] + value), smoothed_.data() + i * lanes + v * width);
                V term = load<V>(next_.data() + i * lanes + v * width) - reference[v];
                for (std::size_t j = 0; j < Moments; ++j) {
                    if (j > 0) term *= t;
                    sums[v][j] += term;
                }
            }
        }
    }

    void write(std::span<const Windows<T>> stretches, std::size_t first) const {
        for (std::size_t lane = 0; lane < stretches.size(); lane += 4) {
            const std::size_t filled = std::min<std::size_t>(4, stretches.size() - lane);
            std::array<T*, 4> rows{};
            std::array<std::size_t, 4> here{};
            for (std::size_t r = 0; r < filled; ++r) {
                const auto& stretch = stretches[lane + r];
                here[r] = std::min(window_, stretch.count - std::min(first, stretch.count));
                rows[r] = stretch.smoothed + std::min(first, stretch.count);
            }
            const std::size_t together = *std::ranges::min_element(here);
            const double* const from = smoothed_.data() + lane;
            if (together > 0) from_lanes(from, lanes, together, rows.data());
            for (std::size_t r = 0; r < filled; ++r) {
                for (std::size_t i = together; i < here[r]; ++i)
                    rows[r][i] = static_cast<T>(from[i * lanes + r]);
            }
        }
    }

    const MomentWeights& weights_;
    std::size_t window_;
    LaneBuffer<double> current_;
    LaneBuffer<double> next_;
    LaneBuffer<double> tails_;
    LaneBuffer<double> smoothed_;
    std::array<double, lanes> references_{};
};

}  // namespace sesctl
