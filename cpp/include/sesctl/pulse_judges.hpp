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
// turn, so that the median stays in the middle; with one too high, it is the mean of two neighbours.
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

    // What replaces the middle of the window in a lane.
    [[nodiscard]] T median(std::size_t lane) const { return static_cast<T>(medians_[lane]); }

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
        const V median = middle(values, stand_in);
        for (V& value : values) {
            const V deviation = magnitude<double>(V(value - median));
            value = value == -infinity ? V{} - 1.0 : deviation;
        }
        const V mad = middle(values, stand_in);
        const V scale = greater(V(normal_scale * mad), V{} + limit_.floor);
        const Mask pulse = magnitude<double>(V(sample - median)) > limit_.n_sigma * scale;
        pulses_ |= lane_bits<double>(pulse) << lane;
        store(median, medians_.data() + lane);
    }

    // Where one too many counts as too high, and the next would be too low, an even number of samples is
    // left: their median is the mean of the two in the middle.
    SESCTL_INLINE static V middle(const std::array<V, window>& values, const V& next_stand_in) {
        const auto sorted = in_order<sorting_network<window>>(values);
        const V sum = sorted[Half - 1] + sorted[Half];
        // The sum of two large values may not be finite.
        const V mean =
            magnitude<double>(sum) == infinity ? sorted[Half - 1] * 0.5 + sorted[Half] * 0.5 : sum * 0.5;
        return next_stand_in < 0 ? mean : sorted[Half];
    }

    PulseLimit limit_;
    LaneBuffer<double> samples_{window * lanes};
    std::array<double, lanes> medians_{};
    std::uint64_t pulses_ = 0;
};

}  // namespace sesctl
