// Gaps (runs of NaN) and the stretches of samples between them.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "sesctl/lanes.hpp"
#include "sesctl/view.hpp"

namespace sesctl {

// Whether none of 64 samples is NaN.
template <class T, std::size_t Bytes>
SESCTL_INLINE bool all_present(const T* samples) {
    Vector<IntegerLike<T>, Bytes> missing = {};
    for (std::size_t k = 0; k < 64; k += Bytes / sizeof(T)) {
        const auto some = load<Vector<T, Bytes>>(samples + k);
        missing |= some != some;
    }
    return !any_bit(missing);
}

// Calls visit(first, length) for each longest run of samples without NaN, from left to right. The filters
// treat each as a record of its own, so that no value is carried across a gap.
template <class T, std::size_t Bytes = 16, class Visit>
void for_each_stretch(std::span<const T> row, Visit&& visit) {
    constexpr std::size_t word = 64;
    std::size_t first = 0;
    bool inside = false;
    for (std::size_t at = 0; at < row.size(); at += word) {
        const std::size_t count = std::min(word, row.size() - at);
        if (inside && count == word && all_present<T, Bytes>(&row[at])) continue;
        const std::uint64_t all = ~std::uint64_t{0} >> (word - count);
        std::uint64_t present = 0;
        if (count == word) {
            present =
                ~bits_where<T, Bytes>(&row[at], [](const auto& some, std::size_t) { return some != some; });
        } else {
            for (std::size_t k = 0; k < count; ++k) {
                present |= static_cast<std::uint64_t>(std::isnan(row[at + k]) ? 0 : 1) << k;
            }
        }
        if (present == (inside ? all : 0)) continue;
        // A set bit is a sample that does not continue what its predecessor is.
        std::uint64_t changes = (present ^ (present << 1 | (inside ? 1 : 0))) & all;
        for (; changes != 0; changes &= changes - 1) {
            const std::size_t edge = at + static_cast<std::size_t>(std::countr_zero(changes));
            if (inside) visit(first, edge - first);
            first = edge;
            inside = !inside;
        }
    }
    if (inside) visit(first, row.size() - first);
}

// Fills each gap of at most max_length samples by the straight line between the samples on its two sides; a
// gap at an end of the row has only one side and stays. mask tells what was filled.
template <class T>
void fill_gaps(Rows<const T> values, std::int64_t max_length, Rows<T> filled, Rows<bool> mask,
               std::size_t threads);

}  // namespace sesctl
