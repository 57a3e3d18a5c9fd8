#include "sesctl/hampel.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "sesctl/errors.hpp"
#include "sesctl/finite.hpp"
#include "sesctl/gaps.hpp"
#include "sesctl/lanes_of_medians.hpp"
#include "sesctl/pulse_judges.hpp"
#include "sesctl/pulse_screen.hpp"
#include "sesctl/window.hpp"

namespace sesctl {

namespace {

// The middle of a non-empty range; of an even number of values, the mean of the two in the middle. Reorders
// them.
double median_of(std::vector<double>& values) {
    const auto upper = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, upper);
    // midpoint, because the sum of two large values may not be finite.
    return values.size() % 2 == 1 ? *upper : std::midpoint(*std::max_element(values.begin(), upper), *upper);
}

// Judges single samples, to the last bit.
template <class T>
class Judge {
  public:
    Judge(std::size_t window, PulseLimit limit) : half_(window / 2), limit_(limit) {}

    // Replaces the sample if it is part of a pulse; true if it is.
    bool replace(std::span<const T> row, std::size_t centre, std::span<T> out) {
        const std::size_t first = centre - std::min(centre, half_);
        const std::size_t last = std::min(row.size(), centre + half_ + 1);
        around_.clear();
        for (std::size_t i = first; i < last; ++i) {
            if (!std::isnan(row[i])) around_.push_back(static_cast<double>(row[i]));
        }
        const double median = median_of(around_);
        for (double& value : around_) value = std::abs(value - median);
        const double scale = std::max(normal_scale * median_of(around_), limit_.floor);
        if (!(std::abs(static_cast<double>(row[centre]) - median) > limit_.n_sigma * scale)) return false;
        out[centre] = static_cast<T>(median);
        return true;
    }

  private:
    std::size_t half_;
    PulseLimit limit_;
    std::vector<double> around_;
};

// Tells pulses from samples that are none, but for the few that only a judge can tell. The MAD need not be
// known for it, only whether half of the deviations in the window lie below what would make the sample's own
// too large.
template <class T, class Lanes>
class Suspicion {
  public:
    using V = typename Lanes::V;
    using Mask = typename Lanes::Mask;
    using Masks = std::array<Mask, Lanes::vectors>;

    Suspicion(std::size_t window, PulseLimit limit)
        : window_(window),
          share_(static_cast<T>(1.0 / (limit.n_sigma * normal_scale))),
          least_(
              static_cast<T>(std::min<double>(limit.n_sigma * limit.floor, std::numeric_limits<T>::max()))) {}

    // For window i of a tile, a mask of the lanes whose sample may be part of a pulse, and one of those where
    // it certainly is; true if there are any. The windows of a tile have to be asked for in order.
    bool raise(Lanes& lanes, std::size_t first, bool whole, std::size_t i, Masks& possible, Masks& certain) {
        Mask any = {};
        for (std::size_t v = 0; v < Lanes::vectors; ++v) {
            const Window at{lanes.samples(first + i) + v * Lanes::width,
                            load<V>(lanes.medians() + i * Lanes::lanes + v * Lanes::width)};
            const V sample = load<V>(at.samples + window_ / 2 * Lanes::lanes);
            if (whole) {
                members_[v] = Mask{} + static_cast<typename Lanes::Integer>(window_);
            } else {
                count_members(at, i, v);
            }
            // A median that is a mean is rounded here.
            const V rounding =
                whole ? V{} : magnitude<T>(at.median) * (8 * std::numeric_limits<T>::epsilon());
            const V deviation = magnitude<T>(V(sample - at.median));
            const V most = deviation + rounding;
            const V limit = most * share_ * margin + rounding + std::numeric_limits<T>::min();
            const Mask near = count_within(at, limit);
            // What is missing is no sample.
            const Mask here = magnitude<T>(sample) < Lanes::infinity;
            possible[v] = here & (((near + near >= members_[v]) & (most * margin >= least_) & (most > 0)) |
                                  (most == Lanes::infinity));
            certain[v] = Mask{};
            any |= possible[v];
            if (!any_bit(possible[v])) continue;
            const V least = deviation - rounding;
            const Mask nearer = count_within(at, V(least * share_ * (2 - margin) - rounding));
            certain[v] = possible[v] & (nearer + nearer > members_[v]) & (least * (2 - margin) > least_) &
                         (most < Lanes::infinity);
        }
        return any_bit(any);
    }

  private:
    struct Window {
        const T* samples;
        V median;
    };

    // Covers the rounding of the comparisons here.
    static constexpr T margin = T{1} + 64 * std::numeric_limits<T>::epsilon();

