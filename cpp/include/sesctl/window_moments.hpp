// The value, at the middle of a sliding window, of the polynomial fitted to it, from running sums.
//
// The samples are cut into blocks of one window each. Every window is the end of one block and the beginning
// of the next. The weights of a fit are a polynomial of the place in the window: what one side of the
// boundary adds to the fit comes from sums of sums of its samples, a few additions a sample, however long the
// window. The weights are symmetric, so that both sides take the same steps. Nothing is ever subtracted, so a
// spike leaves no rounding error behind once the window has passed it, and no error grows along the record.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "sesctl/lanes.hpp"

namespace sesctl {

// The weights of the samples of a window in the fitted value, as sums of sums.
class WindowWeights {
  public:
    static constexpr std::size_t most_sums = 5;

    // Of a polynomial of order 0 or 1, one sum; of 2 or 3, three; of 4 or 5, five.
    WindowWeights(std::size_t window, std::size_t order) : window_(window), sums_(order / 2 * 2 + 1) {
        const auto h = static_cast<double>(window / 2);
        // The weight of the sample at distance s from the middle, (a0 + a2 s² + a4 s⁴) / below (Savitzky and
        // Golay 1964): whole numbers, of which differences are exact.
        std::array<double, 3> a{1.0, 0.0, 0.0};
        double below = 2 * h + 1;
        if (sums_ == 3) {
            a = {3 * h * h + 3 * h - 1, -5.0, 0.0};
            below = (2 * h - 1) * (2 * h + 1) * (2 * h + 3) / 3;
        } else if (sums_ == 5) {
            a = {(((15 * h + 30) * h - 35) * h - 50) * h + 12, -35 * (2 * h * h + 2 * h - 3), 63.0};
            below = 4 * (2 * h - 3) * (2 * h - 1) * (2 * h + 1) * (2 * h + 3) * (2 * h + 5) / 15;
        }
        // That polynomial and its backward differences, one step before the window.
        std::array<double, most_sums> before{};
        for (std::size_t k = 0; k < sums_; ++k) {
            const double s = h + 1 + static_cast<double>(k);
            before[k] = a[0] + s * s * (a[1] + s * s * a[2]);
        }
        for (std::size_t level = 1; level < sums_; ++level) {
            for (std::size_t k = sums_; --k >= level;) before[k] = before[k - 1] - before[k];
        }
        // The highest is the same everywhere.
        const double highest = before[sums_ - 1];
        unit_ = highest / below;
        for (std::size_t j = 0; j < sums_; ++j) shares_[j] = before[sums_ - 1 - j] / highest;
    }

    [[nodiscard]] std::size_t window() const { return window_; }
    [[nodiscard]] std::size_t sums() const { return sums_; }
    // What the last of the sums counts in.
    [[nodiscard]] double unit() const { return unit_; }
    // Where the window grows by a sample x, the first sum becomes s[0] + x, and every other
    // s[j] + s[j - 1] + share(j) x.
    [[nodiscard]] double share(std::size_t j) const { return shares_[j]; }

  private:
    std::size_t window_;
    std::size_t sums_;
    double unit_ = 1.0;
    std::array<double, most_sums> shares_{};
};

// Consecutive windows of one stretch, the first of which begins with a block.
template <class T>
struct Windows {
    const T* samples;   // of the first window
    T* smoothed;        // the middle of the first window
    std::size_t count;  // how many windows
};

// Smooths several stretches side by side, one in each lane.
template <class T, std::size_t Bytes, std::size_t Sums>
class LanesOfWindows {
  public:
    using V = Vector<double, Bytes>;
    static constexpr std::size_t width = Bytes / sizeof(double);
    static constexpr std::size_t vectors = 2;
    static constexpr std::size_t lanes = vectors * width;

    explicit LanesOfWindows(const WindowWeights& weights)
        : window_(weights.window()),
          unit_(weights.unit()),
          current_(window_ * lanes),
          next_(window_ * lanes),
          smoothed_(window_ * lanes),
          spare_(4 * window_) {
        for (std::size_t j = 0; j < Sums; ++j) shares_[j] = weights.share(j);
    }

