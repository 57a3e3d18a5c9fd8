#include "sesctl/intervals.hpp"

#include <algorithm>
#include <vector>

#include "input.hpp"
#include "sesctl/errors.hpp"

namespace sesctl::fuzz {

template <class T>
void intervals_lie_in_their_rows_and_apart(Input& input) {
    const double low = input.between(-40, 40) / 8.0;
    const double high = low + static_cast<double>(input.between(0, 20)) / 8.0;
    const std::int64_t shortest = input.between(1, 30);
    const std::int64_t longest = shortest + input.between(0, 255);
    const Hysteresis hysteresis{high, low, shortest, longest, input.between(0, 10)};
    const std::int64_t radius = input.between(-1, 300);
    const auto values = input.table<T>(12, 300, Wild::all);
    const auto found = find_intervals<T>(values.read(), hysteresis, 2);
    const PeakedInterval* last = nullptr;
    std::vector<Interval> moved;
    for (const PeakedInterval& interval : found) {
        const auto [row, start, end] = static_cast<const Interval&>(interval);
        SESCTL_CLAIM(row >= 0 && row < static_cast<std::int64_t>(values.rows));
        SESCTL_CLAIM(start >= 0 && end <= static_cast<std::int64_t>(values.samples));
        SESCTL_CLAIM(end - start >= shortest && end - start <= longest);
        SESCTL_CLAIM(interval.peak >= static_cast<double>(static_cast<T>(high)));
        const auto inside = values[static_cast<std::size_t>(row)].subspan(
            static_cast<std::size_t>(start), static_cast<std::size_t>(end - start));
        SESCTL_CLAIM(inside.front() >= static_cast<T>(low) && inside.back() >= static_cast<T>(low));
        T peak = inside.front();
        for (const T value : inside) peak = value > peak ? value : peak;
        SESCTL_CLAIM(static_cast<double>(peak) == interval.peak);
        if (last != nullptr && last->row == row) SESCTL_CLAIM(start - last->end > hysteresis.merge_gap);
        if (last != nullptr) SESCTL_CLAIM(last->row <= row);
        last = &interval;
        moved.push_back(interval);
    }
    try {
        refit_edges<T>(values.read(), moved, radius);
    } catch (const ParameterError&) {
        SESCTL_CLAIM(radius < 0);
        return;
    }
    for (std::size_t i = 0; i < moved.size(); ++i) {
        SESCTL_CLAIM(moved[i].start >= 0 && moved[i].start < moved[i].end);
        SESCTL_CLAIM(moved[i].end <= static_cast<std::int64_t>(values.samples));
        SESCTL_CLAIM(std::abs(moved[i].start - found[i].start) <= radius);
        SESCTL_CLAIM(std::abs(moved[i].end - found[i].end) <= radius);
    }
}

// Intervals of a caller's own: refused where they do not lie in the rows.
template <class T>
void intervals_beyond_the_rows_are_refused(Input& input) {
    const Interval given{input.between(-2, 5), input.between(-2, 60), input.between(-2, 60)};
    const auto values = input.table<T>(4, 50, Wild::all);
    std::vector<Interval> moved{given};
    const bool inside = given.row >= 0 && given.row < static_cast<std::int64_t>(values.rows) &&
                        given.start >= 0 && given.start < given.end &&
                        given.end <= static_cast<std::int64_t>(values.samples);
    try {
        refit_edges<T>(values.read(), moved, input.between(0, 100));
    } catch (const ParameterError&) {
        SESCTL_CLAIM(!inside);
        return;
    }
    SESCTL_CLAIM(inside);
    SESCTL_CLAIM(moved[0].start < moved[0].end);
}

template <class T>
void intervals(Input& input) {
    if (input.flag()) {
        intervals_lie_in_their_rows_and_apart<T>(input);
    } else {
        intervals_beyond_the_rows_are_refused<T>(input);
    }
}

}  // namespace sesctl::fuzz

SESCTL_FUZZ_TARGET(sesctl::fuzz::intervals)
