#include "sesctl/edges.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <deque>
#include <iterator>
#include <limits>
#include <optional>
#include <span>
#include <string>
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

struct Edge {
    std::int64_t at;
    double contrast;
};

// Adds the edges of one sign (1 rises, -1 falls), in order.
template <class T>
void find_edges_of(T sign, std::span<const T> contrast, T least, std::size_t half_window,
                   std::vector<Edge>& edges) {
    // The samples of the last half window that none after them exceeds, so the first is the largest.
    std::deque<std::size_t> unexceeded;
    // The sample that is the largest of its window as far as it has been seen, if there is one.
    std::optional<std::size_t> leader;
    const auto accept_leader = [&] {
        edges.push_back({static_cast<std::int64_t>(*leader), static_cast<double>(contrast[*leader])});
        leader.reset();
    };
    for (std::size_t at = 0; at < contrast.size(); ++at) {
        const T height = sign * contrast[at];
        if (!(height >= least && std::isfinite(height))) continue;
        if (leader && at - *leader > half_window) accept_leader();
        while (!unexceeded.empty() && at - unexceeded.front() > half_window) unexceeded.pop_front();
        while (!unexceeded.empty() && sign * contrast[unexceeded.back()] < height) unexceeded.pop_back();
        if (unexceeded.empty()) leader = at;
        unexceeded.push_back(at);
    }
    if (leader) accept_leader();
}

template <class T>
std::vector<Edge> find_edges(std::span<const T> contrast, T least, std::size_t half_window) {
    std::vector<Edge> edges;
    find_edges_of(T{1}, contrast, least, half_window, edges);
    const auto rises = static_cast<std::ptrdiff_t>(edges.size());
    find_edges_of(T{-1}, contrast, least, half_window, edges);
    std::ranges::inplace_merge(edges, edges.begin() + rises, {}, &Edge::at);
    return edges;
}

// The edges of one sign at which an event may open, by their place among all edges of the row, each with the
// largest sum that an event opened there can reach: a tree in which every node is the largest of its two
// children, the root is 1 and the leaves are the edges.
class Openings {
  public:
    explicit Openings(std::size_t edges) : leaves_(std::bit_ceil(edges)), largest_(2 * leaves_, kNone) {}

    void add(std::size_t edge, double reach) {
        for (auto node = leaves_ + edge; node > 0 && largest_[node] < reach; node /= 2) {
            largest_[node] = reach;
        }
    }

    // The largest min(reach, limit) of the openings in [begin, end), all there are from `begin` on; the limit
    // never falls from one edge to the next. The reach of an edge may be taken for the largest from there on,
    // since the edge that has it has no lower limit; this never rises, so one descent finds where they cross.
    template <class Limit>
    [[nodiscard]] double best_sum(std::size_t begin, std::size_t end, const Limit& limit) const {
        std::size_t node = 1;
        std::size_t edge = 0;        // the first below the node
        double reach_after = kNone;  // the largest on the right of the node
        for (std::size_t half = leaves_ / 2; half > 0; half /= 2) {
            const std::size_t middle = edge + half;
            const double reach = std::max(largest_[2 * node + 1], reach_after);
            const bool right = middle <= begin || (middle < end && reach >= limit(middle));
            node = 2 * node + (right ? 1 : 0);
            if (right) edge = middle;
            if (!right) reach_after = reach;
        }
        return std::max(reach_after, std::min(std::max(largest_[node], reach_after), limit(edge)));
    }

    // The first opening from `begin` on that reaches `sum`; there has to be one.
    [[nodiscard]] std::size_t first_to_reach(double sum, std::size_t begin) const {
        std::size_t node = leaves_ + begin;
        while (largest_[node] < sum) {  // on to the next edges, as many as one node holds
            ++node;
            node >>= std::countr_zero(node);
        }
        while (node < leaves_) {
            node *= 2;
            if (largest_[node] < sum) ++node;
        }
        return node - leaves_;
    }

  private:
    static constexpr double kNone = -std::numeric_limits<double>::infinity();
    std::size_t leaves_;
    std::vector<double> largest_;
};

// What a pair adds to the sum is the lesser gain of its two edges. The 4th power puts one large pair before
// many small ones, and still pairs as many as possible of about the same height.
std::vector<double> gains_of(const std::vector<Edge>& edges) {
    double scale = 1.0;  // so that no power overflows
    for (const Edge& edge : edges) scale = std::max(scale, std::abs(edge.contrast));
    std::vector<double> gains;
    gains.reserve(edges.size());
    for (const Edge& edge : edges) {
        const double height = edge.contrast / scale;
        gains.push_back((height * height) * (height * height));
    }
    return gains;
}

