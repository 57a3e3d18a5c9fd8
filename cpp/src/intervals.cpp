#include "sesctl/intervals.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "sesctl/errors.hpp"
#include "sesctl/lanes.hpp"
#include "sesctl/parallel.hpp"

namespace sesctl {

namespace {

// Finds the split of one edge; keeps its working memory from one edge to the next.
template <class T>
class TwoLevelFit {
  public:
    explicit TwoLevelFit(std::int64_t radius)
        : radius_(radius), needed_(std::min<std::int64_t>(std::max<std::int64_t>(radius, 1), 2)) {}

    // Samples [first, last) of the record are fitted; `edge` is returned where they do not decide.
    std::int64_t split(std::span<const T> record, std::int64_t edge, std::int64_t first, std::int64_t last) {
        if (first >= edge || edge >= last) return edge;
        accumulate(record.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first)));
        if (!is_decided(edge - first)) return edge;
        std::int64_t best = edge;
        double best_gain = gain(edge - first);
        // Outwards from the edge, the earlier of two first: only a better fit moves it, not an equal one, nor
        // one that is better by rounding alone.
        for (std::int64_t distance = 1; distance <= radius_; ++distance) {
            for (const std::int64_t candidate : {edge - distance, edge + distance}) {
                if (candidate <= first || candidate >= last || !is_decided(candidate - first)) continue;
                const double candidate_gain = gain(candidate - first);
                if (candidate_gain > best_gain * (1.0 + 1e-12)) {
                    best_gain = candidate_gain;
                    best = candidate;
                }
            }
        }
        return best;
    }

  private:
    void accumulate(std::span<const T> samples) {
        const auto present = [](T sample) { return std::isfinite(sample); };
        const auto reference_at = std::ranges::find_if(samples, present);
        const double reference = reference_at == samples.end() ? 0.0 : static_cast<double>(*reference_at);
        sums_.assign(1, 0.0);
        counts_.assign(1, 0);
        for (const T sample : samples) {
            const bool here = present(sample);
            sums_.push_back(sums_.back() + (here ? static_cast<double>(sample) - reference : 0.0));
            counts_.push_back(counts_.back() + (here ? 1 : 0));
        }
    }

    [[nodiscard]] bool is_decided(std::int64_t split) const {
        const std::int64_t before = counts_[static_cast<std::size_t>(split)];
        return before >= needed_ && counts_.back() - before >= needed_;
    }

    // By how much two levels reduce the squared error of one: n₁n₂/n (mean₁ - mean₂)².
    [[nodiscard]] double gain(std::int64_t split) const {
        const auto at = static_cast<std::size_t>(split);
        const auto before = static_cast<double>(counts_[at]);
        const auto after = static_cast<double>(counts_.back() - counts_[at]);
        const double step = (sums_.back() - sums_[at]) / after - sums_[at] / before;
        return before * after / (before + after) * step * step;
    }

    std::int64_t radius_;
    std::int64_t needed_;
    std::vector<double> sums_;
    std::vector<std::int64_t> counts_;
};

}  // namespace

namespace {

// Which of up to 64 samples reach a threshold, the first in the lowest bit. NaN reaches none.
template <class T, std::size_t Bytes>
std::uint64_t reaching(const T* samples, std::size_t count, T threshold) {
    if (count == 64) {
        return bits_where<T, Bytes>(samples,
                                    [&](const auto& some, std::size_t) { return some >= threshold; });
    }
    std::uint64_t bits = 0;
    for (std::size_t at = 0; at < count; ++at) {
        bits |= static_cast<std::uint64_t>(samples[at] >= threshold ? 1 : 0) << at;
    }
    return bits;
}

// The largest of some samples, none of which is NaN.
template <class T, std::size_t Bytes>
T peak_of(std::span<const T> samples) {
    using V = Vector<T, Bytes>;
    constexpr std::size_t lanes = Bytes / sizeof(T);
    T peak = samples[0];
    std::size_t at = 0;
    if (samples.size() >= 2 * lanes) {
        V peaks = load<V>(samples.data());
        for (at = lanes; at + lanes <= samples.size(); at += lanes) {
            const V some = load<V>(&samples[at]);
            peaks = peaks > some ? peaks : some;
        }
        for (std::size_t lane = 0; lane < lanes; ++lane) peak = std::max(peak, peaks[lane]);
    }
    for (; at < samples.size(); ++at) peak = std::max(peak, samples[at]);
    return peak;
}

// Joins the runs of one row, and keeps those of a length that is asked for.
class Runs {
  public:
    Runs(std::size_t row, const Hysteresis& hysteresis, std::vector<PeakedInterval>& found)
        : open_{{static_cast<std::int64_t>(row), 0, 0}, 0.0}, hysteresis_(hysteresis), found_(found) {}

