#include "sesctl/segment.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "sesctl/errors.hpp"

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

template <class T>
void grid_samples(std::span<const std::int64_t> times, Rows<const T> values, Grid grid, Rows<T> gridded,
                  Rows<std::uint32_t> hits, std::size_t) {
    if (grid.interval < 1) {
        throw ParameterError("interval is " + std::to_string(grid.interval) + " µs, which is not positive");
    }
    if (values.samples != times.size()) {
        throw ShapeError("values have " + std::to_string(values.samples) + " samples a channel and times " +
                         std::to_string(times.size()));
    }
    if (gridded.rows == 0) return;
    const std::size_t count = gridded.samples;
    std::vector<std::size_t> points(times.size());
    std::transform(times.begin(), times.end(), points.begin(),
                   [&](std::int64_t time) { return nearest_point(time, grid, count); });
    std::vector<double> means(count);
    for (std::size_t channel = 0; channel < gridded.rows; ++channel) {
        const auto samples = values[channel];
        const auto counted = hits[channel];
        std::fill(counted.begin(), counted.end(), 0U);
        for (std::size_t i = 0; i < points.size(); ++i) {
            if (points[i] == count || std::isnan(samples[i])) continue;
            const auto sample = static_cast<double>(samples[i]);
            double& mean = means[points[i]];
            // A mean that is updated, not a sum that is divided: equal samples average to themselves, and
            // neither a sum nor a difference of large ones overflows.
            const auto seen = static_cast<double>(++counted[points[i]]);
            mean = seen == 1.0 ? sample : std::lerp(mean, sample, 1.0 / seen);
        }
        const auto out = gridded[channel];
        for (std::size_t k = 0; k < count; ++k) {
            out[k] = counted[k] == 0 ? std::numeric_limits<T>::quiet_NaN() : static_cast<T>(means[k]);
        }
    }
}

template void grid_samples(std::span<const std::int64_t>, Rows<const float>, Grid, Rows<float>,
                           Rows<std::uint32_t>, std::size_t);
template void grid_samples(std::span<const std::int64_t>, Rows<const double>, Grid, Rows<double>,
                           Rows<std::uint32_t>, std::size_t);

}  // namespace sesctl
