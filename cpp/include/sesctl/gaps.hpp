// Gaps (runs of NaN) and the stretches of samples between them.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "sesctl/view.hpp"

namespace sesctl {

// Calls visit(first, length) for each longest run of samples without NaN, from left to right. The filters
// treat each as a record of its own, so that no value is carried across a gap.
template <class T, class Visit>
void for_each_stretch(std::span<const T> row, Visit&& visit) {
    for (std::size_t first = 0; first < row.size();) {
        if (std::isnan(row[first])) {
            ++first;
            continue;
        }
        std::size_t end = first + 1;
        while (end < row.size() && !std::isnan(row[end])) ++end;
        visit(first, end - first);
        first = end;
    }
}

// Fills each gap of at most max_length samples by the straight line between the samples on its two sides; a
// gap at an end of the row has only one side and stays. mask tells what was filled.
template <class T>
void fill_gaps(Rows<const T> values, std::int64_t max_length, Rows<T> filled, Rows<bool> mask);

}  // namespace sesctl
