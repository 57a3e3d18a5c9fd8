#include "sesctl/segment.hpp"

#include <algorithm>
#include <vector>

#include "input.hpp"
#include "sesctl/errors.hpp"

namespace sesctl::fuzz {

// The grid point nearest to a time, in 128 bits; -1 off the grid.
std::int64_t nearest(std::int64_t time, Grid grid, std::size_t count) {
    const __int128 past = static_cast<__int128>(time) - grid.start;
    const __int128 twice = 2 * past + grid.interval;
    const __int128 step = 2 * static_cast<__int128>(grid.interval);
    const __int128 point = twice >= 0 ? twice / step : -((-twice + step - 1) / step);
    return point >= 0 && point < static_cast<__int128>(count) ? static_cast<std::int64_t>(point) : -1;
}

template <class T>
void samples_are_counted_on_their_nearest_grid_point(Input& input) {
    Grid grid{input.flag() ? input.between(-20, 20) : input.raw<std::int64_t>(),
              input.flag() ? input.between(-1, 20) : input.raw<std::int64_t>()};
    const std::size_t count = input.size_between(0, 200);
    std::vector<std::int64_t> times;
    const auto values = input.table<T>(3, 200, Wild::missing);
    std::int64_t time = grid.start;
    for (std::size_t i = 0; i < values.samples; ++i) {
        const auto step = input.raw<std::int8_t>();
        // Mostly one interval on, sometimes anywhere.
        const auto next = step == 127  ? input.raw<std::int64_t>()
                          : step < 100 ? static_cast<std::int64_t>(static_cast<std::uint64_t>(time) +
                                                                   static_cast<std::uint64_t>(grid.interval))
                                       : static_cast<std::int64_t>(static_cast<std::uint64_t>(time) +
                                                                   static_cast<std::uint64_t>(step - 110));
        times.push_back(next);
        time = next;
    }
    if (values.rows == 0) times.clear();
    Table<T> gridded(values.rows, count);
    Table<std::uint32_t> hits(values.rows, count);
    try {
        grid_samples<T>(times, values.read(), grid, gridded.view(), hits.view(), 2);
    } catch (const ParameterError&) {
        SESCTL_CLAIM(grid.interval < 1);
        return;
    } catch (const ShapeError&) {
        SESCTL_CLAIM(times.size() != values.samples);
        return;
    }
    SESCTL_CLAIM(grid.interval >= 1);
    for (std::size_t r = 0; r < values.rows; ++r) {
        std::vector<std::uint32_t> expected(count);
        std::vector<T> low(count, std::numeric_limits<T>::infinity());
        std::vector<T> high(count, -std::numeric_limits<T>::infinity());
        for (std::size_t i = 0; i < times.size(); ++i) {
            const std::int64_t at = nearest(times[i], grid, count);
            if (at < 0 || std::isnan(values[r][i])) continue;
            const auto point = static_cast<std::size_t>(at);
            ++expected[point];
            low[point] = std::min(low[point], values[r][i]);
            high[point] = std::max(high[point], values[r][i]);
        }
        for (std::size_t k = 0; k < count; ++k) {
            SESCTL_CLAIM(hits[r][k] == expected[k]);
            SESCTL_CLAIM(std::isnan(gridded[r][k]) == (expected[k] == 0));
            if (expected[k] == 1) SESCTL_CLAIM(gridded[r][k] == low[k]);
            if (expected[k] > 1 && largest(values[r]) <= 1e30) {
                const double slack = 1e-6 * std::max(std::abs(static_cast<double>(low[k])),
                                                     std::abs(static_cast<double>(high[k])));
                SESCTL_CLAIM(static_cast<double>(gridded[r][k]) >= static_cast<double>(low[k]) - slack);
                SESCTL_CLAIM(static_cast<double>(gridded[r][k]) <= static_cast<double>(high[k]) + slack);
            }
        }
    }
}

}  // namespace sesctl::fuzz

SESCTL_FUZZ_TARGET(sesctl::fuzz::samples_are_counted_on_their_nearest_grid_point)
