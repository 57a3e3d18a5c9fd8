#include "sesctl/edges.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>
#include <queue>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "sesctl/errors.hpp"

namespace sesctl {

namespace {

// A sample of the record itself, so that a flat record leaves exact zeros; the middle one, so that a wild
// sample cannot cost the others their precision.
template <class T>
double median_sample(std::span<const T> record, std::vector<T>& scratch) {
    scratch.clear();
    std::ranges::copy_if(record, std::back_inserter(scratch), [](T sample) { return std::isfinite(sample); });
    if (scratch.empty()) return 0.0;
    const auto middle = scratch.begin() + static_cast<std::ptrdiff_t>((scratch.size() - 1) / 2);
    std::ranges::nth_element(scratch, middle);
    return static_cast<double>(*middle);
}

// Sums over every window of `width` entries. The entries are cut into blocks of that width; a window is the
// tail of one block and the head of the next, so nothing is ever subtracted and no error is carried along.
class WindowSums {
  public:
    explicit WindowSums(std::size_t width) : width_(width) {}

    void set(const std::vector<double>& entries) {
        heads_ = entries;
        tails_ = entries;
        for (std::size_t i = 1; i < entries.size(); ++i) {
            if (i % width_ != 0) heads_[i] += heads_[i - 1];
            const std::size_t back = entries.size() - 1 - i;
            if ((back + 1) % width_ != 0) tails_[back] += tails_[back + 1];
        }
    }

    // The sum of entries [start, start + width).
    [[nodiscard]] double at(std::size_t start) const {
        return start % width_ == 0 ? heads_[start + width_ - 1] : tails_[start] + heads_[start + width_ - 1];
    }

  private:
    std::size_t width_;
    std::vector<double> heads_;
    std::vector<double> tails_;
};

struct Extremum {
    std::int64_t at;
    double contrast;
};

// Maxima above zero and minima below, at least `least` high; of a plateau the first sample. What is not known
// beside a gap or beyond the record's end counts as lower: an edge may stand right there.
template <class T>
std::vector<Extremum> find_extrema(std::span<const T> contrast, T least) {
    std::vector<Extremum> extrema;
    const auto same_side = [](T left, T right) { return (left > 0 && right > 0) || (left < 0 && right < 0); };
    for (std::size_t at = 0; at < contrast.size();) {
        const T here = contrast[at];
        std::size_t next = at + 1;
        while (next < contrast.size() && contrast[next] == here) ++next;
        const T size = std::abs(here);
        const bool rises = at == 0 || !same_side(contrast[at - 1], here) || std::abs(contrast[at - 1]) < size;
        const bool falls =
            next == contrast.size() || !same_side(contrast[next], here) || std::abs(contrast[next]) < size;
        if (std::isfinite(here) && here != 0 && size >= least && rises && falls) {
            extrema.push_back({static_cast<std::int64_t>(at), static_cast<double>(here)});
        }
        at = next;
    }
    return extrema;
}

struct Pair {
    double score;
    std::int64_t start;
    std::int64_t end;
    std::size_t first;  // index of the extremum at `start`

