#include "sesctl/intervals.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "sesctl/errors.hpp"

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

template <class T>
std::vector<PeakedInterval> find_intervals(Rows<const T> values, const Hysteresis& hysteresis, std::size_t) {
    // Thresholds in the type of the values, as NumPy compares: a float32 score of 0.7 reaches 0.7.
    const T high = static_cast<T>(hysteresis.high);
    const T low = static_cast<T>(hysteresis.low);
    std::vector<PeakedInterval> found;
    const auto close = [&](const PeakedInterval& open) {
        const std::int64_t length = open.end - open.start;
        if (length >= hysteresis.min_length && length <= hysteresis.max_length) found.push_back(open);
    };
    for (std::size_t row = 0; row < values.rows; ++row) {
        const auto scores = values[row];
        // `open` may still grow by merging; an end of 0 says there is none.
        PeakedInterval open{{static_cast<std::int64_t>(row), 0, 0}, 0.0};
        for (std::size_t at = 0; at < scores.size();) {
            if (!(scores[at] >= low)) {
                ++at;
                continue;
            }
            const auto start = static_cast<std::int64_t>(at);
            T peak = scores[at];
            for (; at < scores.size() && scores[at] >= low; ++at) peak = std::max(peak, scores[at]);
            if (peak < high) continue;
            if (open.end != 0 && start - open.end > hysteresis.merge_gap) {
                close(open);
                open.end = 0;
            }
            open.peak =
                open.end == 0 ? static_cast<double>(peak) : std::max(open.peak, static_cast<double>(peak));
            if (open.end == 0) open.start = start;
            open.end = static_cast<std::int64_t>(at);
        }
        if (open.end != 0) close(open);
    }
    return found;
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
