// Edges in a record, and the pairs of opposite edges that bound a boxcar.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sesctl/view.hpp"

namespace sesctl {

// contrast[i] = mean(values[i, i + w)) - mean(values[i - w, i)), w = half_window: the height of an edge
// between samples i-1 and i. Samples that are not finite are left out; NaN where fewer than half of either
// side's w samples are left. O(samples), whatever w.
template <class T>
void edge_contrast(Rows<const T> values, std::size_t half_window, Rows<T> contrast);

struct OppositeEdges {
    std::int64_t row;
    std::int64_t start;
    std::int64_t end;
    double score;
    std::int8_t sign;
};

struct EdgePairing {
    std::int64_t min_length;
    std::int64_t max_length;
    double min_score;
    std::int64_t max_events;
};

// Pairs of local extrema (i, j) of opposite contrast with min_length <= j - i <= max_length, scored by the
// smaller of |contrast| at both: per row the best pair, then the next best that overlaps none before it, down
// to `min_score` or up to `max_events` pairs. With E extrema of at least `min_score`, R of them in reach of
// one, and K accepted pairs in reach of one, a row takes O(E R (1 + K)) at worst and O(E) memory.
template <class T>
std::vector<OppositeEdges> find_opposite_edges(Rows<const T> contrast, const EdgePairing& pairing);

}  // namespace sesctl
