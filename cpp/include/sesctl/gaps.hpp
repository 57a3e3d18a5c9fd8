// Gaps (runs of NaN) and the stretches of samples between them.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "sesctl/lanes.hpp"
#include "sesctl/view.hpp"

namespace sesctl {

// Throws ParameterError: samples have to be finite, or NaN.
[[noreturn]] void refuse_infinite();

// Whether 64 samples are all finite.
template <class T, std::size_t Bytes>
SESCTL_INLINE bool all_finite(const T* samples) {
    Vector<IntegerLike<T>, Bytes> wild = {};
    for (std::size_t k = 0; k < 64; k += Bytes / sizeof(T)) {
        const auto some = load<Vector<T, Bytes>>(samples + k);
        const auto difference = some - some;  // 0, or else NaN
        wild |= difference != difference;
    }
    return !any_bit(wild);
}

// Which of at most 64 samples are there, the first in the lowest bit.
template <class T, std::size_t Bytes>
SESCTL_INLINE std::uint64_t samples_present(std::span<const T> samples) {
    constexpr T infinity = std::numeric_limits<T>::infinity();
    if (samples.size() == 64) {
        Vector<IntegerLike<T>, Bytes> infinite = {};
        const std::uint64_t missing =
            bits_where<T, Bytes>(samples.data(), [&](const auto& some, std::size_t) {
                infinite |= magnitude<T>(some) == infinity;
                return some != some;
            });
        if (any_bit(infinite)) refuse_infinite();
        return ~missing;
    }
    std::uint64_t present = 0;
    for (std::size_t k = 0; k < samples.size(); ++k) {
        if (std::isinf(samples[k])) refuse_infinite();
        present |= static_cast<std::uint64_t>(std::isnan(samples[k]) ? 0 : 1) << k;
    }
    return present;
}

// Calls visit(first, length) for each longest run of samples without NaN, from left to right. The filters
// treat each as a record of its own, so that no value is carried across a gap. Throws ParameterError where a
// sample is infinite.
template <class T, std::size_t Bytes = 16, class Visit>
void for_each_stretch(std::span<const T> row, Visit&& visit) {
    constexpr std::size_t word = 64;
    std::size_t first = 0;
    bool inside = false;
    bool unbroken = true;  // since where it was looked at last
    for (std::size_t at = 0; at < row.size(); at += word) {
        const std::size_t count = std::min(word, row.size() - at);
        if (inside && unbroken && count == word && all_finite<T, Bytes>(&row[at])) continue;
        const std::uint64_t all = ~std::uint64_t{0} >> (word - count);
        const std::uint64_t present = samples_present<T, Bytes>(row.subspan(at, count));
        unbroken = present == (inside ? all : 0);
        if (unbroken) continue;
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
// gap at an end of the row has only one side and stays. `filled` may be the values themselves; mask tells
// what was filled. Throws ParameterError where a value is infinite.
template <class T>
void fill_gaps(Rows<const T> values, std::int64_t max_length, Rows<T> filled, Rows<bool> mask,
               std::size_t threads);

}  // namespace sesctl
