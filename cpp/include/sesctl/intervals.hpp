// Intervals from a score by hysteresis, and edges fitted anew to the record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sesctl/view.hpp"

namespace sesctl {

// Half-open [start, end) in samples of one row.
struct Interval {
    std::int64_t row;
    std::int64_t start;
    std::int64_t end;
};

struct PeakedInterval : Interval {
    double peak;
};

struct Hysteresis {
    double high;
    double low;
    std::int64_t min_length;
    std::int64_t max_length;
    std::int64_t merge_gap;
};

// Maximal runs of values >= low that hold one >= high; runs at most `merge_gap` samples apart become one, and
// only then are those kept whose length lies in [min_length, max_length]. Ordered by row, then start.
// O(samples). Throws ParameterError where a value is infinite, if `refuse_infinite` says so.
template <class T>
std::vector<PeakedInterval> find_intervals(Rows<const T> values, const Hysteresis& hysteresis,
                                           std::size_t threads, bool refuse_infinite = false);

// Moves each edge, by at most `radius` samples, to the split between two constant levels with the least
// squared error over the samples within 2·radius of the edge, cut at the interval's middle and the record's
// ends. In place.
template <class T>
void refit_edges(Rows<const T> values, std::span<Interval> intervals, std::int64_t radius);

}  // namespace sesctl