// Dynamic programming over the edges in order of time. Let S(p) be the best sum of the edges before p. A pair
// (p, q) makes S(p) + min(gain(p), gain(q)) = min(S(p) + gain(p), S(p) + gain(q)): the first is the reach of
// p, the second the limit that q sets, and S never falls. Of sums as good, the pair that closes first and
// then the one that opens first is taken.
std::vector<OppositeEdges> choose_pairs(const std::vector<Edge>& edges, std::int64_t row,
                                        const EdgePairing& pairing) {
    const auto gains = gains_of(edges);
    std::vector<double> sums(edges.size() + 1, 0.0);
    Openings rises(edges.size());
    Openings falls(edges.size());
    std::size_t begin = 0;
    std::size_t end = 0;
    for (std::size_t closing = 0; closing < edges.size(); ++closing) {
        const auto [at, contrast] = edges[closing];
        while (edges[begin].at < at - pairing.max_length) ++begin;
        for (; edges[end].at <= at - pairing.min_length; ++end) {
            (edges[end].contrast > 0 ? rises : falls).add(end, sums[end] + gains[end]);
        }
        const auto limit = [&](std::size_t opening) { return sums[opening] + gains[closing]; };
        const double best = (contrast > 0 ? falls : rises).best_sum(begin, end, limit);
        sums[closing + 1] = std::max(sums[closing], best);
    }
    std::vector<OppositeEdges> pairs;
    for (std::size_t closing = edges.size(); closing-- > 0;) {
        const double best = sums[closing + 1];
        if (best == sums[closing]) continue;  // the best pairs leave this edge out
        const auto [at, contrast] = edges[closing];
        const auto in_reach = std::ranges::lower_bound(edges, at - pairing.max_length, {}, &Edge::at);
        const auto in_limit =
            std::ranges::partition_point(sums, [&](double sum) { return sum + gains[closing] < best; });
        const auto first = std::max(in_reach - edges.begin(), in_limit - sums.begin());
        const std::size_t opening =
            (contrast > 0 ? falls : rises).first_to_reach(best, static_cast<std::size_t>(first));
        const double score = std::min(std::abs(edges[opening].contrast), std::abs(contrast));
        pairs.push_back({row, edges[opening].at, at, score, static_cast<std::int8_t>(contrast < 0 ? 1 : -1)});
        closing = opening;
    }
    return pairs;
}

}  // namespace

template <class T>
void edge_contrast(Rows<const T> values, std::size_t half_window, Rows<T> contrast, std::size_t) {
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
std::vector<OppositeEdges> find_opposite_edges(Rows<const T> contrast, const EdgePairing& pairing, std::size_t) {
    if (pairing.min_length < 1 || pairing.max_length < pairing.min_length) {
        throw ParameterError("the shortest length is " + std::to_string(pairing.min_length) +
                             " and the longest " + std::to_string(pairing.max_length) + " samples");
    }
    if (pairing.half_window == 0) throw ParameterError("the half window is 0 samples");
    // In the type of the contrast, as NumPy compares: a float32 contrast of 0.7 reaches 0.7. No contrast of
    // zero is an edge, nor are the denormal numbers about it, whatever the type.
    const T least =
        std::max(static_cast<T>(pairing.min_score), static_cast<T>(std::numeric_limits<float>::min()));
    std::vector<OppositeEdges> found;
    for (std::size_t row = 0; row < contrast.rows; ++row) {
        const auto edges = find_edges(contrast[row], least, pairing.half_window);
        auto pairs = choose_pairs(edges, static_cast<std::int64_t>(row), pairing);
        std::ranges::sort(pairs, {}, [](const auto& pair) { return std::pair(-pair.score, pair.start); });
        pairs.resize(std::min(pairs.size(), pairing.max_events));
        found.insert(found.end(), pairs.begin(), pairs.end());
    }
    return found;
}

template void edge_contrast(Rows<const float>, std::size_t, Rows<float>, std::size_t);
template void edge_contrast(Rows<const double>, std::size_t, Rows<double>, std::size_t);
template std::vector<OppositeEdges> find_opposite_edges(Rows<const float>, const EdgePairing&, std::size_t);
template std::vector<OppositeEdges> find_opposite_edges(Rows<const double>, const EdgePairing&, std::size_t);

}  // namespace sesctl
