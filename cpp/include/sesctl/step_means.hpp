// Means of sliding windows, from sums of whole numbers, several rows side by
// side.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "sesctl/lanes.hpp"
#include "sesctl/window_moments.hpp"

namespace sesctl {

// Samples are rounded to steps so small that the sum of a window has 30 bits, or in double precision a sample
// has 51. Integers are exact, so a window's sum is that of the one before, plus the sample that comes and
// less the one that goes: nothing drifts, and a spike leaves nothing behind.
//
// A step is a share of the range of some thousand samples, and what the mean is off by at most one step and
// seven roundings, and in double precision two steps more: 5e-7 of that range for windows up to 127 samples
// and 1.4e-6 for the longest in single precision, 3e-15 in double. That may be too much for a window of a
// much smaller range. So it is made sure first that there is none: every window holds a whole piece, and no
// piece has less than a 16th of the range, or a 4th where the window is longer.
template <class T, std::size_t Bytes>
class StepMeans {
    // Rows are read by fours.
    static constexpr std::size_t bytes = std::max(Bytes, 4 * sizeof(T));

  public:
    static constexpr std::size_t lanes = bytes / sizeof(T);

    // Of a window of 63 samples or more: a shorter one need not hold a piece.
    explicit StepMeans(std::size_t window)
        : window_(window),
          surplus_(is_single ? 0 : static_cast<int>(std::bit_width(window))),
          samples_((block + window + 4) * lanes),
          unused_(block) {}

