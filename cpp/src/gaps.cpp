#include "sesctl/gaps.hpp"

#include <algorithm>
#include <string>

#include "sesctl/errors.hpp"
#include "sesctl/parallel.hpp"

namespace sesctl {

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
        for (std::size_t r = begin; r < end; ++r) {
            const auto row = values[r];
            const auto out = filled[r];
            const auto is_filled = mask[r];
            std::copy(row.begin(), row.end(), out.begin());
            std::fill(is_filled.begin(), is_filled.end(), false);
            std::size_t gap = 0;  // where the gap after the last stretch begins; 0: no stretch yet
            for_each_stretch(row, [&](std::size_t first, std::size_t length) {
                const std::size_t missing = first - gap;
                if (gap > 0 && missing <= longest) {
                    const auto left = static_cast<double>(row[gap - 1]);
                    const auto right = static_cast<double>(row[first]);
                    const auto steps = static_cast<double>(missing + 1);
                    for (std::size_t k = 0; k < missing; ++k) {
                        out[gap + k] =
                            static_cast<T>(std::lerp(left, right, static_cast<double>(k + 1) / steps));
                        is_filled[gap + k] = true;
                    }
                }
                gap = first + length;
            });
        }
    });
}

template void fill_gaps(Rows<const float>, std::int64_t, Rows<float>, Rows<bool>, std::size_t);
template void fill_gaps(Rows<const double>, std::int64_t, Rows<double>, Rows<bool>, std::size_t);

}  // namespace sesctl
