#include "sesctl/median_program.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

namespace sesctl {

namespace {

// A value is a sample, numbered from 0, or the lesser or greater of a comparison, numbered on from there.
using Values = std::vector<std::uint32_t>;

class Author {
  public:
    Author(std::size_t window, bool neighbours)
        : window_(window),
          tile_(std::bit_floor(window)),
          samples_(window + tile_ - 1),
          spread_(neighbours && window > 1 ? 1 : 0),
          outputs_(tile_) {
        Values core;
        for (std::size_t i = tile_ - 1; i < window_; ++i) core.push_back(static_cast<std::uint32_t>(i));
        const auto sorted = sort(core);
        follow(0, tile_, kept(sorted, 0, tile_ - 1));
    }

    [[nodiscard]] MedianProgram program() const {
        MedianProgram made{window_, tile_, 0, {}, {}};
        const std::size_t values = samples_ + 2 * comparisons_.size();
        // Backwards: a comparison is needed where one of its values is, and a value until its last use.
        std::vector<std::size_t> last_use(values, unused);
        for (const auto& ranks : outputs_) {
            for (const auto value : ranks) last_use[value] = comparisons_.size();
        }
        for (std::size_t c = comparisons_.size(); c-- > 0;) {
            const std::size_t lesser = samples_ + 2 * c;
            if (last_use[lesser] == unused && last_use[lesser + 1] == unused) continue;
            for (const auto value : {comparisons_[c].first, comparisons_[c].second}) {
                if (last_use[value] == unused) last_use[value] = c;
            }
        }
        // Forwards: every value gets a slot that is free by then. What no one needs goes where no one looks.
        std::vector<std::uint16_t> slot(values, 0);
        std::vector<std::uint16_t> free;
        for (std::size_t i = 0; i < samples_; ++i) {
            slot[i] = static_cast<std::uint16_t>(i);
            if (last_use[i] == unused) free.push_back(slot[i]);
        }
        const auto nowhere = static_cast<std::uint16_t>(samples_);
        made.slots = samples_ + 1;
        for (std::size_t c = 0; c < comparisons_.size(); ++c) {
            const auto [left, right] = comparisons_[c];
            const std::size_t lesser = samples_ + 2 * c;
            if (last_use[lesser] == unused && last_use[lesser + 1] == unused) continue;
            for (const auto value : {left, right}) {
                if (last_use[value] == c) free.push_back(slot[value]);
            }
            for (const std::size_t value : {lesser, lesser + 1}) {
                if (last_use[value] == unused) {
                    slot[value] = nowhere;
                } else if (free.empty()) {
                    slot[value] = static_cast<std::uint16_t>(made.slots++);
                } else {
                    slot[value] = free.back();
                    free.pop_back();
                }
            }
            made.comparisons.push_back({slot[left], slot[right], slot[lesser], slot[lesser + 1]});
        }
        for (const auto& ranks : outputs_)
            made.ranks.push_back({slot[ranks[0]], slot[ranks[1]], slot[ranks[2]]});
        return made;
    }

  private:
    static constexpr std::size_t unused = std::numeric_limits<std::size_t>::max();

    // Values in order, of ranks first, first + 1, ... among the samples that all windows of a branch hold.
    struct Candidates {
        Values values;
        std::size_t first;
    };

    // Those whose rank can still become the median's, or its neighbours', by `coming` further samples.
    [[nodiscard]] Candidates kept(const Values& sorted, std::size_t first, std::size_t coming) const {
        const std::size_t middle = window_ / 2;
        const std::size_t least = middle > spread_ + coming ? middle - spread_ - coming : 0;
        const std::size_t begin = std::max(least, first);
        const std::size_t end = std::min(first + sorted.size(), middle + spread_ + 1);
        const auto from = sorted.begin() + static_cast<std::ptrdiff_t>(begin - first);
        return {Values(from, sorted.begin() + static_cast<std::ptrdiff_t>(end - first)), begin};
    }

