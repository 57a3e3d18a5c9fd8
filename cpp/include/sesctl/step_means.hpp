// Means of sliding windows of single-precision samples, from sums of whole numbers, several rows side by
// side.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "sesctl/lanes.hpp"
#include "sesctl/window_moments.hpp"

namespace sesctl {

// Samples are rounded to steps so small that the sum of a window has 30 bits. Integers are exact, so a
// window's sum is that of the one before, plus the sample that comes and less the one that goes: nothing
// drifts, and a spike leaves nothing behind.
//
// A step is a share of the range of some thousand samples, and what the mean is off by at most one step and
// seven roundings: 5e-7 of that range for windows up to 127 samples, 1.4e-6 for the longest. That may be too
// much for a window of a much smaller range. So it is made sure first that there is none: every window holds
// a whole piece, and no piece has less than a 16th of the range, or a 4th where the window is longer.
template <std::size_t Bytes>
class StepMeans {
  public:
    // A shorter window holds no piece.
    static constexpr std::size_t shortest_window = 31;
    static constexpr std::size_t lanes = Bytes / sizeof(float);

    explicit StepMeans(std::size_t window)
        : window_(window), samples_((block + window + 4) * lanes), unused_(block) {}

    // Averages the windows of at most as many stretches as there are lanes, the one with most windows first.
    // Some windows, of which it does not get right means, are left over.
    void average(std::span<const Windows<float>> stretches, std::vector<Windows<float>>& left) {
        for (std::size_t first = 0; first < stretches[0].count; first += block) {
            // A lane without windows does again what the first one does.
            const auto is_idle = [&](std::size_t lane) {
                return lane >= stretches.size() || stretches[lane].count <= first;
            };
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                const auto& [samples, smoothed, count] = stretches[is_idle(lane) ? 0 : lane];
                here_[lane] = {samples + first, is_idle(lane) ? unused_.data() : smoothed + first,
                               std::min(block, count - first)};
            }
            read();
            const Integers refused = measure();
            write_means();
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                if (refused[lane] && !is_idle(lane)) left.push_back(here_[lane]);
            }
        }
    }

  private:
    using V = Vector<float, Bytes>;
    using Sums = Vector<std::uint32_t, Bytes>;
    using Integers = Vector<std::int32_t, Bytes>;
    // Means that are taken together.
    static constexpr std::size_t block = 1024;
    static constexpr std::size_t least_piece = 16;

    [[nodiscard]] std::size_t span_of(std::size_t lane) const { return here_[lane].count + window_ - 1; }
    [[nodiscard]] V sample(std::size_t at) const { return load<V>(samples_.data() + at * lanes); }

    // The samples of all windows; the last one stands for what is beyond them.
    void read() {
        std::size_t shortest = span_of(0);
        for (std::size_t lane = 1; lane < lanes; ++lane) shortest = std::min(shortest, span_of(lane));
        std::size_t at = 0;
        for (; at + 4 <= shortest; at += 4) {
            std::array<V, 4> four;
            for (std::size_t r = 0; r < 4; ++r) four[r] = quads<0>(r, at);
            transpose_quads(four);
            for (std::size_t k = 0; k < 4; ++k) store(four[k], samples_.data() + (at + k) * lanes);
        }
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            for (std::size_t k = at; k < span_of(0); ++k) {
                samples_[k * lanes + lane] = here_[lane].samples[std::min(k, span_of(lane) - 1)];
            }
        }
    }

    // Four samples of every fourth lane from `lane` on.
    template <std::size_t Begin, std::size_t Count = lanes>
    SESCTL_INLINE auto quads(std::size_t lane, std::size_t at) const {
        if constexpr (Count == 4) {
            return load<Four<float>>(here_[Begin + lane].samples + at);
        } else {
            const auto low = quads<Begin, Count / 2>(lane, at);
            const auto high = quads<Begin + Count / 2, Count / 2>(lane, at);
            return [&]<std::size_t... I>(std::index_sequence<I...>) {
                return __builtin_shufflevector(low, high, I...);
            }(std::make_index_sequence<Count>{});
        }
    }

    // Of every four lanes, the numbers of two vectors in turn, from the first or the third on.
    template <std::size_t First>
    SESCTL_INLINE static V in_turn(const V& a, const V& b) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return V(__builtin_shufflevector(a, b, (I / 4 * 4 + First + I % 4 / 2 + I % 2 * lanes)...));
        }(std::make_index_sequence<lanes>{});
    }

    // Of every four lanes, two numbers of one vector, then two of the other.
    template <std::size_t First>
    SESCTL_INLINE static V in_pairs(const V& a, const V& b) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return V(__builtin_shufflevector(a, b, (I / 4 * 4 + First + I % 2 + I % 4 / 2 * lanes)...));
        }(std::make_index_sequence<lanes>{});
    }

    SESCTL_INLINE static void transpose_quads(std::array<V, 4>& four) {
        const V ab_low = in_turn<0>(four[0], four[1]);
        const V ab_high = in_turn<2>(four[0], four[1]);
        const V cd_low = in_turn<0>(four[2], four[3]);
        const V cd_high = in_turn<2>(four[2], four[3]);
        four = {in_pairs<0>(ab_low, cd_low), in_pairs<2>(ab_low, cd_low), in_pairs<0>(ab_high, cd_high),
                in_pairs<2>(ab_high, cd_high)};
    }

    // Finds the least of the samples and their range, and the lanes that have a piece of much less.
    Integers measure() {
        const std::size_t span = span_of(0);
        const std::size_t piece = window_ < 63 ? least_piece : 2 * least_piece;
        V high = sample(0);
        V low = high;
        std::size_t pieces = 0;
        std::size_t at = 0;
        for (; at + piece <= span; at += piece) {
            V highest = sample(at);
            V lowest = highest;
            for (std::size_t k = 1; k < piece; ++k) {
                const V some = sample(at + k);
                lowest = lesser(lowest, some);
                highest = greater(highest, some);
            }
            ranges_[pieces++] = highest - lowest;
            low = lesser(low, lowest);
            high = greater(high, highest);
        }
        for (; at < span; ++at) {
            low = lesser(low, sample(at));
            high = greater(high, sample(at));
        }
        least_ = low;
        range_ = high - low;
        Integers whole;  // pieces of each lane
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            whole[lane] = static_cast<std::int32_t>(span_of(lane) / piece);
        }
        const V needed = range_ * (window_ < 128 ? 1.0F / 16 : 1.0F / 4);
        Integers refused = ~((range_ == 0) | ((range_ > 1e-25F) & (range_ < 1e30F)));
        for (std::size_t k = 0; k < pieces; ++k) {
            refused |= (ranges_[k] < needed) & (whole > static_cast<std::int32_t>(k));
        }
        return refused;
    }

    void write_means() {
        const auto window = static_cast<float>(window_);
        const V step = range_ * (window / static_cast<float>(1 << 30));
        const V steps_of_one = range_ > 0 ? 1.0F / step : V{};
        const V share = step / window;
        const V least = least_;
        Sums sum = {};
        // Puts the steps of a sample in its place, and returns them.
        const auto steps_of = [&](std::size_t at) {
            const V steps = (sample(at) - least) * steps_of_one;
            const auto rounded = reinterpret_cast<Sums>(__builtin_convertvector(steps, Integers));
            store(rounded, samples_.data() + at * lanes);
            return rounded;
        };
        for (std::size_t at = 0; at < window_; ++at) sum += steps_of(at);
        std::size_t together = here_[0].count;
        for (std::size_t lane = 1; lane < lanes; ++lane) together = std::min(together, here_[lane].count);
        for (std::size_t first = 0; first < here_[0].count; first += 4) {
            std::array<V, 4> means;
            for (std::size_t k = 0; k < 4; ++k) {
                means[k] = least + __builtin_convertvector(reinterpret_cast<Integers>(sum), V) * share;
                sum += steps_of(first + k + window_) - load<Sums>(samples_.data() + (first + k) * lanes);
            }
            if (first + 4 <= together) {
                transpose_quads(means);
                for (std::size_t r = 0; r < 4; ++r) store_quads(means[r], r, first);
            } else {
                for (std::size_t lane = 0; lane < lanes; ++lane) {
                    for (std::size_t k = 0; k < 4 && first + k < here_[lane].count; ++k) {
                        here_[lane].smoothed[first + k] = means[k][lane];
                    }
                }
            }
        }
    }

    SESCTL_INLINE void store_quads(const V& quads, std::size_t lane, std::size_t at) const {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (store(__builtin_shufflevector(quads, quads, 4 * I, 4 * I + 1, 4 * I + 2, 4 * I + 3),
                   here_[4 * I + lane].smoothed + at),
             ...);
        }(std::make_index_sequence<lanes / 4>{});
    }

    std::size_t window_;
    LaneBuffer<float> samples_;  // and their steps, once they are known
    LaneBuffer<float> unused_;
    std::array<Windows<float>, lanes> here_{};
    std::array<V, (block + 1000) / least_piece + 1> ranges_;
    V least_{};
    V range_{};
};

}  // namespace sesctl
