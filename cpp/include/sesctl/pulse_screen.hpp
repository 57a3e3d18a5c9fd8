// Which samples may be part of a pulse: nearly all are none, and for those it can be told from 16 bits.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "sesctl/gaps.hpp"
#include "sesctl/hampel.hpp"
#include "sesctl/lanes.hpp"
#include "sesctl/sorting_network.hpp"

namespace sesctl {

// How many samples are screened together.
inline constexpr std::size_t pulse_block = 1024;

// Whether the limit is no less than the MAD: what the screen tells relies on it.
inline bool deserves_screen(PulseLimit limit) { return limit.n_sigma * normal_scale > 1.01; }

// Samples are rounded to steps of a 256th of the typical deviation around them and cut off where 14 bits end.
// Both leave their order as it is and no deviation greater than it was, but for the rounding: so the MAD of
// the steps is a lower bound of the MAD. Where a sample departs by less than the limit that this sets, it is
// none of a pulse. All others, a few percent, are suspects.
//
// What is missing counts as too low and too high in turn. Of a window of 2h + 1 samples with one missing, the
// median is the mean of the sample in the middle and the next, on the side where none is missing. At least h
// deviations from it are no greater than the MAD: the MAD is no less than the h-th smallest of all samples
// but the one in question, unless that one's own deviation is among them, and then it is none of a pulse. The
// same holds for two missing, and for none even with h + 1; where more are missing, every sample is suspect.
template <class T, std::size_t Bytes, std::size_t Half>
class PulseScreen {
  public:
    static constexpr std::size_t word = 64;
    static constexpr std::size_t words = pulse_block / word;

    explicit PulseScreen(PulseLimit limit)
        : limit_(limit),
          share_(
              static_cast<Step>(std::min(limit.n_sigma * normal_scale * shares_of_one, double{most_share}))) {
        std::fill_n(most_steps_.data(), most_steps_.size(), T{cut_off});
    }

    // Of the samples [first, first + pulse_block) of the row the suspects, 64 in a word; of what lies beyond
    // the end of the row, none. All are copied to the same place of `copied`. Throws ParameterError where a
    // sample is infinite.
    std::span<const std::uint64_t, words> suspects(std::span<const T> row, std::size_t first,
                                                   std::span<T> copied) {
        read(row, first);
        const bool is_whole = row.size() - first >= pulse_block;
        if (!is_whole) std::ranges::copy(row.subspan(first), copied.subspan(first).begin());
        choose_steps();
        round_to_steps(is_whole ? &copied[first] : nullptr);
        stand_in();
        sort_halves();
        const bool is_another = row.size() - first >= 2 * pulse_block + word;
        find_suspects(is_another ? &row[first + pulse_block + word] : nullptr,
                      is_another ? &copied[first + pulse_block] : nullptr);
        return suspects_;
    }

  private:
    using Step = std::int16_t;
    using V = Vector<Step, Bytes>;
    static constexpr std::size_t lanes = Bytes / sizeof(Step);
    // A word more on both sides of the block.
    static constexpr std::size_t places = pulse_block + 2 * word;
    // No difference of two exceeds 15 bits.
    static constexpr Step cut_off = 16382;
    static constexpr Step beyond = 16383;
    // The limit in MADs, in eighths; times the largest MAD that counts it has 15 bits.
    static constexpr int shares_of_one = 8;
    static constexpr Step most_share = 255;
    // Rounding moves every sample by less than a step, the mean of two by half of one more, and so a
    // deviation by less than three.
    static constexpr Step rounding = 3;

    void read(std::span<const T> row, std::size_t first) {
        if (first >= word && row.size() - first >= pulse_block + word) {
            samples_ = row.data() + first - word;
            return;
        }
        const std::size_t before = std::min(first, word);
        const std::size_t after = std::min(row.size() - first, pulse_block + word);
        T* const to = padded_.data();
        samples_ = to;
        std::fill(to, to + (word - before), std::numeric_limits<T>::quiet_NaN());
        std::copy_n(row.data() + first - before, before + after, to + (word - before));
        std::fill(to + word + after, to + places, std::numeric_limits<T>::quiet_NaN());
    }

