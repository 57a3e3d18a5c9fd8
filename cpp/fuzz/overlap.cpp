#include "sesctl/overlap.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "input.hpp"
#include "sesctl/errors.hpp"

namespace sesctl::fuzz {

// Every sample has weight exactly where NOLA is said to hold, and the same sum of weights where COLA is.
template <class T>
void copies_overlap_as_told(Input& input) {
    const std::size_t hop = input.size_between(0, 70);
    std::vector<double> window(input.size_between(0, 64));
    for (double& weight : window) weight = static_cast<double>(input.sample<T>(Wild::none));
    Overlap overlap{};
    try {
        overlap = check_overlap(window, hop);
    } catch (const ParameterError&) {
        SESCTL_CLAIM(hop == 0);
        return;
    }
    double least = std::numeric_limits<double>::infinity();
    double low = least;
    double high = -least;
    for (std::size_t n = 0; n < hop; ++n) {
        double sum = 0.0;
        double squares = 0.0;
        for (std::size_t k = n; k < window.size(); k += hop) {
            sum += window[k];
            squares += window[k] * window[k];
        }
        least = std::min(least, squares);
        low = std::min(low, sum);
        high = std::max(high, sum);
    }
    if (!is_moderate(std::span<const double>(window))) return;
    SESCTL_CLAIM(overlap.nola == (!window.empty() && least > least_weight(window)));
    SESCTL_CLAIM(!overlap.cola || high - low <= 1e-5 * largest(std::span<const double>(window)));
}

}  // namespace sesctl::fuzz

SESCTL_FUZZ_TARGET(sesctl::fuzz::copies_overlap_as_told)