    // At most `lanes` of them.
    void smooth(std::span<const Windows<T>> stretches) {
        std::size_t most = 0;
        least_ = stretches.size() < lanes ? 0 : stretches[0].count;
        for (const auto& stretch : stretches) {
            most = std::max(most, stretch.count);
            least_ = std::min(least_, stretch.count);
        }
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
    // In double precision, single precision keeps its digits whatever it stands on.
    static constexpr bool has_references = std::is_same_v<T, double>;

    // The block that begins at `first`; the last sample stands for what lies beyond the last window. Where
    // every lane has a window that begins there, it has the whole block.
    void read(std::span<const Windows<T>> stretches, std::size_t first, LaneBuffer<double>& block) {
        for (std::size_t lane = 0; lane < lanes; lane += 4) {
            std::array<const T*, 4> rows;
            for (std::size_t r = 0; r < 4; ++r) {
                if (first < least_) {
                    rows[r] = stretches[lane + r].samples + first;
                    continue;
                }
                const auto& stretch = stretches[std::min(lane + r, stretches.size() - 1)];
                const std::size_t samples = stretch.count + window_ - 1;
                const std::size_t here = std::min(first, samples);
                rows[r] = stretch.samples + here;
                if (samples - here >= window_) continue;
                T* const spare = &spare_[r * window_];
                std::fill(std::copy(rows[r], rows[r] + (samples - here), spare), spare + window_,
                          stretch.samples[samples - 1]);
                rows[r] = spare;
            }
            to_lanes(rows.data(), window_, block.data() + lane, lanes);
        }
    }

    // A telluric field stands on an electrode offset of up to 1e4 mV/km: what departs from one of the samples
    // keeps its digits. Not from any of them, since a spike would cost all others theirs: from the median of
    // three medians of three from all over both blocks.
    void choose_references() {
        if constexpr (has_references) {
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
    }

    SESCTL_INLINE static V middle(const V& a, const V& b, const V& c) {
        const V low = a < b ? a : b;
        const V high = a > b ? a : b;
        const V next = high < c ? high : c;
        return low > next ? low : next;
    }

    // The sums of one side of the boundary, in every lane.
    struct SideSums {
        std::array<V, Sums> sums{};

        SESCTL_INLINE void add(const V& sample, const std::array<double, Sums>& shares) {
            sums[0] += sample;
            for (std::size_t j = 1; j < Sums; ++j) sums[j] += sums[j - 1] + shares[j] * sample;
        }
    };

    SESCTL_INLINE V sample_of(const LaneBuffer<double>& block, std::size_t at, const V& reference) const {
        const V sample = load<V>(block.data() + at);
        return has_references ? V(sample - reference) : sample;
    }

    // What the end of the current block from every sample on adds to the window that begins there.
    void sum_ends() {
        std::array<SideSums, vectors> side{};
        std::array<V, vectors> reference;
        for (std::size_t v = 0; v < vectors; ++v) reference[v] = load<V>(references_.data() + v * width);
        const auto shares = shares_;
        for (std::size_t at = window_ * lanes; at > 0;) {
            at -= lanes;
            for (std::size_t v = 0; v < vectors; ++v) {
                side[v].add(sample_of(current_, at + v * width, reference[v]), shares);
                store(side[v].sums[Sums - 1], smoothed_.data() + at + v * width);
            }
        }
    }

    void add_beginnings() {
        std::array<SideSums, vectors> side{};
        std::array<V, vectors> reference;
        for (std::size_t v = 0; v < vectors; ++v) reference[v] = load<V>(references_.data() + v * width);
        const auto shares = shares_;
        const double unit = unit_;
        for (std::size_t at = 0; at < window_ * lanes; at += lanes) {
            for (std::size_t v = 0; v < vectors; ++v) {
                double* const to = smoothed_.data() + at + v * width;
                const V value = unit * (load<V>(to) + side[v].sums[Sums - 1]);
                store(has_references ? V(reference[v] + value) : value, to);
                side[v].add(sample_of(next_, at + v * width, reference[v]), shares);
            }
        }
    }

    void write(std::span<const Windows<T>> stretches, std::size_t first) {
        for (std::size_t lane = 0; lane < stretches.size(); lane += 4) {
            const std::size_t filled = std::min<std::size_t>(4, stretches.size() - lane);
            std::array<T*, 4> rows;
            std::array<std::size_t, 4> here{};
            for (std::size_t r = 0; r < 4; ++r) {
                if (first + window_ <= least_) {
                    rows[r] = stretches[lane + r].smoothed + first;
                    here[r] = window_;
                } else if (r < filled) {
                    const auto& stretch = stretches[lane + r];
                    const std::size_t before = std::min(first, stretch.count);
                    here[r] = std::min(window_, stretch.count - before);
                    rows[r] = stretch.smoothed + before;
                }
                if (here[r] < window_) rows[r] = &spare_[r * window_];
            }
            from_lanes(smoothed_.data() + lane, lanes, window_, rows.data());
            for (std::size_t r = 0; r < filled; ++r) {
                if (here[r] < window_ && here[r] > 0)
                    std::copy_n(rows[r], here[r], stretches[lane + r].smoothed + first);
            }
        }
    }

    std::size_t window_;
    double unit_;
    std::array<double, Sums> shares_{};
    LaneBuffer<double> current_;
    LaneBuffer<double> next_;
    LaneBuffer<double> smoothed_;
    LaneBuffer<T> spare_;  // four rows that end within a block
    std::array<double, lanes> references_{};
    std::size_t least_ = 0;  // windows of any stretch; 0 where lanes are idle
};

}  // namespace sesctl
