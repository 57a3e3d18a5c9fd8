// Means of sliding windows of single-precision samples, from sums of whole numbers.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "sesctl/lanes.hpp"

namespace sesctl {

// Samples are rounded to steps so small that the sum of a window has 30 bits. Sums of integers are exact, and
// so is the difference of two running sums, even where these have long left their 32 bits: nothing drifts,
// and a spike leaves nothing behind.
//
// A step is a share of the range of some thousand samples, and what the mean is off by at most one step and
// seven roundings: 5e-7 of that range for windows up to 127 samples, 1.4e-6 for the longest. That may be too
// much for a window of a much smaller range. So it is made sure first that there is none: every window holds
// a whole piece, and no piece has less than a 16th of the range, or a 4th where the window is longer.
template <std::size_t Bytes>
class StepMeans {
  public:
    // Means that are taken together.
    static constexpr std::size_t block = 1024;
    // A shorter window holds no piece.
    static constexpr std::size_t shortest_window = 31;

    explicit StepMeans(std::size_t window) : window_(window), sums_(block + window + 2 * most_lanes) {}

    // Writes `count` means, at most a block of them, of the windows that begin at samples 0, 1, ...; false
    // where they would not be right.
    bool average(const float* samples, std::size_t count, float* means) {
        const std::size_t span = count + window_ - 1;
        float least = samples[0];
        float range = 0.0F;
        if (!is_even(samples, span, least, range)) return false;
        constexpr auto bits = static_cast<float>(1 << 30);
        const float step = range * (static_cast<float>(window_) / bits);
        sum_up(samples, span, least, range > 0.0F ? 1.0F / step : 0.0F);
        const float share = step / static_cast<float>(window_);
        using Integers = Vector<std::int32_t, Bytes>;
        std::size_t i = 0;
        for (; i + lanes <= count; i += lanes) {
            const auto sum = reinterpret_cast<Integers>(load<Sums>(sums_.data() + i + window_) -
                                                        load<Sums>(sums_.data() + i));
            store(V(least + __builtin_convertvector(sum, V) * share), means + i);
        }
        for (; i < count; ++i) {
            const auto sum = static_cast<std::int32_t>(sums_[i + window_] - sums_[i]);
            means[i] = least + static_cast<float>(sum) * share;
        }
        return true;
    }

  private:
    using V = Vector<float, Bytes>;
    using Sums = Vector<std::uint32_t, Bytes>;
    using Eight = Vector<float, 32>;
    static constexpr std::size_t lanes = Bytes / sizeof(float);
    static constexpr std::size_t most_lanes = 16;

    // Whether every piece of the samples has a good share of the range of them all. A piece is a few times
    // eight samples; the range of those that are eight apart is no more than that of all.
    bool is_even(const float* samples, std::size_t span, float& least, float& range) const {
        const std::size_t rounds = window_ < 63 ? 2 : 4;
        const std::size_t piece = 8 * rounds;
        Eight low = load<Eight>(samples);
        Eight high = low;
        std::array<Eight, (block + 1000) / 16 + 1> ranges;
        std::size_t at = 0;
        std::size_t pieces = 0;
        for (; at + piece <= span; at += piece) {
            Eight lowest = load<Eight>(samples + at);
            Eight highest = lowest;
            for (std::size_t k = 8; k < piece; k += 8) {
                const Eight some = load<Eight>(samples + at + k);
                lowest = lesser(lowest, some);
                highest = greater(highest, some);
            }
            ranges[pieces++] = highest - lowest;
            low = lesser(low, lowest);
            high = greater(high, highest);
        }
        float most = low[0];
        least = low[0];
        for (std::size_t k = 0; k < 8; ++k) {
            least = std::min(least, low[k]);
            most = std::max(most, high[k]);
        }
        for (; at < span; ++at) {
            least = std::min(least, samples[at]);
            most = std::max(most, samples[at]);
        }
        range = most - least;
        if (range == 0.0F) return true;
        if (!(range > 1e-25F && range < 1e30F)) return false;
        const float needed = range * (window_ < 128 ? 1.0F / 16 : 1.0F / 4);
        for (std::size_t k = 0; k < pieces; ++k) {
            if (!any_bit(ranges[k] >= needed)) return false;
        }
        return true;
    }

    // The sum of all steps before every sample, and after the last.
    void sum_up(const float* samples, std::size_t span, float least, float steps_of_one) {
        using Integers = Vector<std::int32_t, Bytes>;
        std::uint32_t* const sums = sums_.data();
        Sums before = {};
        std::size_t at = 0;
        for (; at + lanes <= span; at += lanes) {
            const V steps = (load<V>(samples + at) - least) * steps_of_one;
            const Sums sum = running_sums(reinterpret_cast<Sums>(__builtin_convertvector(steps, Integers)));
            store(Sums(before + sum), sums + at + 1);
            before += last_of(sum);
        }
        for (; at < span; ++at) {
            const float steps = (samples[at] - least) * steps_of_one;
            sums[at + 1] = sums[at] + static_cast<std::uint32_t>(static_cast<std::int32_t>(steps));
        }
    }

    SESCTL_INLINE static Sums running_sums(Sums sum) {
        const Sums none = {};
        if constexpr (lanes == 4) {
            sum += __builtin_shufflevector(none, sum, 0, 4, 5, 6);
            sum += __builtin_shufflevector(none, sum, 0, 1, 4, 5);
        } else if constexpr (lanes == 8) {
            // First within each half, where shifts are cheap.
            sum += __builtin_shufflevector(none, sum, 0, 8, 9, 10, 4, 12, 13, 14);
            sum += __builtin_shufflevector(none, sum, 0, 1, 8, 9, 4, 5, 12, 13);
            sum += __builtin_shufflevector(none, sum, 0, 1, 2, 3, 11, 11, 11, 11);
        } else {
            sum += __builtin_shufflevector(none, sum, 0, 16, 17, 18, 4, 20, 21, 22, 8, 24, 25, 26, 12, 28, 29,
                                           30);
            sum +=
                __builtin_shufflevector(none, sum, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
            sum +=
                __builtin_shufflevector(none, sum, 0, 1, 2, 3, 19, 19, 19, 19, 8, 9, 10, 11, 27, 27, 27, 27);
            sum += __builtin_shufflevector(none, sum, 0, 1, 2, 3, 4, 5, 6, 7, 23, 23, 23, 23, 23, 23, 23, 23);
        }
        return sum;
    }

    SESCTL_INLINE static Sums last_of(const Sums& sum) {
        if constexpr (lanes == 4) {
            return __builtin_shufflevector(sum, sum, 3, 3, 3, 3);
        } else if constexpr (lanes == 8) {
            return __builtin_shufflevector(sum, sum, 7, 7, 7, 7, 7, 7, 7, 7);
        } else {
            return __builtin_shufflevector(sum, sum, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
                                           15, 15);
        }
    }

    std::size_t window_;
    LaneBuffer<std::uint32_t> sums_;
};

}  // namespace sesctl