    // The middle of nine samples from all over the block, and of their deviations from it; that is no matter
    // of right and wrong, but of how many are suspected.
    void choose_steps() {
        std::array<T, 9> some{};
        std::size_t found = 0;
        for (std::size_t i = 0; i < places && found < some.size(); ++i) {
            // Every place once: 361 and the number of places have no common divisor.
            const T sample = samples_[i * 361 % places];
            if (sample == sample) some[found++] = sample;
        }
        const T middle = in_order<sorting_network<9>>(some)[4];
        for (T& sample : some) sample = std::abs(sample - middle);
        const auto spread = static_cast<double>(in_order<sorting_network<9>>(some)[4]);
        const double floor = limit_.n_sigma * limit_.floor;
        double step = spread > 0.0 ? spread / 256 : floor / 1024;
        if (!(step > 1e-30 && step < 1e30)) step = 1.0;
        reference_ = middle;
        steps_of_one_ = static_cast<T>(1.0 / step);
        // What is no pulse whatever the MAD.
        spared_ = static_cast<Step>(std::min(floor / step, double{cut_off}));
    }

    void round_to_steps(T* copied) {
        using Samples = Vector<T, Bytes>;
        using Integers = Vector<std::int32_t, Bytes / sizeof(T) * sizeof(std::int32_t)>;
        // From memory: of a number that is known, the lesser would take two instructions.
        const Samples most = load<Samples>(most_steps_.data());
        const Samples least = -most;
        Samples largest = {};
        for (std::size_t w = 0; w < words + 2; ++w) {
            const T* const from = samples_ + w * word;
            Step* const to = steps_.data() + w * word;
            T* const copy =
                copied == nullptr || w == 0 || w > words ? unused_.data() : copied + (w - 1) * word;
            missing_[w] = bits_where<T, Bytes>(from, [&](const Samples& sample, std::size_t at) {
                largest = greater(magnitude<T>(sample), largest);
                store(sample, copy + at);
                const Samples steps = (sample - reference_) * steps_of_one_;
                const Samples cut = greater(lesser(steps, most), least);
                store_steps(__builtin_convertvector(cut, Integers), to + at);
                return sample != sample;
            });
        }
        if (any_bit(largest == std::numeric_limits<T>::infinity())) refuse_infinite();
        const Samples most_steps = (largest + std::abs(reference_)) * steps_of_one_;
        any_cut_off_ = any_bit(most_steps > T{cut_off / 2});
    }

    // Without a branch for each: where samples are missing cannot be foreseen.
    void stand_in() {
        constexpr std::size_t part = std::min<std::size_t>(Bytes, 32);
        using Part = Vector<Step, part>;
        constexpr std::size_t count = part / sizeof(Step);
        const auto bit = bit_of_lane<Step, part>();
        const Part high = Part{} + beyond;
        std::uint64_t before = 0;  // all bits, if the last that stood in was too high
        for (std::size_t w = 0; w < words + 2; ++w) {
            const std::uint64_t missing = missing_[w];
            if (missing == 0) continue;
            // Whether up to here an odd number is missing.
            std::uint64_t odd = missing;
            for (std::size_t shift = 1; shift < word; shift *= 2) odd ^= odd << shift;
            odd ^= before;
            for (std::size_t begin = 0; begin < word; begin += count) {
                Step* const to = steps_.data() + w * word + begin;
                const auto missing_here = static_cast<Step>(missing >> begin);
                const auto odd_here = static_cast<Step>(odd >> begin);
                const Part stand_in = ((Part{} + odd_here) & bit) != 0 ? high : -high;
                store(((Part{} + missing_here) & bit) != 0 ? stand_in : load<Part>(to), to);
            }
            before = odd >> (word - 1) == 0 ? 0 : ~std::uint64_t{0};
        }
    }

