#include "sesctl/overlap.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "sesctl/errors.hpp"

namespace sesctl {

namespace {

// A sum of squared weights below this share of the largest one counts as none.
constexpr double weight_floor = 1e-10;

double largest_weight(std::span<const double> window) {
    double largest = 0.0;
    for (const double weight : window) largest = std::max(largest, weight * weight);
    return largest;
}

}  // namespace

double least_weight(std::span<const double> window) { return weight_floor * largest_weight(window); }

Overlap check_overlap(std::span<const double> window, std::size_t hop) {
    if (hop == 0) throw ParameterError("the hop is 0 samples");
    if (hop > window.size()) return {false, false};
    std::vector<double> sums(hop, 0.0);
    std::vector<double> squares(hop, 0.0);
    for (std::size_t n = 0; n < window.size(); ++n) {
        sums[n % hop] += window[n];
        squares[n % hop] += window[n] * window[n];
    }
    const auto [low, high] = std::ranges::minmax(sums);
    const double tolerance = weight_floor * std::sqrt(largest_weight(window));
    return {high - low <= tolerance && std::abs(high) > tolerance,
            std::ranges::min(squares) > least_weight(window)};
}

}  // namespace sesctl
