// How copies of a window, one every few samples, overlap: what decides whether a transform can be inverted.
#pragma once

#include <cstddef>
#include <span>

namespace sesctl {

struct Overlap {
    bool cola;  // Σ g[n - mH] is the same for every n
    bool nola;  // Σ g²[n - mH] vanishes for no n
};

// Throws ParameterError unless hop >= 1. Working memory is O(window), however long the hop.
Overlap check_overlap(std::span<const double> window, std::size_t hop);

// The sum of squared weights up to which a sample counts as not weighed.
double least_weight(std::span<const double> window);

}  // namespace sesctl
