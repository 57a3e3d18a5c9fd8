// Whether single samples are part of a pulse, to the last bit, several side by side.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "sesctl/hampel.hpp"
#include "sesctl/lanes.hpp"
#include "sesctl/sorting_network.hpp"

namespace sesctl {

// Of windows of 2 * Half + 1 samples, one in each lane. What is missing counts as too high and too low in
// turn, so that the median stays in the middle; with one too high, it is the mean of two neighbours. With the
// samples in order, the MAD needs no other sorting.
template <class T, std::size_t Bytes, std::size_t Half>
class PulseJudges {
  public:
    static constexpr std::size_t window = 2 * Half + 1;
    static constexpr std::size_t lanes = std::max<std::size_t>(4, Bytes / sizeof(double));

    explicit PulseJudges(PulseLimit limit) : limit_(limit) {}

    // Takes the first sample of each window, and tells of each, the first in the lowest bit, whether its
    // middle is to be replaced.
    std::uint64_t judge(const std::array<const T*, lanes>& windows) {
        for (std::size_t lane = 0; lane < lanes; lane += 4) {
            to_lanes(windows.data() + lane, window, samples_.data() + lane, lanes);
        }
        pulses_ = 0;
        for (std::size_t lane = 0; lane < lanes; lane += width) judge_lanes(lane);
        return pulses_;
    }

    // The middle of the window in a lane, or what replaces it.
    [[nodiscard]] T judged(std::size_t lane) const { return static_cast<T>(judged_[lane]); }

  private:
    using V = Vector<double, Bytes>;
    using Mask = Vector<std::int64_t, Bytes>;
    static constexpr std::size_t width = Bytes / sizeof(double);
    static constexpr double infinity = std::numeric_limits<double>::infinity();

    SESCTL_INLINE void judge_lanes(std::size_t lane) {
        std::array<V, window> values;
        V stand_in = V{} + infinity;
        for (std::size_t k = 0; k < window; ++k) {
            const V sample = load<V>(samples_.data() + k * lanes + lane);
            values[k] = sample != sample ? stand_in : sample;
            stand_in = sample != sample ? V(-stand_in) : stand_in;
        }
        const V sample = values[Half];
        const auto sorted = in_order<sorting_network<window>>(values);
        // One too many counts as too high: an even number of samples is left, whose median is the mean of the
        // two in the middle.
        const Mask even = stand_in < 0;
        const V median = even ? mean(sorted[Half - 1], sorted[Half]) : sorted[Half];
        const auto in_order_at = [&](std::size_t k) { return sorted[k]; };
        V last = deviation(in_order_at, median, Half);
        V before = deviation(in_order_at, median, Half - 1);
        // Where samples are missing on both sides, fewer deviations are left.
        if (any_bit(sorted[0] == -infinity)) leave_out(sorted, lane, median, before, last);
        const V mad = even ? mean(before, last) : last;
        const V scale = greater(V(normal_scale * mad), V{} + limit_.floor);
        const Mask pulse = magnitude<double>(V(sample - median)) > limit_.n_sigma * scale;
        pulses_ |= lane_bits<double>(pulse) << lane;
        store(pulse ? median : sample, judged_.data() + lane);
    }

    // The deviation from the median that `rank` others do not exceed: of all runs of rank + 1 samples in
    // order, the least of what the one or the other end departs by.
    template <class InOrder>
    SESCTL_INLINE static V deviation(const InOrder& sorted, const V& median, std::size_t rank) {
        V least = V{} + infinity;
        for (std::size_t k = 0; k + rank < window; ++k) {
            least = lesser(least, greater(V(median - sorted(k)), V(sorted(k + rank) - median)));
        }
        return least;
    }

    // The two deviations in the middle of what is left, where samples stand in on either side. That is
    // seldom: from memory and in loops, which take little to compile.
    SESCTL_INLINE void leave_out(const std::array<V, window>& sorted, std::size_t lane, const V& median,
                                 V& before, V& last) {
        double* const from = samples_.data() + lane;
        for (std::size_t k = 0; k < window; ++k) store(sorted[k], from + k * lanes);
        const auto in_order_at = [&](std::size_t k) { return load<V>(from + k * lanes); };
        for (std::size_t missing = 1; missing <= Half; ++missing) {
            const Mask fewer = in_order_at(missing - 1) == -infinity;
            if (!any_bit(fewer)) return;
            last = fewer ? deviation(in_order_at, median, Half - missing) : last;
            const std::size_t one_less = Half - std::min(missing + 1, Half);
            before = fewer ? deviation(in_order_at, median, one_less) : before;
        }
    }

    SESCTL_INLINE static V mean(const V& a, const V& b) {
        const V sum = a + b;
        // The sum of two large values may not be finite.
        return magnitude<double>(sum) == infinity ? a * 0.5 + b * 0.5 : sum * 0.5;
    }

    PulseLimit limit_;
    LaneBuffer<double> samples_{window * lanes};
    std::array<double, lanes> judged_{};
    std::uint64_t pulses_ = 0;
};

}  // namespace sesctl
