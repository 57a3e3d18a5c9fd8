#include "sesctl/edges.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <utility>

#include "sesctl/errors.hpp"
#include "sesctl/lanes.hpp"
#include "sesctl/parallel.hpp"

namespace sesctl {

namespace {

struct Edge {
    std::int64_t at;
    double contrast;
};

// Finds the edges of rows, and keeps its working memory from one row to the next.
template <class T, std::size_t Bytes>
class EdgeSearch {
  public:
    EdgeSearch(T least, std::size_t half_window, std::size_t samples)
        : least_(least), half_(half_window), samples_(samples) {
        for (auto* each : {&heights_[0], &heights_[1], &largest_[0], &largest_[1]}) {
            each->assign(samples + 2 * half_window + 1, T{0});
        }
    }

    // The edges of both signs, in order.
    std::vector<Edge> find(std::span<const T> contrast) {
        measure(contrast);
        for (const std::size_t side : {0, 1}) spread(heights_[side], largest_[side]);
        std::vector<Edge> edges;
        std::size_t at = 0;
        for (; at + lanes <= samples_; at += lanes) {
            if (!any_bit(is_edge(at, 0) | is_edge(at, 1))) continue;
            for (std::size_t i = at; i < at + lanes; ++i) add(contrast, i, edges);
        }
        for (; at < samples_; ++at) add(contrast, at, edges);
        return edges;
    }

  private:
    using V = Vector<T, Bytes>;
    static constexpr std::size_t lanes = Bytes / sizeof(T);
    static constexpr T infinity = std::numeric_limits<T>::infinity();

    // How high every sample rises, and how deep it falls; 0 where that is too little, or not finite.
    void measure(std::span<const T> contrast) {
        T* const rises = heights_[0].data() + half_;
        T* const falls = heights_[1].data() + half_;
        std::size_t at = 0;
        for (; at + lanes <= samples_; at += lanes) {
            const V height = load<V>(&contrast[at]);
            const V size = magnitude<T>(height);
            const auto high = (size >= least_) & (size < infinity);
            store(V(high & (height > 0) ? size : V{}), rises + at);
            store(V(high & (height < 0) ? size : V{}), falls + at);
        }
        for (; at < samples_; ++at) {
            const T size = std::abs(contrast[at]);
            const bool high = size >= least_ && size < infinity;
            rises[at] = high && contrast[at] > 0 ? size : T{0};
            falls[at] = high && contrast[at] < 0 ? size : T{0};
        }
    }

    // The largest of the half window of samples that begins at each: of one sample, of two, of four, ...
    void spread(const std::vector<T>& heights, std::vector<T>& largest) const {
        std::ranges::copy(heights, largest.begin());
        const auto join = [&](std::size_t distance) {
            std::size_t at = 0;
            for (; at + distance + lanes <= largest.size(); at += lanes) {
                const V here = load<V>(&largest[at]);
                const V there = load<V>(&largest[at + distance]);
                store(V(here > there ? here : there), &largest[at]);
            }
            for (; at + distance < largest.size(); ++at) {
                largest[at] = std::max(largest[at], largest[at + distance]);
            }
        };
        std::size_t width = 1;
        for (; 2 * width <= half_; width *= 2) join(width);
        if (width < half_) join(half_ - width);
    }

    // Whether a sample is higher than all of the half window before it, and no lower than all of the one
    // after.
    auto is_edge(std::size_t at, std::size_t side) const {
        const V height = load<V>(&heights_[side][half_ + at]);
        return (height > load<V>(&largest_[side][at])) & (height >= load<V>(&largest_[side][at + half_ + 1]));
    }

    void add(std::span<const T> contrast, std::size_t at, std::vector<Edge>& edges) const {
        for (const std::size_t side : {0, 1}) {
            const T height = heights_[side][half_ + at];
            if (height > largest_[side][at] && height >= largest_[side][at + half_ + 1]) {
                edges.push_back({static_cast<std::int64_t>(at), static_cast<double>(contrast[at])});
            }
        }
    }

    T least_;
    std::size_t half_;
    std::size_t samples_;
    // With half a window of zeros before the row, and after it.
    std::array<std::vector<T>, 2> heights_;
    std::array<std::vector<T>, 2> largest_;
};

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
std::vector<OppositeEdges> find_opposite_edges(Rows<const T> contrast, const EdgePairing& pairing,
                                               std::size_t threads) {
    if (pairing.min_length < 1 || pairing.max_length < pairing.min_length) {
        throw ParameterError("the shortest length is " + std::to_string(pairing.min_length) +
                             " and the longest " + std::to_string(pairing.max_length) + " samples");
    }
    if (pairing.half_window == 0) throw ParameterError("the half window is 0 samples");
    // In the type of the contrast, as NumPy compares: a float32 contrast of 0.7 reaches 0.7. No contrast of
    // zero is an edge, nor are the denormal numbers about it, whatever the type.
    const T least =
        std::max(static_cast<T>(pairing.min_score), static_cast<T>(std::numeric_limits<float>::min()));
    const std::size_t shares = worthwhile_threads(threads, contrast.rows * contrast.samples);
    std::vector<std::vector<OppositeEdges>> found(shares);
    std::vector<std::vector<Edge>> edges(contrast.rows);
    share_out(contrast.rows, shares, [&](std::size_t begin, std::size_t end, std::size_t share) {
        run_on_active_isa([&](auto bytes) {
            EdgeSearch<T, bytes()> search(least, pairing.half_window, contrast.samples);
            for (std::size_t row = begin; row < end; ++row) edges[row] = search.find(contrast[row]);
        });
        for (std::size_t row = begin; row < end; ++row) {
            auto pairs = choose_pairs(edges[row], static_cast<std::int64_t>(row), pairing);
            std::ranges::sort(pairs, {}, [](const auto& pair) { return std::pair(-pair.score, pair.start); });
            pairs.resize(std::min(pairs.size(), pairing.max_events));
            found[share].insert(found[share].end(), pairs.begin(), pairs.end());
        }
    });
    for (std::size_t share = 1; share < shares; ++share) {
        found[0].insert(found[0].end(), found[share].begin(), found[share].end());
    }
    return std::move(found[0]);
}

template std::vector<OppositeEdges> find_opposite_edges(Rows<const float>, const EdgePairing&, std::size_t);
template std::vector<OppositeEdges> find_opposite_edges(Rows<const double>, const EdgePairing&, std::size_t);

}  // namespace sesctl
