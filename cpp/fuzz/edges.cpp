#include "sesctl/edges.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "input.hpp"
#include "sesctl/errors.hpp"

namespace sesctl::fuzz {

// A contrast is missing exactly where a side lacks samples, and no larger than the samples are apart.
template <class T>
void contrasts_are_those_of_their_sides(const Table<T>& values, const Table<T>& contrast, std::size_t half) {
    for (std::size_t r = 0; r < values.rows; ++r) {
        const auto present = [&](std::size_t first, std::size_t end) {
            std::size_t count = 0;
            for (std::size_t k = first; k < std::min(end, values.samples); ++k) {
                count += std::isfinite(values[r][k]) ? 1 : 0;
            }
            return count;
        };
        const double size = largest(values[r]);
        for (std::size_t i = 0; i < values.samples; ++i) {
            const bool told =
                2 * present(i < half ? 0 : i - half, i) >= half && 2 * present(i, i + half) >= half;
            const auto found = static_cast<double>(contrast[r][i]);
            if (size > 1e30) continue;
            SESCTL_CLAIM(std::isnan(found) == !told);
            SESCTL_CLAIM(!told || std::abs(found) <= 2.001 * size);
        }
    }
}

template <class T>
void edges_pair_inside_their_rows(Input& input) {
    const std::size_t half = input.size_between(0, 40);
    const std::int64_t shortest = input.between(0, 20);
    const EdgePairing pairing{shortest, shortest + input.between(-1, 200), input.between(0, 40) / 8.0,
                              input.size_between(0, 20), half};
    const auto values = input.table<T>(20, 250, Wild::all);
    Table<T> contrast(values.rows, values.samples);
    try {
        edge_contrast<T>(values.read(), half, contrast.view(), 2);
    } catch (const ParameterError&) {
        SESCTL_CLAIM(half == 0);
        return;
    }
    contrasts_are_those_of_their_sides(values, contrast, half);
    // Edges are also sought in what no contrast would be.
    const auto& sought = input.flag() ? contrast : values;
    std::vector<OppositeEdges> found;
    try {
        found = find_opposite_edges<T>(sought.read(), pairing, 2);
    } catch (const ParameterError&) {
        SESCTL_CLAIM(pairing.min_length < 1 || pairing.max_length < pairing.min_length);
        return;
    }
    std::vector<std::size_t> count(values.rows);
    for (const OppositeEdges& pair : found) {
        SESCTL_CLAIM(pair.row >= 0 && pair.row < static_cast<std::int64_t>(values.rows));
        SESCTL_CLAIM(pair.start >= 0 && pair.end < static_cast<std::int64_t>(values.samples));
        SESCTL_CLAIM(pair.end - pair.start >= pairing.min_length);
        SESCTL_CLAIM(pair.end - pair.start <= pairing.max_length);
        SESCTL_CLAIM(pair.score >= static_cast<double>(static_cast<T>(pairing.min_score)));
        SESCTL_CLAIM(pair.sign == 1 || pair.sign == -1);
        SESCTL_CLAIM(++count[static_cast<std::size_t>(pair.row)] <= pairing.max_events);
        const auto row = sought[static_cast<std::size_t>(pair.row)];
        const auto rise = row[static_cast<std::size_t>(pair.start)];
        const auto fall = row[static_cast<std::size_t>(pair.end)];
        SESCTL_CLAIM((rise > 0) == (pair.sign > 0) && (fall > 0) == (pair.sign < 0));
        for (const OppositeEdges& other : found) {
            if (&other == &pair || other.row != pair.row) continue;
            SESCTL_CLAIM(other.end < pair.start || pair.end < other.start);
        }
    }
}

}  // namespace sesctl::fuzz

SESCTL_FUZZ_TARGET(sesctl::fuzz::edges_pair_inside_their_rows)