    // Averages the windows of at most as many stretches as there are lanes, the one with most windows first.
    // From the first on of which the mean might not be right, those of a stretch are left.
    void average(std::span<const Windows<T>> stretches, std::vector<Windows<T>>& left) {
        std::array<std::size_t, lanes> counts{};
        for (std::size_t lane = 0; lane < stretches.size(); ++lane) counts[lane] = stretches[lane].count;
        for (std::size_t first = 0;; first += block) {
            const auto is_idle = [&](std::size_t lane) { return counts[lane] <= first; };
            std::size_t busy = 0;
            while (busy < lanes && is_idle(busy)) ++busy;
            if (busy == lanes) return;
            // A lane without windows does again what another one does.
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                const auto& [samples, smoothed, count] = stretches[is_idle(lane) ? busy : lane];
                here_[lane] = {samples + first, is_idle(lane) ? unused_.data() : smoothed + first,
                               std::min(block, count - first)};
            }
            read();
            const Integers refused = measure();
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                if (refused[lane] == 0 || is_idle(lane)) continue;
                left.push_back({here_[lane].samples, here_[lane].smoothed, counts[lane] - first});
                counts[lane] = 0;
            }
            if (any_bit(~refused)) write_means();
        }
    }

  private:
    using V = Vector<T, bytes>;
    using Integers = Vector<IntegerLike<T>, bytes>;
    using Sums = Vector<std::make_unsigned_t<IntegerLike<T>>, bytes>;
    static constexpr bool is_single = sizeof(T) == 4;
    // Means that are taken together.
    static constexpr std::size_t block = 1024;
    static constexpr std::size_t piece = 32;
    static constexpr double beyond_fractions = static_cast<double>(std::int64_t{1} << 52);

    [[nodiscard]] std::size_t span_of(std::size_t lane) const { return here_[lane].count + window_ - 1; }
    [[nodiscard]] V sample(std::size_t at) const { return load<V>(samples_.data() + at * lanes); }

    // The samples of all windows, and what they range over as far as all lanes have some; the last one stands
    // for what is beyond them.
    void read() {
        std::size_t shortest = span_of(0);
        for (std::size_t lane = 1; lane < lanes; ++lane) shortest = std::min(shortest, span_of(lane));
        pieces_ = 0;
        low_ = V{} + std::numeric_limits<T>::infinity();
        high_ = -low_;
        std::size_t at = 0;
        for (; at + piece <= shortest; at += piece) {
            V lowest = V{} + std::numeric_limits<T>::infinity();
            V highest = -lowest;
            for (std::size_t k = at; k < at + piece; k += 4) {
                std::array<V, 4> four;
                for (std::size_t r = 0; r < 4; ++r) four[r] = quads<0>(r, k);
                transpose_quads(four);
                for (std::size_t i = 0; i < 4; ++i) store(four[i], samples_.data() + (k + i) * lanes);
                lowest = lesser(lowest, lesser(lesser(four[0], four[1]), lesser(four[2], four[3])));
                highest = greater(highest, greater(greater(four[0], four[1]), greater(four[2], four[3])));
            }
            add_piece(lowest, highest);
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
            return load<Four<T>>(here_[Begin + lane].samples + at);
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

    // Of every two lanes, one number of one vector, and the one at the same place of the other.
    template <std::size_t Place>
    SESCTL_INLINE static V by_two(const V& a, const V& b) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return V(__builtin_shufflevector(a, b, (I / 2 * 2 + Place + I % 2 * lanes)...));
        }(std::make_index_sequence<lanes>{});
    }

    // Of every four lanes, two numbers of one vector, then two of the other.
    template <std::size_t First>
    SESCTL_INLINE static V in_pairs(const V& a, const V& b) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return V(__builtin_shufflevector(a, b, (I / 4 * 4 + First + I % 2 + I % 4 / 2 * lanes)...));
        }(std::make_index_sequence<lanes>{});
    }

    // What stays within 16 bytes is cheap.
    SESCTL_INLINE static void transpose_quads(std::array<V, 4>& four) {
        const auto& [a, b, c, d] = four;
        if constexpr (is_single) {
            const V ab = in_turn<0>(a, b);
            const V ab_after = in_turn<2>(a, b);
            const V cd = in_turn<0>(c, d);
            const V cd_after = in_turn<2>(c, d);
            four = {in_pairs<0>(ab, cd), in_pairs<2>(ab, cd), in_pairs<0>(ab_after, cd_after),
                    in_pairs<2>(ab_after, cd_after)};
        } else {
            const V ab = by_two<0>(a, b);
            const V ab_next = by_two<1>(a, b);
            const V cd = by_two<0>(c, d);
            const V cd_next = by_two<1>(c, d);
            four = {in_pairs<0>(ab, cd), in_pairs<0>(ab_next, cd_next), in_pairs<2>(ab, cd),
                    in_pairs<2>(ab_next, cd_next)};
        }
    }

    // Steps without their fractions. No instruction before AVX-512 converts integers of 64 bits, but beside
    // 2^52 no fraction is left, and the integer is in the lowest bits.
    SESCTL_INLINE static Sums whole(const V& steps) {
        if constexpr (is_single) {
            return reinterpret_cast<Sums>(__builtin_convertvector(steps, Integers));
        } else {
            return reinterpret_cast<Sums>(steps + beyond_fractions) -
                   reinterpret_cast<Sums>(V{} + beyond_fractions);
        }
    }

    // A sum without its surplus bits.
    SESCTL_INLINE V as_number(const Sums& sum) const {
        if constexpr (is_single) {
            return __builtin_convertvector(reinterpret_cast<Integers>(sum), V);
        } else {
            return reinterpret_cast<V>((sum >> surplus_) + reinterpret_cast<Sums>(V{} + beyond_fractions)) -
                   beyond_fractions;
        }
    }

    void add_piece(const V& lowest, const V& highest) {
        ranges_[pieces_++] = highest - lowest;
        low_ = lesser(low_, lowest);
        high_ = greater(high_, highest);
    }

    // Finds the least of the samples and their range, and the lanes that have a piece of much less.
    Integers measure() {
        const std::size_t span = span_of(0);
        std::size_t at = pieces_ * piece;
        for (; at + piece <= span; at += piece) {
            V lowest = sample(at);
            V highest = lowest;
            for (std::size_t k = 1; k < piece; ++k) {
                lowest = lesser(lowest, sample(at + k));
                highest = greater(highest, sample(at + k));
            }
            add_piece(lowest, highest);
        }
        for (; at < span; ++at) {
            low_ = lesser(low_, sample(at));
            high_ = greater(high_, sample(at));
        }
        range_ = high_ - low_;
        Integers own;  // pieces of each lane
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            own[lane] = static_cast<IntegerLike<T>>(span_of(lane) / piece);
        }
        const V needed = range_ * (window_ < 128 ? T{1} / 16 : T{1} / 4);
        // No step may be lost among the denormal numbers.
        constexpr T smallest = is_single ? T(1e-25) : T(1e-280);
        constexpr T largest = is_single ? T(1e30) : T(1e300);
        Integers refused = ~((range_ == 0) | ((range_ > smallest) & (range_ < largest)));
        for (std::size_t k = 0; k < pieces_; ++k) {
            refused |= (ranges_[k] < needed) & (own > static_cast<IntegerLike<T>>(k));
        }
        return refused;
    }

    void write_means() {
        const auto window = static_cast<T>(window_);
        const V step = range_ * (is_single ? window / T{1 << 30} : 2 / static_cast<T>(beyond_fractions));
        const V steps_of_one = range_ > 0 ? T{1} / step : V{};
        const V share = step * static_cast<T>(std::uint64_t{1} << surplus_) / window;
        const V least = low_;
        Sums sum = {};
        // Puts the steps of a sample in its place, and returns them.
        const auto steps_of = [&](std::size_t at) {
            const Sums steps = whole((sample(at) - least) * steps_of_one);
            store(steps, samples_.data() + at * lanes);
            return steps;
        };
        for (std::size_t at = 0; at < window_; ++at) sum += steps_of(at);
        std::size_t together = here_[0].count;
        for (std::size_t lane = 1; lane < lanes; ++lane) together = std::min(together, here_[lane].count);
        for (std::size_t first = 0; first < here_[0].count; first += 4) {
            std::array<V, 4> means;
            for (std::size_t k = 0; k < 4; ++k) {
                means[k] = least + as_number(sum) * share;
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
    int surplus_;            // bits of a sum beyond those of a number
    LaneBuffer<T> samples_;  // and their steps, once they are known
    LaneBuffer<T> unused_;
    std::array<Windows<T>, lanes> here_{};
    std::array<V, (block + 1000) / piece + 1> ranges_;
    std::size_t pieces_ = 0;
    V low_{};  // of all samples
    V high_{};
    V range_{};
};

}  // namespace sesctl
