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

// A sample of the record itself, so that a flat record leaves exact zeros; the middle one of a few from all over
// it, so that a wild sample cannot cost the others their precision.
template <class T>
double typical_sample(std::span<const T> record) {
    std::vector<T> some;
    const std::size_t step = std::max<std::size_t>(1, record.size() / 64);
    for (std::size_t i = 0; i < record.size(); i += step) {
        if (std::isfinite(record[i])) some.push_back(record[i]);
    }
    // All of these are missing: any other does.
    for (std::size_t i = 0; some.empty() && i < record.size(); ++i) {
        if (std::isfinite(record[i])) some.push_back(record[i]);
    }
    if (some.empty()) return 0.0;
    const auto middle = some.begin() + static_cast<std::ptrdiff_t>((some.size() - 1) / 2);
    std::ranges::nth_element(some, middle);
    return static_cast<double>(*middle);
}

// The contrast of several rows, side by side in lanes. The record, with an empty half window before it and two
// after it, is cut into blocks of half a window; every half window is the end of one block and the beginning of
// the next, so its sum is one summed from the right plus one from the left: nothing is ever subtracted, and no
// error is carried along.
template <class T, std::size_t Bytes>
class LanesOfContrasts {
  public:
    using V = Vector<double, Bytes>;
    static constexpr std::size_t width = Bytes / sizeof(double);
    static constexpr std::size_t vectors = 2;
    static constexpr std::size_t lanes = vectors * width;

    LanesOfContrasts(Rows<const T> values, std::size_t half_window, Rows<T> contrast)
        : values_(values),
          half_(half_window),
          contrast_(contrast),
          entries_{LaneBuffer<double>(2 * half_ * lanes), LaneBuffer<double>(2 * half_ * lanes)},
          means_{LaneBuffer<double>(half_ * lanes), LaneBuffer<double>(half_ * lanes)},
          ends_(2 * half_ * lanes) {}

    // Rows first, first + 1, ..., at most as many as there are lanes.
    void run(std::size_t first, std::size_t rows) {
        first_ = first;
        rows_ = rows;
        for (std::size_t lane = 0; lane < rows; ++lane) references_[lane] = typical_sample(values_[first + lane]);
        // Block 0 is the half window before the record.
        read(0, entries_[0]);
        const std::size_t blocks = (values_.samples + half_ - 1) / half_;
        for (std::size_t block = 0; block <= blocks; ++block) {
            read(block + 1, entries_[1]);
            average();
            if (block > 0) write((block - 1) * half_);
            std::swap(entries_[0], entries_[1]);
            std::swap(means_[0], means_[1]);
        }
    }

  private:
    // For every place in a block first what each lane adds to sums, then what it adds to counts.
    void read(std::size_t block, LaneBuffer<double>& entries) {
        for (std::size_t lane = 0; lane < rows_; ++lane) {
            const std::span<const T> row = values_[first_ + lane];
            double* const to = entries.data() + lane;
            for (std::size_t k = 0; k < half_; ++k) {
                const std::size_t at = block * half_ + k;
                const bool here = at >= half_ && at < half_ + row.size() && std::isfinite(row[at - half_]);
                to[2 * k * lanes] = here ? static_cast<double>(row[at - half_]) - references_[lane] : 0.0;
                to[(2 * k + 1) * lanes] = here ? 1.0 : 0.0;
            }
        }
    }

    // The means of the half windows that begin in the first of the two blocks, NaN where too little is there.
    void average() {
        constexpr double missing = std::numeric_limits<double>::quiet_NaN();
        const double needed = 0.5 * static_cast<double>(half_);
        for (std::size_t v = 0; v < vectors; ++v) {
            const double* const tail = entries_[0].data() + v * width;
            const double* const head = entries_[1].data() + v * width;
            double* const ends = ends_.data() + v * width;
            V sum = {};
            V count = {};
            for (std::size_t k = half_; k-- > 0;) {
                sum += load<V>(tail + 2 * k * lanes);
                count += load<V>(tail + (2 * k + 1) * lanes);
                store(sum, ends + 2 * k * lanes);
                store(count, ends + (2 * k + 1) * lanes);
            }
            sum = V{};
            count = V{};
            for (std::size_t k = 0; k < half_; ++k) {
                const V members = load<V>(ends + (2 * k + 1) * lanes) + count;
                const V mean = (load<V>(ends + 2 * k * lanes) + sum) / members;
                store(V(members < needed ? V{} + missing : mean), means_[1].data() + k * lanes + v * width);
                sum += load<V>(head + 2 * k * lanes);
                count += load<V>(head + (2 * k + 1) * lanes);
            }
        }
    }

