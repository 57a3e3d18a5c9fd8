#include "sesctl/segment.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "sesctl/errors.hpp"
#include "sesctl/lanes.hpp"
#include "sesctl/parallel.hpp"

namespace sesctl {

namespace {

// The grid point nearest to a time, or count where that lies off the grid. Two int64 times may be 2^64 apart,
// so distances are unsigned, and halves are compared without doubling.
std::size_t nearest_point(std::int64_t time, Grid grid, std::size_t count) {
    const auto interval = static_cast<std::uint64_t>(grid.interval);
    const auto at = static_cast<std::uint64_t>(time);
    const auto origin = static_cast<std::uint64_t>(grid.start);
    if (time < grid.start) {
        const std::uint64_t early = origin - at;
        return early <= interval && early <= interval - early ? 0 : count;
    }
    const std::uint64_t late = at - origin;
    const std::uint64_t past = late % interval;
    const std::uint64_t point = late / interval + (past >= interval - past ? 1 : 0);
    return point < count ? static_cast<std::size_t>(point) : count;
}

}  // namespace

namespace {

// How many samples from `first` on lie on consecutive grid points from `point` on, one each.
template <std::size_t Bytes>
std::size_t count_regular(std::span<const std::int64_t> times, std::size_t first, Grid grid,
                          std::size_t point, std::size_t count) {
    using Words = Vector<std::uint64_t, Bytes>;
    constexpr std::size_t lanes = Bytes / sizeof(std::uint64_t);
    constexpr std::size_t stride = 4 * lanes;
    const auto interval = static_cast<std::uint64_t>(grid.interval);
    // The earliest time that belongs to a grid point; a wrap beyond 64 bits cancels in the difference.
    std::uint64_t earliest = static_cast<std::uint64_t>(grid.start) + point * interval - interval / 2;
    const std::size_t most = std::min(times.size() - first, count - point);
    Words ahead;
    for (std::size_t lane = 0; lane < lanes; ++lane) ahead[lane] = lane * interval;
    std::size_t regular = 0;
    for (; regular + stride <= most; regular += stride, earliest += stride * interval) {
        const auto is_late = [&](std::size_t k) {
            const auto at = load<Words>(&times[first + regular + k]);
            return at - ahead - (earliest + k * interval) >= interval;
        };
        if (!any_bit(is_late(0) | is_late(lanes) | is_late(2 * lanes) | is_late(3 * lanes))) continue;
        std::uint64_t late = 0;
        for (std::size_t k = 0; k < stride; k += lanes) late |= lane_bits<std::int64_t>(is_late(k)) << k;
        return regular + static_cast<std::size_t>(std::countr_zero(late));
    }
    for (; regular < most; ++regular, earliest += interval) {
        if (static_cast<std::uint64_t>(times[first + regular]) - earliest >= interval) break;
    }
    return regular;
}

// Consecutive samples and the consecutive grid points that each of them lies on, or one sample alone.
struct Stretch {
    std::size_t first;
    std::size_t point;
    std::size_t length;
};

// Whether every time that belongs to the grid has 64 bits, so that differences of times cannot be mistaken.
bool is_within_64_bits(Grid grid, std::size_t count) {
    constexpr auto last = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const auto interval = static_cast<std::uint64_t>(grid.interval);
    const std::uint64_t before =
        static_cast<std::uint64_t>(grid.start) + last + 1;  // the 64 bits' first is 0
    const std::uint64_t after = ~before;
    return before >= interval && count + 1 <= after / interval;
}

// Cuts the samples into such stretches, and leaves out what falls off the grid.
std::vector<Stretch> find_stretches(std::span<const std::int64_t> times, Grid grid, std::size_t count) {
    std::vector<Stretch> stretches;
    const bool regular = is_within_64_bits(grid, count);
    run_on_active_isa([&](auto bytes) {
        for (std::size_t i = 0; i < times.size();) {
            const std::size_t point = nearest_point(times[i], grid, count);
            const std::size_t length =
                point < count && regular ? count_regular<bytes()>(times, i, grid, point, count) : 1;
            if (point < count) stretches.push_back({i, point, length});
            i += length;
        }
    });
    return stretches;
}

// Copies samples to grid points that are each later than the last; false where one is not.
template <class T>
bool copy_samples(std::span<const T> samples, std::span<const Stretch> stretches, std::span<T> gridded,
                  std::span<std::uint32_t> counted) {
    std::size_t done = 0;
    const auto pass_over = [&](std::size_t end) {
        std::fill(&gridded[done], gridded.data() + end, std::numeric_limits<T>::quiet_NaN());
        std::fill(&counted[done], counted.data() + end, 0U);
        done = end;
    };
    for (const auto& [first, point, length] : stretches) {
        if (point < done) return false;
        if (point > done) pass_over(point);
        const T* __restrict const from = &samples[first];
        T* __restrict const to = &gridded[point];
        std::uint32_t* __restrict const hits = &counted[point];
        for (std::size_t k = 0; k < length; ++k) {
            to[k] = from[k];
            hits[k] = from[k] == from[k] ? 1 : 0;
        }
        done = point + length;
    }
    if (done < gridded.size()) pass_over(gridded.size());
    return true;
}

template <class T>
void average_samples(std::span<const T> samples, std::span<const Stretch> stretches, std::span<T> gridded,
                     std::span<std::uint32_t> counted) {
    std::vector<double> means(gridded.size());
    std::ranges::fill(counted, 0U);
    for (const auto& [first, point, length] : stretches) {
        for (std::size_t k = 0; k < length; ++k) {
            if (std::isnan(samples[first + k])) continue;
            const auto sample = static_cast<double>(samples[first + k]);
            double& mean = means[point + k];
            // A mean that is updated, not a sum that is divided: equal samples average to themselves, and
            // neither a sum nor a difference of large ones overflows.
            const auto seen = static_cast<double>(++counted[point + k]);
            mean = seen == 1.0 ? sample : std::lerp(mean, sample, 1.0 / seen);
        }
    }
    for (std::size_t k = 0; k < gridded.size(); ++k) {
        gridded[k] = counted[k] == 0 ? std::numeric_limits<T>::quiet_NaN() : static_cast<T>(means[k]);
    }
}

}  // namespace

template <class T>
void grid_samples(std::span<const std::int64_t> times, Rows<const T> values, Grid grid, Rows<T> gridded,
                  Rows<std::uint32_t> hits, std::size_t threads) {
    if (grid.interval < 1) {
        throw ParameterError("interval is " + std::to_string(grid.interval) + " µs, which is not positive");
    }
    if (values.samples != times.size()) {
        throw ShapeError("values have " + std::to_string(values.samples) + " samples a channel and times " +
                         std::to_string(times.size()));
    }
    if (gridded.rows == 0) return;
    const auto stretches = find_stretches(times, grid, gridded.samples);
    share_out(gridded.rows, worthwhile_threads(threads, values.rows * values.samples),
              [&](std::size_t begin, std::size_t end, std::size_t) {
                  for (std::size_t channel = begin; channel < end; ++channel) {
                      bool one_each = true;
                      run_on_active_isa([&](auto) {
                          one_each =
                              copy_samples(values[channel], stretches, gridded[channel], hits[channel]);
                      });
                      if (!one_each) {
                          average_samples(values[channel], stretches, gridded[channel], hits[channel]);
                      }
                  }
              });
}

template void grid_samples(std::span<const std::int64_t>, Rows<const float>, Grid, Rows<float>,
                           Rows<std::uint32_t>, std::size_t);
template void grid_samples(std::span<const std::int64_t>, Rows<const double>, Grid, Rows<double>,
                           Rows<std::uint32_t>, std::size_t);

}  // namespace sesctl