    // The greater comes first: the higher score, then the earlier start, then the shorter interval.
    bool operator<(const Pair& other) const {
        return std::tuple(-score, start, end) > std::tuple(-other.score, other.start, other.end);
    }
};

// The best partner of an extremum before `limit`: the shorter of two as good.
std::optional<Pair> best_partner(const std::vector<Extremum>& extrema, std::size_t first, std::int64_t limit,
                                 const EdgePairing& pairing) {
    const auto [start, contrast] = extrema[first];
    std::optional<Pair> best;
    for (std::size_t second = first + 1; second < extrema.size(); ++second) {
        const auto [end, opposite] = extrema[second];
        if (end - start > pairing.max_length || end > limit) break;
        if (end - start < pairing.min_length || (contrast > 0) == (opposite > 0)) continue;
        const double score = std::min(std::abs(contrast), std::abs(opposite));
        if (!best || score > best->score) best = Pair{score, start, end, first};
        if (best->score == std::abs(contrast)) break;  // no partner can score higher
    }
    return best;
}

void pair_row(const std::vector<Extremum>& extrema, std::int64_t row, const EdgePairing& pairing,
              std::vector<OppositeEdges>& found) {
    std::priority_queue<Pair> queue;
    for (std::size_t first = 0; first < extrema.size(); ++first) {
        const auto pair = best_partner(extrema, first, std::numeric_limits<std::int64_t>::max(), pairing);
        if (pair) queue.push(*pair);
    }
    // Intervals accepted so far, by start. A queued pair was the best of its first extremum when it was
    // queued; once an accepted interval is in its way, the best that is left takes its place in the queue.
    std::set<std::pair<std::int64_t, std::int64_t>> accepted;
    while (!queue.empty() && static_cast<std::int64_t>(accepted.size()) < pairing.max_events) {
        const Pair pair = queue.top();
        queue.pop();
        const auto after = accepted.lower_bound({pair.start, 0});
        const bool starts_inside = (after != accepted.end() && after->first == pair.start) ||
                                   (after != accepted.begin() && std::prev(after)->second > pair.start);
        if (starts_inside) continue;
        if (after != accepted.end() && after->first < pair.end) {
            const auto other = best_partner(extrema, pair.first, after->first, pairing);
            if (other) queue.push(*other);
            continue;
        }
        accepted.emplace(pair.start, pair.end);
        const auto sign = static_cast<std::int8_t>(extrema[pair.first].contrast > 0 ? 1 : -1);
        found.push_back({row, pair.start, pair.end, pair.score, sign});
    }
}

}  // namespace

template <class T>
void edge_contrast(Rows<const T> values, std::size_t half_window, Rows<T> contrast) {
    if (half_window == 0) throw ParameterError("the half window is 0 samples");
    const std::size_t samples = values.samples;
    const T missing = std::numeric_limits<T>::quiet_NaN();
    if (half_window > samples) {  // two sides half full are more samples than there are
        std::fill_n(contrast.data, contrast.rows * samples, missing);
        return;
    }
    WindowSums sums(half_window);
    WindowSums counts(half_window);
    std::vector<T> scratch;
    // The record with an empty half window before it and another after it.
    std::vector<double> entries(samples + 2 * half_window, 0.0);
    std::vector<double> present(samples + 2 * half_window, 0.0);
    const double needed = 0.5 * static_cast<double>(half_window);
    for (std::size_t row = 0; row < values.rows; ++row) {
        const auto record = values[row];
        const double reference = median_sample(record, scratch);
        for (std::size_t i = 0; i < samples; ++i) {
            const bool here = std::isfinite(record[i]);
            entries[half_window + i] = here ? static_cast<double>(record[i]) - reference : 0.0;
            present[half_window + i] = here ? 1.0 : 0.0;
        }
        sums.set(entries);
        counts.set(present);
        for (std::size_t i = 0; i < samples; ++i) {
            const double before = counts.at(i);
            const double after = counts.at(i + half_window);
            contrast[row][i] = before < needed || after < needed
                                   ? missing
                                   : static_cast<T>(sums.at(i + half_window) / after - sums.at(i) / before);
        }
    }
}

template <class T>
std::vector<OppositeEdges> find_opposite_edges(Rows<const T> contrast, const EdgePairing& pairing) {
    if (pairing.min_length < 1) {
        throw ParameterError("the shortest length is " + std::to_string(pairing.min_length) + " samples");
    }
    // In the type of the contrast, as NumPy compares: a float32 contrast of 0.7 reaches 0.7.
    const T least = static_cast<T>(pairing.min_score);
    std::vector<OppositeEdges> found;
    for (std::size_t row = 0; row < contrast.rows; ++row) {
        pair_row(find_extrema(contrast[row], least), static_cast<std::int64_t>(row), pairing, found);
    }
    return found;
}

template void edge_contrast(Rows<const float>, std::size_t, Rows<float>);
template void edge_contrast(Rows<const double>, std::size_t, Rows<double>);
template std::vector<OppositeEdges> find_opposite_edges(Rows<const float>, const EdgePairing&);
template std::vector<OppositeEdges> find_opposite_edges(Rows<const double>, const EdgePairing&);

}  // namespace sesctl
