#include "sesctl/gaps.hpp"

#include <algorithm>
#include <span>
#include <string>

#include "sesctl/errors.hpp"
#include "sesctl/parallel.hpp"

namespace sesctl {

namespace {

// Fills the gap between two samples. Not std::lerp, which branches on their signs: those of noise cannot be
// foreseen. Between two finite samples this is finite, and between equal ones it is the same.
template <class T>
void fill_gap(T before, T after, std::span<T> gap) {
    const auto left = static_cast<double>(before);
    const auto right = static_cast<double>(after);
    const auto at = [&](double share) {
        const double between = left * (1.0 - share) + right * share;
        return static_cast<T>(std::max(std::min(left, right), std::min(std::max(left, right), between)));
    };
    // The most frequent gap by far, without a division.
    if (gap.size() == 1) {
        gap[0] = at(0.5);
        return;
    }
    const auto steps = static_cast<double>(gap.size() + 1);
    for (std::size_t k = 0; k < gap.size(); ++k) gap[k] = at(static_cast<double>(k + 1) / steps);
}

template <class T, std::size_t Bytes>
void fill_row(std::span<const T> row, std::size_t longest, std::span<T> filled, std::span<bool> mask) {
    std::copy(row.begin(), row.end(), filled.begin());
    std::fill(mask.begin(), mask.end(), false);
    std::size_t gap = 0;  // where the gap after the last stretch begins; 0: no stretch yet
    for_each_stretch<T, Bytes>(row, [&](std::size_t first, std::size_t length) {
        const std::size_t missing = first - gap;
        if (gap > 0 && missing <= longest) {
            fill_gap(row[gap - 1], row[first], filled.subspan(gap, missing));
            for (std::size_t k = gap; k < first; ++k) mask[k] = true;
        }
        gap = first + length;
    });
}

}  // namespace

void refuse_infinite() { throw ParameterError("a value is infinite"); }

template <class T>
void fill_gaps(Rows<const T> values, std::int64_t max_length, Rows<T> filled, Rows<bool> mask,
               std::size_t threads) {
    if (max_length < 0) {
        throw ParameterError("max_length is " + std::to_string(max_length) +
                             " samples, which is less than none");
    }
    const auto longest = static_cast<std::size_t>(max_length);
    const std::size_t shares = worthwhile_threads(threads, values.rows * values.samples);
    share_out(values.rows, shares, [&](std::size_t begin, std::size_t end, std::size_t) {
        run_on_active_isa([&](auto bytes) {
            for (std::size_t r = begin; r < end; ++r)
                fill_row<T, bytes()>(values[r], longest, filled[r], mask[r]);
        });
    });
}

template void fill_gaps(Rows<const float>, std::int64_t, Rows<float>, Rows<bool>, std::size_t);
template void fill_gaps(Rows<const double>, std::int64_t, Rows<double>, Rows<bool>, std::size_t);

}  // namespace sesctl