    // After what lies before: the two half windows begin a block apart.
    void write(std::size_t first) {
        const std::size_t here = std::min(half_, values_.samples - first);
        for (std::size_t k = 0; k < here * lanes; k += width) {
            store(V(load<V>(means_[1].data() + k) - load<V>(means_[0].data() + k)), means_[0].data() + k);
        }
        for (std::size_t lane = 0; lane < rows_; ++lane) {
            T* const to = contrast_[first_ + lane].data() + first;
            const double* const from = means_[0].data() + lane;
            for (std::size_t k = 0; k < here; ++k) to[k] = static_cast<T>(from[k * lanes]);
        }
    }

    Rows<const T> values_;
    std::size_t half_;
    Rows<T> contrast_;
    std::array<LaneBuffer<double>, 2> entries_;
    std::array<LaneBuffer<double>, 2> means_;
    LaneBuffer<double> ends_;
    std::array<double, lanes> references_{};
    std::size_t first_ = 0;
    std::size_t rows_ = 0;
};

struct Edge {
    std::int64_t at;
    double contrast;
};

// Adds the edges of one sign (1 rises, -1 falls), in order.
template <class T>
void find_edges_of(T sign, std::span<const T> contrast, T least, std::size_t half_window,
                   std::vector<Edge>& edges) {
    // The samples of the last half window that none after them exceeds, so the first is the largest: a queue,
    // of which what lies before `front` is gone.
    std::vector<std::size_t> unexceeded;
    std::size_t front = 0;
    // The sample that is the largest of its window as far as it has been seen, if there is one.
    constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
    std::size_t leader = none;
    const auto accept_leader = [&] {
        edges.push_back({static_cast<std::int64_t>(leader), static_cast<double>(contrast[leader])});
        leader = none;
    };
    for (std::size_t at = 0; at < contrast.size(); ++at) {
        const T height = sign * contrast[at];
        if (!(height >= least && height < std::numeric_limits<T>::infinity())) continue;
        if (leader != none && at - leader > half_window) accept_leader();
        while (front < unexceeded.size() && at - unexceeded[front] > half_window) ++front;
        while (front < unexceeded.size() && sign * contrast[unexceeded.back()] < height) unexceeded.pop_back();
        if (front == unexceeded.size()) {
            leader = at;
            unexceeded.clear();
            front = 0;
        }
        unexceeded.push_back(at);
    }
    if (leader != none) accept_leader();
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
void edge_contrast(Rows<const T> values, std::size_t half_window, Rows<T> contrast, std::size_t threads) {
    if (half_window == 0) throw ParameterError("the half window is 0 samples");
    const std::size_t samples = values.samples;
    const T missing = std::numeric_limits<T>::quiet_NaN();
    if (half_window > samples) {  // two sides half full are more samples than there are
        std::fill_n(contrast.data, contrast.rows * samples, missing);
        return;
    }
    const std::size_t shares = worthwhile_threads(threads, contrast.rows * samples);
    share_out(shares, shares, [&](std::size_t, std::size_t, std::size_t share) {
        run_on_active_isa([&](auto bytes) {
            using Lanes = LanesOfContrasts<T, bytes()>;
            const std::size_t groups = (values.rows + Lanes::lanes - 1) / Lanes::lanes;
            Lanes lanes(values, half_window, contrast);
            for (std::size_t group = groups * share / shares; group < groups * (share + 1) / shares; ++group) {
                const std::size_t first = group * Lanes::lanes;
                lanes.run(first, std::min(Lanes::lanes, values.rows - first));
            }
        });
    });
}

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
    share_out(contrast.rows, shares, [&](std::size_t begin, std::size_t end, std::size_t share) {
        for (std::size_t row = begin; row < end; ++row) {
            const auto edges = find_edges(contrast[row], least, pairing.half_window);
            auto pairs = choose_pairs(edges, static_cast<std::int64_t>(row), pairing);
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

template void edge_contrast(Rows<const float>, std::size_t, Rows<float>, std::size_t);
template void edge_contrast(Rows<const double>, std::size_t, Rows<double>, std::size_t);
template std::vector<OppositeEdges> find_opposite_edges(Rows<const float>, const EdgePairing&, std::size_t);
template std::vector<OppositeEdges> find_opposite_edges(Rows<const double>, const EdgePairing&, std::size_t);

}  // namespace sesctl
