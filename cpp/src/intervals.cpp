#include "sesctl/intervals.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

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

// The runs of samples that reach a threshold, a thousand samples at a time: one loop without a branch finds
// where runs begin and end, another what each of them holds.
template <class T, std::size_t Bytes>
class RunSearch {
  public:
    RunSearch(Rows<const T> rows, T low)
        : end_(rows.data + rows.rows * rows.samples), low_(low), edges_(piece + 2) {}

    // Calls take(begin, end, peak) for every run of a row. NaN ends a run.
    template <class Take>
    void find(std::span<const T> scores, const Take& take) {
        std::size_t edges = 0;
        for (std::size_t first = 0; first < scores.size(); first += piece) {
            const std::size_t end = std::min(first + piece, scores.size());
            edges = find_edges(scores, first, end, edges);
            if (end == scores.size()) edges_[edges] = end;  // where a run that is still open ends
            const std::size_t complete = end == scores.size() ? edges + edges % 2 : edges - edges % 2;
            for (std::size_t at = 0; at < complete; at += 2) {
                const auto run = scores.subspan(edges_[at], edges_[at + 1] - edges_[at]);
                take(edges_[at], edges_[at + 1], peak_of(run));
            }
            edges_[0] = edges_[complete];
            edges %= 2;
        }
    }

    // Whether a sample so far was -∞; one that is +∞ is the peak of a run.
    [[nodiscard]] bool saw_least() const { return any_bit(least_ < -std::numeric_limits<T>::max()); }

  private:
    using V = Vector<T, Bytes>;
    static constexpr std::size_t lanes = Bytes / sizeof(T);
    static constexpr std::size_t piece = 64 * 16;

    // Adds where runs begin and end to the edges found before, and returns how many there are then.
    std::size_t find_edges(std::span<const T> scores, std::size_t first, std::size_t end, std::size_t edges) {
        compare(scores.subspan(first, end - first));
        std::uint64_t inside = edges;  // whether the sample before reaches the threshold
        for (std::size_t at = first; at < end; at += 64) {
            const std::uint64_t bits = reaching_[(at - first) / 64];
            // A set bit is a sample that does not continue what its predecessor is. Mostly there is none, or
            // one, so that one is written whether it is there or not, and nothing has to be guessed.
            const std::uint64_t changes = bits ^ (bits << 1 | inside);
            inside = bits >> 63;
            prefetch(&scores[at]);
            std::size_t* to = &edges_[edges];
            edges += static_cast<std::size_t>(std::popcount(changes));
            *to++ = at + static_cast<std::size_t>(std::countr_zero(changes));
            for (std::uint64_t left = changes & (changes - 1); left != 0; left &= left - 1) {
                *to++ = at + static_cast<std::size_t>(std::countr_zero(left));
            }
        }
        return edges;
    }

    // While edges are walked no sample is read, and the processor would stop to fetch them ahead.
    void prefetch(const T* samples) const {
        constexpr std::size_t ahead = 2 * piece;
        if (static_cast<std::size_t>(end_ - samples) < ahead + 64) return;
        for (std::size_t k = 0; k < 64; k += 64 / sizeof(T)) __builtin_prefetch(samples + ahead + k);
    }

    // Which samples of a piece reach the threshold; of each 64, the first is the lowest bit.
    void compare(std::span<const T> scores) {
        const V low = V{} + low_;
        V least = least_;
        std::size_t at = 0;
        for (; at + 64 <= scores.size(); at += 64) {
            reaching_[at / 64] = bits_where<T, Bytes>(&scores[at], [&](const V& some, std::size_t) {
                least = lesser(some, least);
                return some >= low;
            });
        }
        if (at < scores.size()) reaching_[at / 64] = 0;
        for (; at < scores.size(); ++at) {
            reaching_[at / 64] |= static_cast<std::uint64_t>(scores[at] >= low_ ? 1 : 0) << at % 64;
            least = lesser(V{} + scores[at], least);
        }
        least_ = least;
    }

    // The largest of some samples, none of which is NaN.
    static T peak_of(std::span<const T> samples) {
        V peaks = V{} + samples[0];
        std::size_t at = 0;
        for (; at + lanes < samples.size(); at += lanes) peaks = greater(load<V>(&samples[at]), peaks);
        if (samples.size() >= lanes) {
            peaks = greater(load<V>(&samples[samples.size() - lanes]), peaks);
        } else {
            for (const T sample : samples) peaks = greater(V{} + sample, peaks);
        }
        T peak = peaks[0];
        for (std::size_t lane = 1; lane < lanes; ++lane) peak = peak > peaks[lane] ? peak : peaks[lane];
        return peak;
    }

    const T* end_;  // of all rows
    T low_;
    V least_{};
    std::array<std::uint64_t, piece / 64> reaching_;
    std::vector<std::size_t> edges_;
};

}  // namespace

template <class T>
std::vector<PeakedInterval> find_intervals(Rows<const T> values, const Hysteresis& hysteresis,
                                           std::size_t threads, bool refuse_infinite) {
    // Thresholds in the type of the values, as NumPy compares: a float32 score of 0.7 reaches 0.7.
    const T high = static_cast<T>(hysteresis.high);
    const T low = static_cast<T>(hysteresis.low);
    const std::size_t shares = worthwhile_threads(threads, values.rows * values.samples / 4);
    std::vector<std::vector<PeakedInterval>> found(shares);
    std::atomic<bool> infinite = false;
    share_out(values.rows, shares, [&](std::size_t begin, std::size_t end, std::size_t share) {
        run_on_active_isa([&](auto bytes) {
            RunSearch<T, bytes()> search(values, low);
            T highest = high;
            for (std::size_t row = begin; row < end; ++row) {
                Runs runs(row, hysteresis, found[share]);
                search.find(values[row], [&](std::size_t first, std::size_t last, T peak) {
                    highest = std::max(highest, peak);
                    if (peak >= high) runs.add(first, last, peak);
                });
                runs.close();
            }
            if (search.saw_least() || highest > std::numeric_limits<T>::max()) infinite = true;
        });
    });
    if (infinite && refuse_infinite) throw ParameterError("a score is infinite");
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

template std::vector<PeakedInterval> find_intervals(Rows<const float>, const Hysteresis&, std::size_t, bool);
template std::vector<PeakedInterval> find_intervals(Rows<const double>, const Hysteresis&, std::size_t, bool);
template void refit_edges(Rows<const float>, std::span<Interval>, std::int64_t);
template void refit_edges(Rows<const double>, std::span<Interval>, std::int64_t);

}  // namespace sesctl