    // The windows that begin at `begin` and the `windows` - 1 samples after it.
    void follow(std::size_t begin, std::size_t windows, const Candidates& core) {
        if (windows == 1) {
            for (std::size_t k = 0; k < 3; ++k) {
                outputs_[begin][k] = core.values[window_ / 2 + k * spread_ - spread_ - core.first];
            }
            return;
        }
        const std::size_t half = windows / 2;
        const auto left = merge(core.values, sorted_run(begin + half - 1, half));
        follow(begin, half, kept(left, core.first, half - 1));
        const auto right = merge(core.values, sorted_run(begin + window_, half));
        follow(begin + half, half, kept(right, core.first, half - 1));
    }

    const Values& sorted_run(std::size_t begin, std::size_t length) {
        auto& run = runs_[{begin, length}];
        if (run.empty()) {
            run = length == 1
                      ? Values{static_cast<std::uint32_t>(begin)}
                      : merge(sorted_run(begin, length / 2), sorted_run(begin + length / 2, length / 2));
        }
        return run;
    }

    Values sort(std::span<const std::uint32_t> values) {
        if (values.size() < 2) return {values.begin(), values.end()};
        const std::size_t half = values.size() / 2;
        return merge(sort(values.first(half)), sort(values.subspan(half)));
    }

    // Batcher's odd-even merge (Knuth, The Art of Computer Programming 3, 5.3.4).
    Values merge(const Values& a, const Values& b) {
        if (a.empty() || b.empty()) return a.empty() ? b : a;
        if (a.size() == 1 && b.size() == 1) return compare(a[0], b[0]);
        const Values even = merge(every_other(a, 0), every_other(b, 0));
        const Values odd = merge(every_other(a, 1), every_other(b, 1));
        Values merged{even[0]};
        for (std::size_t i = 0; i < odd.size(); ++i) {
            if (i + 1 < even.size()) {
                const auto pair = compare(odd[i], even[i + 1]);
                merged.insert(merged.end(), pair.begin(), pair.end());
            } else {
                merged.push_back(odd[i]);
            }
        }
        merged.insert(merged.end(),
                      even.begin() + static_cast<std::ptrdiff_t>(std::min(odd.size() + 1, even.size())),
                      even.end());
        return merged;
    }

    static Values every_other(const Values& values, std::size_t first) {
        Values some;
        for (std::size_t i = first; i < values.size(); i += 2) some.push_back(values[i]);
        return some;
    }

    Values compare(std::uint32_t left, std::uint32_t right) {
        const auto lesser = static_cast<std::uint32_t>(samples_ + 2 * comparisons_.size());
        comparisons_.emplace_back(left, right);
        return {lesser, lesser + 1};
    }

    std::size_t window_;
    std::size_t tile_;
    std::size_t samples_;
    std::size_t spread_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> comparisons_;
    std::vector<std::array<std::uint32_t, 3>> outputs_;
    std::map<std::pair<std::size_t, std::size_t>, Values> runs_;
};

// Turns the numbers of slots into their places.
void place_slots(MedianProgram& program, std::size_t slot) {
    if (program.slots * slot > std::numeric_limits<std::uint16_t>::max()) {
        throw std::length_error("the median program of " + std::to_string(program.window) + " samples has " +
                                std::to_string(program.slots) + " slots, too many for its places");
    }
    const auto place = [&](std::uint16_t& number) { number = static_cast<std::uint16_t>(number * slot); };
    for (auto& [left, right, lesser, greater] : program.comparisons) {
        for (auto* number : {&left, &right, &lesser, &greater}) place(*number);
    }
    for (auto& ranks : program.ranks) std::ranges::for_each(ranks, place);
}

}  // namespace

const MedianProgram& median_program(std::size_t window, bool neighbours, std::size_t slot) {
    static std::mutex lock;
    static std::map<std::tuple<std::size_t, bool, std::size_t>, std::unique_ptr<const MedianProgram>> made;
    const std::lock_guard locked(lock);
    auto& program = made[{window, neighbours, slot}];
    if (!program) {
        MedianProgram numbered = Author(window, neighbours).program();
        place_slots(numbered, slot);
        program = std::make_unique<const MedianProgram>(std::move(numbered));
    }
    return *program;
}

}  // namespace sesctl
