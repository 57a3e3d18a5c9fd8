// Medians of sliding windows, several rows side by side.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include "sesctl/gaps.hpp"
#include "sesctl/lanes.hpp"
#include "sesctl/median_program.hpp"
#include "sesctl/parallel.hpp"
#include "sesctl/view.hpp"

namespace sesctl {

// Samples of one row around which medians are wanted.
struct Section {
    std::size_t row;
    std::size_t first;
    std::size_t count;
};

// One section in each lane. The windows end where the row ends, and leave NaN out: what is missing counts as
// -∞ and +∞ in turn, so that of any window as many samples are too low as too high, or one more. With one
// more, the number of samples left is even, and their median the mean of two neighbours, of which one is in
// the middle.
template <class T, std::size_t Bytes>
class LanesOfMedians {
  public:
    using V = Vector<T, Bytes>;
    using Integer = IntegerLike<T>;
    using Mask = Vector<Integer, Bytes>;
    static constexpr std::size_t width = Bytes / sizeof(T);
    // A comparison is looked up once for all of them. With slots of more than 128 bytes, places of the
    // longest windows' would not have 16 bits.
    static constexpr std::size_t vectors = 4;
    static constexpr std::size_t lanes = vectors * width;
    static constexpr T infinity = std::numeric_limits<T>::infinity();

    LanesOfMedians(std::size_t window, std::size_t longest)
        : single_(median_program(window, false, slot)),
          triple_(median_program(window, true, slot)),
          tile_(single_.tile),
          tiles_((longest + tile_ - 1) / tile_),
          // Whole chunks of one tile each, the last beyond the last window.
          chunks_(tiles_ + (window + tile_ - 2) / tile_ + 1),
          samples_(chunks_ * tile_ * lanes),
          odd_((chunks_ * tile_ + 1) * lanes),
          missing_(chunks_),
          slots_(std::max(single_.slots, triple_.slots) * lanes),
          medians_(tile_ * lanes) {}

    // Calls take(tile, first) for every tile, with first the place of its first median in the sections;
    // median() and the like then tell what was found. Throws ParameterError where a sample is infinite.
    template <class Take>
    void run(Rows<const T> values, std::span<const Section> sections, const Take& take) {
        read(values, sections);
        mark_missing();
        std::size_t longest = 0;
        for (const auto& section : sections) longest = std::max(longest, section.count);
        for (std::size_t first = 0; first < longest; first += tile_) {
            const std::size_t chunk = first / tile_;
            const std::size_t reach = (single_.samples() + tile_ - 1) / tile_;
            const bool whole =
                std::none_of(&missing_[chunk], &missing_[chunk] + reach, [](char any) { return any; });
            if (whole) {
                compare(single_, first);
                take_medians(first);
            } else {
                compare(triple_, first);
                take_medians_of_the_rest(first);
            }
            take(first, whole);
        }
    }

    // The sample at place `at` of the sections, or what stands for it; `at` counts from half a window before.
    [[nodiscard]] const T* samples(std::size_t at) const { return samples_.data() + at * lanes; }
    [[nodiscard]] T* medians() { return medians_.data(); }
    [[nodiscard]] std::size_t tile() const { return tile_; }

    // Writes the medians of the tile at `first` to their rows.
    void write(std::span<const Section> sections, std::size_t first, Rows<T> to) const {
        for (std::size_t lane = 0; lane < sections.size(); lane += 4) {
            const std::size_t filled = std::min<std::size_t>(4, sections.size() - lane);
            std::array<T*, 4> rows{};
            std::array<std::size_t, 4> here{};
            for (std::size_t r = 0; r < filled; ++r) {
                const auto& section = sections[lane + r];
                here[r] = std::min(tile_, section.count - std::min(first, section.count));
                rows[r] = to[section.row].data() + section.first + std::min(first, section.count);
            }
            const std::size_t together = *std::ranges::min_element(here);
            if (together > 0) from_lanes(medians_.data() + lane, lanes, together, rows.data());
            for (std::size_t r = 0; r < filled; ++r) {
                for (std::size_t i = together; i < here[r]; ++i) rows[r][i] = medians_[i * lanes + lane + r];
            }
        }
    }

  private:
    SESCTL_INLINE static V lesser(const V& a, const V& b) { return a < b ? a : b; }
    // Not b < a ? a : b: the two different comparisons become one instruction each.
    SESCTL_INLINE static V greater(const V& a, const V& b) { return a > b ? a : b; }

    static constexpr std::size_t step = 8;
    static constexpr std::size_t slot = lanes * sizeof(T) / step;

