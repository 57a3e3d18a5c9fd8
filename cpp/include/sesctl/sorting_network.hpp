// Comparisons that sort a few values, or merge two sorted halves of them: chosen when compiling, so that the
// values stay in registers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "sesctl/lanes.hpp"

namespace sesctl {

// Compares values in place, in this sequence; in the end value order[k] is the one of rank k.
template <std::size_t Count>
struct SortingNetwork {
    struct Comparison {
        std::uint8_t lesser;
        std::uint8_t greater;
    };
    std::array<Comparison, Count * Count> comparisons{};
    std::size_t size = 0;
    std::array<std::uint8_t, Count> order{};
};

// Writes Batcher's odd-even merges down (Knuth, The Art of Computer Programming 3, 5.3.4).
template <std::size_t Count>
class SortingNetworkAuthor {
  public:
    static constexpr SortingNetwork<Count> sorting() {
        SortingNetworkAuthor author;
        author.network_.order = author.sort(all(0, Count)).at;
        return author.network_;
    }

    // Of the first half and the second half of the values, each in order.
    static constexpr SortingNetwork<Count> merging() {
        SortingNetworkAuthor author;
        author.network_.order = author.merge(all(0, Count / 2), all(Count / 2, Count)).at;
        return author.network_;
    }

  private:
    // Places of values in order.
    struct Places {
        std::array<std::uint8_t, Count> at{};
        std::size_t size = 0;

        constexpr void add(std::uint8_t place) { at[size++] = place; }
    };

    static constexpr Places all(std::size_t begin, std::size_t end) {
        Places places;
        for (std::size_t i = begin; i < end; ++i) places.add(static_cast<std::uint8_t>(i));
        return places;
    }

    static constexpr Places some(const Places& from, std::size_t begin, std::size_t end, std::size_t step) {
        Places places;
        for (std::size_t i = begin; i < end; i += step) places.add(from.at[i]);
        return places;
    }

    constexpr Places sort(const Places& values) {
        if (values.size < 2) return values;
        const std::size_t half = values.size / 2;
        return merge(sort(some(values, 0, half, 1)), sort(some(values, half, values.size, 1)));
    }

    constexpr Places merge(const Places& a, const Places& b) {
        if (a.size == 0 || b.size == 0) return a.size == 0 ? b : a;
        Places merged;
        if (a.size == 1 && b.size == 1) {
            compare(a.at[0], b.at[0], merged);
            return merged;
        }
        const Places even = merge(some(a, 0, a.size, 2), some(b, 0, b.size, 2));
        const Places odd = merge(some(a, 1, a.size, 2), some(b, 1, b.size, 2));
        merged.add(even.at[0]);
        for (std::size_t i = 0; i < odd.size; ++i) {
            if (i + 1 < even.size) {
                compare(odd.at[i], even.at[i + 1], merged);
            } else {
                merged.add(odd.at[i]);
            }
        }
        for (std::size_t i = odd.size + 1; i < even.size; ++i) merged.add(even.at[i]);
        return merged;
    }

    constexpr void compare(std::uint8_t left, std::uint8_t right, Places& merged) {
        network_.comparisons[network_.size++] = {left, right};
        merged.add(left);
        merged.add(right);
    }

    SortingNetwork<Count> network_;
};

template <std::size_t Count>
inline constexpr SortingNetwork<Count> sorting_network = SortingNetworkAuthor<Count>::sorting();

template <std::size_t Count>
inline constexpr SortingNetwork<Count> merging_network = SortingNetworkAuthor<Count>::merging();

// Brings values in order, each lane its own.
template <const auto& network, class V, std::size_t Count>
SESCTL_INLINE std::array<V, Count> in_order(std::array<V, Count> values) {
    const auto compare = [&](std::size_t left, std::size_t right) {
        const V low = lesser(values[left], values[right]);
        values[right] = greater(values[left], values[right]);
        values[left] = low;
    };
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (compare(network.comparisons[I].lesser, network.comparisons[I].greater), ...);
    }(std::make_index_sequence<network.size>{});
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<V, Count>{values[network.order[I]]...};
    }(std::make_index_sequence<Count>{});
}

}  // namespace sesctl
