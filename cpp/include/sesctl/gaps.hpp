// Gaps (runs of NaN) and the stretches of samples between them.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "sesctl/lanes.hpp"
#include "sesctl/view.hpp"

namespace sesctl {

// The first sample from `at` on that is NaN; the row's end if none is.
template <class T>
std::size_t next_missing(std::span<const T> row, std::size_t at) {
    using V = Vector<T, 16>;
    constexpr std::size_t lanes = 16 / sizeof(T);
    constexpr std::size_t stride = 8 * lanes;
    for (; at + stride <= row.size(); at += stride) {
        auto missing = load<V>(&row[at]) != load<V>(&row[at]);
        for (std::size_t k = lanes; k < stride; k += lanes) {
            const V samples = load<V>(&row[at + k]);
            missing |= samples != samples;
        }
        if (any_bit(missing)) break;
    }
    while (at < row.size() && !std::isnan(row[at])) ++at;
    return at;
}

// Calls visit(first, length) for each longest run of samples without NaN, from left to right. The filters
// treat each as a record of its own, so that no value is carried across a gap.
template <class T, class Visit>
void for_each_stretch(std::span<const T> row, Visit&& visit) {
    for (std::size_t first = 0; first < row.size();) {
        if (std::isnan(row[first])) {
            ++first;
            continue;
        }
        const std::size_t end = next_missing(row, first + 1);
        visit(first, end - first);
        first = end;
    }
}

// Fills each gap of at most max_length samples by the straight line between the samples on its two sides; a
// gap at an end of the row has only one side and stays. mask tells what was filled.
template <class T>
void fill_gaps(Rows<const T> values, std::int64_t max_length, Rows<T> filled, Rows<bool> mask,
               std::size_t threads);

}  // namespace sesctl