    template <class T>
    void add(std::size_t begin, std::size_t end, T peak) {
        const auto start = static_cast<std::int64_t>(begin);
        if (open_.end != 0 && start - open_.end > hysteresis_.merge_gap) close();
        if (open_.end == 0) {
            open_.start = start;
            open_.peak = static_cast<double>(peak);
        }
        open_.peak = std::max(open_.peak, static_cast<double>(peak));
        open_.end = static_cast<std::int64_t>(end);
    }

    void close() {
        const std::int64_t length = open_.end - open_.start;
        if (open_.end != 0 && length >= hysteresis_.min_length && length <= hysteresis_.max_length) {
            found_.push_back(open_);
        }
        open_.end = 0;
    }

  private:
    PeakedInterval open_;  // it may still grow; an end of 0 says there is none
    const Hysteresis& hysteresis_;
    std::vector<PeakedInterval>& found_;
};

// Walks from edge to edge of the bits that tell which samples reach `low`, 64 samples at a time.
template <class T, std::size_t Bytes>
void find_runs(std::span<const T> scores, T low, T high, Runs& runs) {
    std::size_t begin = 0;
    bool inside = false;
    const auto close = [&](std::size_t end) {
        const T peak = peak_of<T, Bytes>(scores.subspan(begin, end - begin));
        if (peak >= high) runs.add(begin, end, peak);
    };
    for (std::size_t at = 0; at < scores.size(); at += 64) {
        const std::size_t count = std::min<std::size_t>(64, scores.size() - at);
        const std::uint64_t bits = reaching<T, Bytes>(&scores[at], count, low);
        if (bits == (inside ? ~std::uint64_t{0} : 0)) continue;
        // A set bit is a sample that does not continue what its predecessor is.
        std::uint64_t changes = bits ^ (bits << 1 | (inside ? 1 : 0));
        while (changes != 0) {
            const std::size_t edge = at + static_cast<std::size_t>(std::countr_zero(changes));
            if (edge >= scores.size()) break;
            if (inside) close(edge);
            begin = edge;
            inside = !inside;
            changes &= changes - 1;
        }
    }
    if (inside) close(scores.size());
    runs.close();
}

}  // namespace

template <class T>
std::vector<PeakedInterval> find_intervals(Rows<const T> values, const Hysteresis& hysteresis,
                                           std::size_t threads) {
    // Thresholds in the type of the values, as NumPy compares: a float32 score of 0.7 reaches 0.7.
    const T high = static_cast<T>(hysteresis.high);
    const T low = static_cast<T>(hysteresis.low);
    const std::size_t shares = worthwhile_threads(threads, values.rows * values.samples / 4);
    std::vector<std::vector<PeakedInterval>> found(shares);
    share_out(values.rows, shares, [&](std::size_t begin, std::size_t end, std::size_t share) {
        run_on_active_isa([&](auto bytes) {
            for (std::size_t row = begin; row < end; ++row) {
                Runs runs(row, hysteresis, found[share]);
                find_runs<T, bytes()>(values[row], low, high, runs);
            }
        });
    });
    for (std::size_t share = 1; share < shares; ++share) {
        found[0].insert(found[0].end(), found[share].begin(), found[share].end());
    }
    return std::move(found[0]);
}

template <class T>
void refit_edges(Rows<const T> values, std::span<Interval> intervals, std::int64_t radius) {
    if (radius < 0) throw ParameterError("the radius is " + std::to_string(radius) + " samples");
    const auto samples = static_cast<std::int64_t>(values.samples);
    // No edge moves further than the record is long, and 2·radius must not overflow.
    radius = std::min(radius, samples);
    TwoLevelFit<T> fit(radius);
    for (Interval& interval : intervals) {
        const auto& [row, start, end] = interval;
        if (row < 0 || row >= static_cast<std::int64_t>(values.rows) || start < 0 || start >= end ||
            end > samples) {
            throw ParameterError("the interval [" + std::to_string(start) + ", " + std::to_string(end) +
                                 ") of row " + std::to_string(row) + " does not lie in " +
                                 std::to_string(values.rows) + " rows of " + std::to_string(samples) +
                                 " samples");
        }
        const auto record = values[static_cast<std::size_t>(row)];
        const std::int64_t middle = start + (end - start) / 2;
        const std::int64_t new_start = fit.split(record, start, std::max<std::int64_t>(0, start - 2 * radius),
                                                 std::min(middle, start + 2 * radius));
        const std::int64_t new_end =
            fit.split(record, end, std::max(middle, end - 2 * radius), std::min(samples, end + 2 * radius));
        interval.start = new_start;
        interval.end = new_end;
    }
}

template std::vector<PeakedInterval> find_intervals(Rows<const float>, const Hysteresis&, std::size_t);
template std::vector<PeakedInterval> find_intervals(Rows<const double>, const Hysteresis&, std::size_t);
template void refit_edges(Rows<const float>, std::span<Interval>, std::int64_t);
template void refit_edges(Rows<const double>, std::span<Interval>, std::int64_t);

}  // namespace sesctl
