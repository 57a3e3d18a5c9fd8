// From samples at times of their own to a regular grid.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sesctl/view.hpp"

namespace sesctl {

// Grid point k stands at start + k * interval; there are gridded.samples of them.
struct Grid {
    std::int64_t start = 0;     // µs
    std::int64_t interval = 1;  // µs
};

// Each sample goes to the nearest grid point, a tie to the later one; several on one point are averaged, and
// hits counts them. NaN and what falls off the grid are left out; a point without samples is NaN.
// values is (channel, times), gridded and hits are (channel, grid point). Throws ParameterError where a value
// is infinite, if `refuse_infinite` says so.
template <class T>
void grid_samples(std::span<const std::int64_t> times, Rows<const T> values, Grid grid, Rows<T> gridded,
                  Rows<std::uint32_t> hits, std::size_t threads, bool refuse_infinite = false);

}  // namespace sesctl