    // How many samples of the window lie so near to its median.
    SESCTL_INLINE Mask count_within(const Window& at, const V& limit) const {
        Mask count = {};
        for (std::size_t k = 0; k < window_; ++k) {
            count -= magnitude<T>(V(load<V>(at.samples + k * Lanes::lanes) - at.median)) <= limit;
        }
        return count;
    }

    // How many samples of the window are not missing, from those of the window before.
    void count_members(const Window& at, std::size_t i, std::size_t v) {
        const auto here = [&](std::ptrdiff_t k) {
            return magnitude<T>(load<V>(at.samples + k * static_cast<std::ptrdiff_t>(Lanes::lanes))) <
                   Lanes::infinity;
        };
        const auto end = static_cast<std::ptrdiff_t>(window_);
        if (i == 0) {
            members_[v] = Mask{};
            for (std::ptrdiff_t k = 0; k < end; ++k) members_[v] -= here(k);
        } else {
            members_[v] += here(-1) - here(end - 1);
        }
    }

    std::size_t window_;
    T share_;
    T least_;
    Masks members_{};
};

void check(PulseLimit limit) {
    if (!std::isfinite(limit.n_sigma) || limit.n_sigma <= 0) {
        throw ParameterError("n_sigma is " + std::to_string(limit.n_sigma) +
                             ", which is not a positive number");
    }
    if (!std::isfinite(limit.floor) || limit.floor < 0) {
        throw ParameterError("floor is " + std::to_string(limit.floor) + ", which is not zero or more");
    }
}

// Windows up to here are sorted in registers.
constexpr std::size_t longest_half = 5;

// Suspects are found 16 to a vector, and judged together where they fill the lanes.
template <class T, std::size_t Bytes, std::size_t Half>
class BlockFilter {
  public:
    using Screen = PulseScreen<T, Bytes, Half>;

    explicit BlockFilter(PulseLimit limit) : screen_(limit), judges_(limit), judge_(2 * Half + 1, limit) {}

    // Despikes the samples of one block, but for the few suspects that wait for those of the next. Those of
    // the last block of a row, or of the last at all, may not.
    void filter(std::span<const T> row, std::size_t first, bool is_last, std::span<T> despiked,
                std::span<bool> replaced) {
        const auto suspects = screen_.suspects(row, first, despiked);
        for (std::size_t w = 0; w < suspects.size(); ++w) {
            const std::size_t at = first + w * Screen::word;
            std::uint64_t bits = suspects[w];
            if (at + Screen::word <= row.size()) {
                std::fill_n(&replaced[at], Screen::word, false);
            } else if (at < row.size()) {
                std::ranges::fill(replaced.subspan(at), false);
            }
            if (at < Half || at + Screen::word + Half > row.size()) {
                bits = judge_ends(row, at, bits, despiked, replaced);
            }
            // Two in any case: how many there are cannot be foreseen.
            for (std::size_t k = 0; k < 2 || bits != 0; ++k) {
                waiting_[count_] = at + static_cast<std::size_t>(std::countr_zero(bits));
                count_ += bits != 0 ? 1 : 0;
                bits &= bits - 1;
            }
        }
        std::size_t done = 0;
        while (done + (is_last ? 1 : Judges::lanes) <= count_) {
            const std::size_t some = std::min(Judges::lanes, count_ - done);
            judge_waiting(row, done, some, despiked, replaced);
            done += some;
        }
        std::copy(waiting_.begin() + done, waiting_.begin() + count_, waiting_.begin());
        count_ -= done;
    }

  private:
    using Judges = PulseJudges<T, Bytes, Half>;

    // Judges the suspects of a word whose windows reach beyond an end of the row, and returns the others.
    std::uint64_t judge_ends(std::span<const T> row, std::size_t first, std::uint64_t suspects,
                             std::span<T> despiked, std::span<bool> replaced) {
        std::uint64_t others = suspects;
        for (std::uint64_t bits = suspects; bits != 0; bits &= bits - 1) {
            const std::size_t at = first + static_cast<std::size_t>(std::countr_zero(bits));
            if (at >= Half && at + Half < row.size()) continue;
            replaced[at] = judge_.replace(row, at, despiked);
            others &= ~(bits & -bits);
        }
        return others;
    }

    void judge_waiting(std::span<const T> row, std::size_t begin, std::size_t count, std::span<T> despiked,
                       std::span<bool> replaced) {
        std::array<const T*, Judges::lanes> windows;
        for (std::size_t i = 0; i < windows.size(); ++i) {
            windows[i] = &row[waiting_[begin + (i < count ? i : 0)] - Half];
        }
        const auto pulses = judges_.judge(windows);
        // Without a branch: what is a pulse cannot be foreseen.
        for (std::size_t i = 0; i < count; ++i) {
            despiked[waiting_[begin + i]] = judges_.judged(i);
            replaced[waiting_[begin + i]] = (pulses >> i & 1) != 0;
        }
    }

