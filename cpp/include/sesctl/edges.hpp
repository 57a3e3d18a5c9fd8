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
void edge_contrast(Rows<const T> values, std::size_t half_window, Rows<T> contrast, std::size_t threads);

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
    std::size_t max_events;
    std::size_t half_window;
};

// Edges are the samples of |contrast| >= min_score whose contrast is the largest of its sign within
// half_window samples, of equal ones the first. Of all ways to pair edges (i, j) of opposite sign with
// min_length <= j - i <= max_length, so that no two pairs overlap or share an edge, the one with the largest
// sum of 4th powers of scores, a score being the smaller of |contrast| at both: of each row the max_events
// best pairs, best first. With E edges in a row, O(samples + E log E) time and O(samples) memory.
template <class T>
std::vector<OppositeEdges> find_opposite_edges(Rows<const T> contrast, const EdgePairing& pairing,
                                               std::size_t threads);

}  // namespace sesctl