    void read(Rows<const T> values, std::span<const Section> sections) {
        const auto half = static_cast<std::ptrdiff_t>(single_.window / 2);
        const auto places = static_cast<std::ptrdiff_t>(chunks_ * tile_);
        const auto samples = static_cast<std::ptrdiff_t>(values.samples);
        const bool covered =
            sections.size() == lanes && std::ranges::all_of(sections, [&](const Section& section) {
                const auto shift = static_cast<std::ptrdiff_t>(section.first) - half;
                return shift >= 0 && shift + places <= samples;
            });
        if (!covered) std::fill_n(samples_.data(), samples_.size(), std::numeric_limits<T>::quiet_NaN());
        for (std::size_t lane = 0; lane < sections.size(); lane += 4) {
            const std::size_t filled = std::min<std::size_t>(4, sections.size() - lane);
            std::array<const T*, 4> rows{};
            std::array<std::ptrdiff_t, 4> begin{};
            std::array<std::ptrdiff_t, 4> end{};
            for (std::size_t r = 0; r < filled; ++r) {
                const auto& section = sections[lane + r];
                const auto shift = static_cast<std::ptrdiff_t>(section.first) - half;
                begin[r] = std::max<std::ptrdiff_t>(0, -shift);
                end[r] = std::min(places, samples - shift);
                rows[r] = values[section.row].data() + shift + begin[r];
            }
            T* const to = samples_.data() + lane;
            std::array<std::ptrdiff_t, 4> done = begin;
            if (filled == 4) {
                const std::ptrdiff_t from = *std::ranges::max_element(begin);
                const std::ptrdiff_t until = *std::ranges::min_element(end);
                if (from < until) {
                    for (std::size_t r = 0; r < 4; ++r) {
                        for (; done[r] < from; ++done[r]) {
                            to[done[r] * static_cast<std::ptrdiff_t>(lanes) +
                               static_cast<std::ptrdiff_t>(r)] = *rows[r]++;
                        }
                    }
                    to_lanes(rows.data(), static_cast<std::size_t>(until - from),
                             to + from * static_cast<std::ptrdiff_t>(lanes), lanes);
                    for (std::size_t r = 0; r < 4; ++r) {
                        rows[r] += until - from;
                        done[r] = until;
                    }
                }
            }
            for (std::size_t r = 0; r < filled; ++r) {
                for (; done[r] < end[r]; ++done[r]) {
                    to[done[r] * static_cast<std::ptrdiff_t>(lanes) + static_cast<std::ptrdiff_t>(r)] =
                        *rows[r]++;
                }
            }
        }
    }

    void mark_missing() {
        Mask odd[vectors] = {};
        Mask infinite = {};
        for (std::size_t chunk = 0; chunk < chunks_; ++chunk) {
            Mask any = {};
            for (std::size_t at = chunk * tile_; at < (chunk + 1) * tile_; ++at) {
                for (std::size_t v = 0; v < vectors; ++v) {
                    const V sample = load<V>(samples_.data() + at * lanes + v * width);
                    const Mask missing = sample != sample;
                    infinite |= magnitude<T>(sample) == infinity;
                    store(odd[v], odd_.data() + at * lanes + v * width);
                    const V stand_in = odd[v] ? V{} + infinity : V{} - infinity;
                    store(V(missing ? stand_in : sample), samples_.data() + at * lanes + v * width);
                    odd[v] ^= missing;
                    any |= missing;
                }
            }
            missing_[chunk] = any_bit(any);
        }
        if (any_bit(infinite)) refuse_infinite();
        for (std::size_t v = 0; v < vectors; ++v) {
            store(odd[v], odd_.data() + chunks_ * tile_ * lanes + v * width);
        }
    }

    // Programs tell where slots are in steps of 8 bytes: the processor multiplies by 8 as it loads.
    SESCTL_INLINE static T* at(std::uint16_t place, T* slots) { return slots + place * (step / sizeof(T)); }

    void compare(const MedianProgram& program, std::size_t first) {
        T* const slots = slots_.data();  // which the compiler does not know to stay where it is
        std::copy_n(samples_.data() + first * lanes, program.samples() * lanes, slots);
        // A copy of each, which the compiler knows that no store changes.
        for (const auto each : program.comparisons) {
            V left[vectors];
            V right[vectors];
            for (std::size_t v = 0; v < vectors; ++v) {
                left[v] = load<V>(at(each.left, slots) + v * width);
                right[v] = load<V>(at(each.right, slots) + v * width);
            }
            for (std::size_t v = 0; v < vectors; ++v) {
                store(lesser(left[v], right[v]), at(each.lesser, slots) + v * width);
                store(greater(left[v], right[v]), at(each.greater, slots) + v * width);
            }
        }
    }