    Screen screen_;
    Judges judges_;
    Judge<T> judge_;
    std::array<std::size_t, pulse_block + Judges::lanes + 2> waiting_{};
    std::size_t count_ = 0;
};

template <class T, std::size_t Bytes, std::size_t Half>
void despike_blocks(Rows<const T> values, PulseLimit limit, Rows<T> despiked, Rows<bool> replaced,
                    std::size_t begin, std::size_t end) {
    BlockFilter<T, Bytes, Half> filter(limit);
    const std::size_t blocks = (values.samples + pulse_block - 1) / pulse_block;
    for (std::size_t i = begin; i < end; ++i) {
        const std::size_t row = i / blocks;
        const bool is_last = i + 1 == end || (i + 1) % blocks == 0;
        filter.filter(values[row], i % blocks * pulse_block, is_last, despiked[row], replaced[row]);
    }
}

// Calls body(half as a type).
template <std::size_t Half = 1, class Body>
void with_half(std::size_t half, const Body& body) {
    if constexpr (Half == longest_half) {
        body(std::integral_constant<std::size_t, Half>{});
    } else if (half == Half) {
        body(std::integral_constant<std::size_t, Half>{});
    } else {
        with_half<Half + 1>(half, body);
    }
}

template <class T>
void despike_by_steps(Rows<const T> values, std::size_t half, PulseLimit limit, Rows<T> despiked,
                      Rows<bool> replaced, std::size_t threads) {
    const std::size_t blocks = values.rows * ((values.samples + pulse_block - 1) / pulse_block);
    with_half(half, [&](auto known_half) {
        share_out(blocks, worthwhile_threads(threads, values.rows * values.samples),
                  [&](std::size_t begin, std::size_t end, std::size_t) {
                      run_on_active_isa([&](auto bytes) {
                          despike_blocks<T, bytes(), known_half()>(values, limit, despiked, replaced, begin,
                                                                   end);
                      });
                  });
    });
}

template <class T>
void despike_by_medians(Rows<const T> values, std::size_t width, PulseLimit limit, Rows<T> despiked,
                        Rows<bool> replaced, std::size_t threads) {
    std::copy_n(values.data, values.rows * values.samples, despiked.data);
    std::fill_n(replaced.data, values.rows * values.samples, false);
    for_each_median_tile(
        values, width, threads, [&](auto& lanes, auto sections, std::size_t first, bool whole) {
            using Lanes = std::remove_reference_t<decltype(lanes)>;
            Suspicion<T, Lanes> suspicion(width, limit);
            Judge<T> judge(width, limit);
            typename Suspicion<T, Lanes>::Masks possible;
            typename Suspicion<T, Lanes>::Masks certain;
            for (std::size_t i = 0; i < lanes.tile(); ++i) {
                if (!suspicion.raise(lanes, first, whole, i, possible, certain)) continue;
                for (std::size_t lane = 0; lane < sections.size(); ++lane) {
                    const auto [row, begin, count] = sections[lane];
                    if (possible[lane / Lanes::width][lane % Lanes::width] == 0 || first + i >= count)
                        continue;
                    const std::size_t at = begin + first + i;
                    if (certain[lane / Lanes::width][lane % Lanes::width] != 0) {
                        despiked[row][at] = lanes.medians()[i * Lanes::lanes + lane];
                        replaced[row][at] = true;
                    } else {
                        replaced[row][at] = judge.replace(values[row], at, despiked[row]);
                    }
                }
            }
        });
}

}  // namespace

template <class T>
void despike(Rows<const T> values, std::int64_t window, PulseLimit limit, Rows<T> despiked,
             Rows<bool> replaced, std::size_t threads) {
    const std::size_t width = checked_window(window);
    check(limit);
    const bool is_screened = width > 1 && width / 2 <= longest_half && deserves_screen(limit);
    const std::size_t size = values.rows * values.samples;
    // The screen sees for itself.
    if (!is_screened && first_infinite(std::span(values.data, size), threads) < size) refuse_infinite();
    if (width == 1 || size == 0) {
        std::copy_n(values.data, size, despiked.data);
        std::fill_n(replaced.data, size, false);
    } else if (is_screened) {
        despike_by_steps(values, width / 2, limit, despiked, replaced, threads);
    } else {
        despike_by_medians(values, width, limit, despiked, replaced, threads);
    }
}

template void despike(Rows<const float>, std::int64_t, PulseLimit, Rows<float>, Rows<bool>, std::size_t);
template void despike(Rows<const double>, std::int64_t, PulseLimit, Rows<double>, Rows<bool>, std::size_t);

}  // namespace sesctl