    // The half window that begins at every sample: the right half of one window and the left of another.
    void sort_halves() {
        for (std::size_t at = word / 2; at < places - word / 2; at += lanes) {
            std::array<V, Half> half;
            for (std::size_t k = 0; k < Half; ++k) half[k] = load<V>(steps_.data() + at + k);
            half = in_order<sorting_network<Half>>(half);
            for (std::size_t k = 0; k < Half; ++k) store(half[k], halves_.data() + k * places + at);
        }
    }

    // First where no sample is missing, then beside gaps: what comes next can be foreseen. On the way, what
    // the next block reads and writes is fetched, if there is one.
    void find_suspects(const T* next_read, const T* next_written) {
        constexpr std::size_t vectors = pulse_block / lanes;
        std::array<std::uint8_t, vectors> order;
        std::size_t whole = 0;
        std::size_t beside = vectors;
        for (std::size_t i = 0; i < vectors;) {
            const std::size_t w = i * lanes / word;
            const std::uint64_t missing = missing_[w + 1];
            // Where some are missing in the windows around a vector, a bit of that vector is set.
            std::uint64_t near = missing | missing << Half | missing >> Half | missing_[w] >> (word - Half) |
                                 missing_[w + 2] << (word - Half);
            for (std::size_t k = 0; k < word; k += lanes, ++i) {
                // To either end, of which one is written over.
                order[whole] = order[beside - 1] = static_cast<std::uint8_t>(i);
                const std::uint64_t none = ((near & (~std::uint64_t{0} >> (word - lanes))) - 1) >> (word - 1);
                whole += none;
                beside -= 1 - none;
                near >>= lanes;
            }
        }
        suspects_.fill(0);
        for (std::size_t k = 0; k < vectors; ++k) {
            const std::size_t at = order[k] * lanes;
            constexpr std::size_t line = 64 / sizeof(T);
            for (std::size_t i = k * lanes; next_read != nullptr && i < (k + 1) * lanes; i += line) {
                __builtin_prefetch(next_read + i);
                __builtin_prefetch(next_written + i, 1);
            }
            suspects_[at / word] |= suspects_at(word + at, k >= whole) << at % word;
        }
        for (std::size_t w = 0; w < words; ++w) suspects_[w] &= ~missing_[w + 1];
    }

    std::uint64_t suspects_at(std::size_t at, bool is_beside_gap) const {
        std::array<V, 2 * Half> others;
        for (std::size_t k = 0; k < Half; ++k) {
            others[k] = load<V>(halves_.data() + k * places + at - Half);
            others[Half + k] = load<V>(halves_.data() + k * places + at + 1);
        }
        others = in_order<merging_network<2 * Half>>(others);
        const V sample = load<V>(steps_.data() + at);
        return bits_of(is_beside_gap ? suspects_beside_gaps(others, sample) : suspects_among(others, sample));
    }

    // What a comparison told, a bit for each step.
    SESCTL_INLINE static std::uint64_t bits_of(const V& mask) {
#ifdef SESCTL_X86_DISPATCH
        if constexpr (Bytes == 32) {
            return static_cast<std::uint16_t>(__builtin_ia32_pmovmskb128(__builtin_ia32_packsswb128(
                __builtin_shufflevector(mask, mask, 0, 1, 2, 3, 4, 5, 6, 7),
                __builtin_shufflevector(mask, mask, 8, 9, 10, 11, 12, 13, 14, 15))));
        }
#endif
        return lane_bits<Step>(mask);
    }

    // Numbers that have the bits of a step.
    template <class Integers>
    SESCTL_INLINE static void store_steps(const Integers& numbers, Step* to) {
#ifdef SESCTL_X86_DISPATCH
        if constexpr (sizeof(Integers) == 32) {
            return store(__builtin_ia32_packssdw128(__builtin_shufflevector(numbers, numbers, 0, 1, 2, 3),
                                                    __builtin_shufflevector(numbers, numbers, 4, 5, 6, 7)),
                         to);
        }
#endif
        store(__builtin_convertvector(numbers, Vector<Step, sizeof(Integers) / 2>), to);
    }