    void take_medians(std::size_t) {
        for (std::size_t i = 0; i < tile_; ++i) {
            std::copy_n(at(single_.ranks[i][1], slots_.data()), lanes, medians_.data() + i * lanes);
        }
    }

    void take_medians_of_the_rest(std::size_t first) {
        const std::size_t half = single_.window / 2;
        for (std::size_t i = 0; i < tile_; ++i) {
            const auto& ranks = triple_.ranks[i];
            for (std::size_t v = 0; v < vectors; ++v) {
                const V below = load<V>(at(ranks[0], slots_.data()) + v * width);
                const V middle = load<V>(at(ranks[1], slots_.data()) + v * width);
                const V above = load<V>(at(ranks[2], slots_.data()) + v * width);
                const Mask before = load<Mask>(odd_.data() + (first + i) * lanes + v * width);
                const Mask after = load<Mask>(odd_.data() + (first + i + single_.window) * lanes + v * width);
                // Where one is too much, it is the first that is missing: too low, or, after an odd number,
                // too high.
                const V other = before ? below : above;
                const V sum = middle + other;
                // The sum of two large values may not be finite.
                const V mean =
                    (sum == infinity) | (sum == -infinity) ? middle * T{0.5} + other * T{0.5} : sum * T{0.5};
                const V centre = load<V>(samples_.data() + (first + i + half) * lanes + v * width);
                const V median = before != after ? mean : middle;
                const Mask absent = (centre == infinity) | (centre == -infinity);
                store(V(absent ? V{} + std::numeric_limits<T>::quiet_NaN() : median),
                      medians_.data() + i * lanes + v * width);
            }
        }
    }

    const MedianProgram& single_;
    const MedianProgram& triple_;
    std::size_t tile_;
    std::size_t tiles_;
    std::size_t chunks_;
    LaneBuffer<T> samples_;
    LaneBuffer<Integer> odd_;  // whether an odd number of samples is missing before this one
    std::vector<char> missing_;
    LaneBuffer<T> slots_;
    LaneBuffer<T> medians_;
};

// The rows, each cut into as many sections as leave no lane of `shares` threads idle, unless they would get
// shorter than a few windows.
template <class T>
std::vector<Section> sections_of(Rows<const T> values, std::size_t window, std::size_t lanes,
                                 std::size_t shares) {
    std::vector<Section> sections;
    if (values.rows == 0 || values.samples == 0) return sections;
    const std::size_t wanted = (lanes * shares + values.rows - 1) / values.rows;
    const std::size_t least = std::max<std::size_t>(4 * window, 512);
    // No longer than what stays in the nearer caches, and in whole tiles.
    const std::size_t near = std::max<std::size_t>(4 * window, (std::size_t{1} << 17) / (lanes * sizeof(T)));
    const std::size_t parts = std::max(std::clamp<std::size_t>(values.samples / least, 1, wanted),
                                       (values.samples + near - 1) / near);
    const std::size_t tile = std::bit_floor(window);
    const std::size_t length = ((values.samples + parts - 1) / parts + tile - 1) / tile * tile;
    // Lanes side by side then reach the ends of their rows together.
    for (std::size_t first = 0; first < values.samples; first += length) {
        for (std::size_t row = 0; row < values.rows; ++row) {
            sections.push_back({row, first, std::min(length, values.samples - first)});
        }
    }
    return sections;
}

// Calls take(lanes of medians, sections in the lanes, first, whole) for every tile of windows; `whole` tells
// that nothing is missing in any of them.
template <class T, class Take>
void for_each_median_tile(Rows<const T> values, std::size_t window, std::size_t threads, const Take& take) {
    const std::size_t shares = worthwhile_threads(threads, values.rows * values.samples);
    share_out(shares, shares, [&](std::size_t, std::size_t, std::size_t share) {
        run_on_active_isa([&](auto bytes) {
            using Lanes = LanesOfMedians<T, bytes()>;
            const auto sections = sections_of(values, window, Lanes::lanes, shares);
            const std::size_t groups = (sections.size() + Lanes::lanes - 1) / Lanes::lanes;
            const std::size_t begin = groups * share / shares;
            const std::size_t end = groups * (share + 1) / shares;
            if (begin == end) return;
            Lanes lanes(window, sections[0].count);
            for (std::size_t group = begin; group < end; ++group) {
                const std::size_t at = group * Lanes::lanes;
                const auto some =
                    std::span(sections).subspan(at, std::min(Lanes::lanes, sections.size() - at));
                lanes.run(values, some,
                          [&](std::size_t first, bool whole) { take(lanes, some, first, whole); });
            }
        });
    });
}

}  // namespace sesctl
