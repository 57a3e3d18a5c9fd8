#include "sesctl/gaps.hpp"

#include "input.hpp"
#include "sesctl/errors.hpp"

namespace sesctl::fuzz {

// Short gaps between two samples become finite, everything else keeps its bits.
template <class T>
void short_gaps_are_filled(Input& input) {
    const std::int64_t longest = input.between(-1, 40);
    const auto values = input.table<T>(20, 300, Wild::missing);
    Table<T> filled(values.rows, values.samples);
    Table<bool> mask(values.rows, values.samples);
    try {
        fill_gaps<T>(values.read(), longest, filled.view(), mask.view(), 2);
    } catch (const ParameterError&) {
        SESCTL_CLAIM(longest < 0);
        return;
    }
    SESCTL_CLAIM(longest >= 0);
    for (std::size_t r = 0; r < values.rows; ++r) {
        const auto row = values[r];
        for (std::size_t i = 0; i < row.size();) {
            std::size_t end = i;
            while (end < row.size() && std::isnan(row[end])) ++end;
            const bool is_short = i > 0 && end < row.size() && end - i <= static_cast<std::size_t>(longest);
            for (; i < end; ++i) {
                SESCTL_CLAIM(mask[r][i] == is_short);
                SESCTL_CLAIM(std::isnan(filled[r][i]) == !is_short);
                SESCTL_CLAIM(!is_short || std::isfinite(filled[r][i]));
            }
            if (i == row.size()) break;
            SESCTL_CLAIM(!mask[r][i] && same_bits(filled[r][i], row[i]));
            ++i;
        }
    }
}

}  // namespace sesctl::fuzz

SESCTL_FUZZ_TARGET(sesctl::fuzz::short_gaps_are_filled)