    // The rank-th smallest of the others' deviations from the middle.
    SESCTL_INLINE static V deviation(const std::array<V, 2 * Half>& others, const V& middle,
                                     std::size_t rank) {
        const auto below = [&](std::size_t k) { return V(middle - others[Half - k]); };
        const auto above = [&](std::size_t k) { return V(others[Half - 1 + k] - middle); };
        V least;
        const std::size_t first = rank > Half ? rank - Half : 0;
        for (std::size_t k = first; k <= std::min(rank, Half); ++k) {
            const V either = k == 0      ? above(rank)
                             : k == rank ? below(rank)
                                         : greater(below(k), above(rank - k));
            least = k == first ? either : lesser(least, either);
        }
        return least;
    }

    // Whether a sample departs by more than it may, given the MAD of the steps, which is not negative; both
    // may be off by the rounding.
    SESCTL_INLINE V is_beyond(const V& departure, const V& mad) const {
        const auto most = static_cast<Step>(std::numeric_limits<Step>::max() / share_);
        constexpr int shift = std::countr_zero(unsigned{shares_of_one});
        const auto rounded = static_cast<Step>(rounding * share_ + (rounding << shift));
        const V allowed = V(V(lesser(mad, V{} + most) * share_) - rounded) >> Step{shift};
        return departure > greater(allowed, V{} + static_cast<Step>(spared_ - rounding));
    }

    SESCTL_INLINE V suspects_among(const std::array<V, 2 * Half>& others, const V& sample) const {
        const V middle = greater(others[Half - 1], lesser(sample, others[Half]));
        const V low = lesser(sample, middle);
        const V high = greater(sample, middle);
        const V beyond_limit = is_beyond(high - low, deviation(others, middle, Half + 1));
        return any_cut_off_ ? V(beyond_limit | V(high >= cut_off) | V(low <= -cut_off)) : beyond_limit;
    }

    SESCTL_INLINE V suspects_beside_gaps(const std::array<V, 2 * Half>& others, const V& sample) const {
        const V middle = greater(others[Half - 1], lesser(sample, others[Half]));
        V next_below = lesser(sample, others[Half - 1]);
        V next_above = greater(sample, others[Half]);
        if constexpr (Half > 1) {
            next_below = greater(next_below, others[Half - 2]);
            next_above = lesser(next_above, others[Half + 1]);
        }
        const V second = others[0] == -beyond ? (others[2 * Half - 1] == beyond ? middle : next_above)
                                              : (others[2 * Half - 1] == beyond ? next_below : middle);
        const V median = (middle + second) >> Step{1};
        const V departure = greater(sample, median) - lesser(sample, median);
        const V many = V(others[1] == -beyond) | V(others[2 * Half - 2] == beyond);
        return many | is_beyond(departure, greater(deviation(others, median, Half), V{})) |
               V(greater(sample, next_above) >= cut_off) | V(lesser(sample, next_below) <= -cut_off);
    }

    PulseLimit limit_;
    Step share_;
    T reference_{};
    T steps_of_one_{};
    Step spared_ = 0;
    bool any_cut_off_ = false;
    LaneBuffer<T> most_steps_{Bytes / sizeof(T)};
    const T* samples_ = nullptr;    // of the block and a word on both sides
    LaneBuffer<T> padded_{places};  // the same where they reach beyond the row
    LaneBuffer<T> unused_{word};
    LaneBuffer<Step> steps_{places};
    LaneBuffer<Step> halves_{Half * places};
    std::array<std::uint64_t, words + 2> missing_{};
    std::array<std::uint64_t, words> suspects_{};
};

}  // namespace sesctl
