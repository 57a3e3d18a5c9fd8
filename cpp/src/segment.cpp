#include "sesctl/segment.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
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

// Whether every time that belongs to the grid has 64 bits, so that differences of times cannot be mistaken.
bool is_within_64_bits(Grid grid, std::size_t count) {
    constexpr auto last = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const auto interval = static_cast<std::uint64_t>(grid.interval);
    const std::uint64_t before =
        static_cast<std::uint64_t>(grid.start) + last + 1;  // the 64 bits' first is 0
    const std::uint64_t after = ~before;
    return before >= interval && count + 1 <= after / interval;
}

// Copies samples to their grid points, a few at a time as long as each lies on the next.
template <class T, std::size_t Bytes>
class SampleCopy {
  public:
    SampleCopy(std::span<const std::int64_t> times, Grid grid)
        : times_(times),
          interval_(static_cast<std::uint64_t>(grid.interval)),
          earliest_(static_cast<std::uint64_t>(grid.start) - interval_ / 2) {
        for (std::size_t lane = 0; lane < lanes; ++lane) ahead_[lane] = lane * interval_;
    }

    // False where a sample does not lie on a later grid point than the one before it, or is infinite.
    bool copy(std::span<const T> samples, std::span<T> gridded, std::span<std::uint32_t> counted) const {
        const std::uint64_t reach = gridded.size() * interval_;
        IsInfinite infinite = {};
        std::size_t done = 0;  // grid points
        const auto pass_over = [&](std::size_t end) {
            std::fill(gridded.data() + done, gridded.data() + end, std::numeric_limits<T>::quiet_NaN());
            std::fill(counted.data() + done, counted.data() + end, 0U);
            done = end;
        };
        for (std::size_t i = 0; i < samples.size();) {
            const std::uint64_t past = static_cast<std::uint64_t>(times_[i]) - earliest_;
            if (past >= reach) {  // off the grid
                if (std::isinf(samples[i++])) return false;
                continue;
            }
            // Mostly one is missing, and a division takes longer than the copy.
            if (past - (done + 1) * interval_ < interval_) {
                gridded[done] = std::numeric_limits<T>::quiet_NaN();
                counted[done++] = 0;
            } else {
                const auto point = static_cast<std::size_t>(past / interval_);
                if (point < done) return false;
                pass_over(point);
            }
            const std::size_t most = std::min(samples.size() - i, gridded.size() - done);
            const std::size_t copied = copy_regular(&times_[i], earliest_ + done * interval_, &samples[i],
                                                    &gridded[done], &counted[done], most, infinite);
            i += copied;
            done += copied;
        }
        pass_over(gridded.size());
        return !any_bit(infinite);
    }

  private:
    using V = Vector<T, Bytes>;
    using Words = Vector<std::uint64_t, Bytes>;
    using Ordered = Vector<std::int64_t, Bytes>;
    using IsInfinite = Vector<IntegerLike<T>, Bytes>;
    static constexpr std::size_t lanes = Bytes / sizeof(std::uint64_t);
    static constexpr std::size_t vectors = 4;
    static constexpr std::size_t block = vectors * lanes;

    // Copies from a sample on that belongs to the first grid point, to which times from `earliest` on do, as
    // long as samples lie on consecutive ones, and returns how many do: one at least. Beyond them there may
    // be written, too, up to `most`; whoever comes next writes over it.
    std::size_t copy_regular(const std::int64_t* times, std::uint64_t earliest, const T* from, T* to,
                             std::uint32_t* hits, std::size_t most, IsInfinite& infinite) const {
        // Numbers from the least on, so that one signed comparison tells what belongs to its grid point.
        constexpr auto least = std::numeric_limits<std::int64_t>::min();
        const Ordered latest = Ordered{} + (least + static_cast<std::int64_t>(interval_ - 1));
        Words begin = ahead_ + (earliest + static_cast<std::uint64_t>(least));
        const std::uint64_t step = lanes * interval_;
        std::size_t at = 0;
        for (; at + block <= most; at += block, begin += vectors * step) {
            Ordered late[vectors];
            for (std::size_t v = 0; v < vectors; ++v) {
                const Words some = load<Words>(times + at + v * lanes) - begin;
                late[v] = reinterpret_cast<Ordered>(some - v * step) > latest;
            }
            for (std::size_t k = 0; k < block; k += Bytes / sizeof(T)) {
                infinite |= copy_vector(from + at + k, to + at + k, hits + at + k);
            }
            if (any_bit(late[0] | late[1] | late[2] | late[3])) return at + first_of(late);
        }
        for (; at < most; ++at) {
            if (static_cast<std::uint64_t>(times[at]) - (earliest + at * interval_) >= interval_) break;
            to[at] = from[at];
            hits[at] = from[at] == from[at] ? 1 : 0;
            if (std::isinf(from[at])) infinite = ~IsInfinite{};
        }
        return at;
    }

    SESCTL_INLINE static IsInfinite copy_vector(const T* from, T* to, std::uint32_t* hits) {
        const V samples = load<V>(from);
        store(samples, to);
        const IsInfinite present = samples == samples;
        store(__builtin_convertvector(present & 1, Vector<std::uint32_t, Bytes / sizeof(T) * 4>), hits);
        return magnitude<T>(samples) == std::numeric_limits<T>::infinity();
    }

    SESCTL_INLINE static std::size_t first_of(const Ordered (&late)[vectors]) {
        const Ordered bits = bit_of_lane<std::int64_t, Bytes>();
        Ordered marks = {};
        for (std::size_t v = 0; v < vectors; ++v) {
            marks |= late[v] & (bits << static_cast<std::int64_t>(v * lanes));
        }
        return static_cast<std::size_t>(std::countr_zero(united_bits(marks)));
    }

    std::span<const std::int64_t> times_;
    std::uint64_t interval_;
    std::uint64_t earliest_;  // time of the first grid point; a wrap beyond 64 bits cancels in differences
    Words ahead_{};
};

// Samples in any order, and any number on one grid point; false where one is infinite.
template <class T>
bool average_samples(std::span<const std::int64_t> times, std::span<const T> samples, Grid grid,
                     std::span<T> gridded, std::span<std::uint32_t> counted) {
    std::vector<double> means(gridded.size());
    std::ranges::fill(counted, 0U);
    bool finite = true;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        finite &= !std::isinf(samples[i]);
        const std::size_t point = nearest_point(times[i], grid, gridded.size());
        if (point == gridded.size() || std::isnan(samples[i])) continue;
        const auto sample = static_cast<double>(samples[i]);
        double& mean = means[point];
        // A mean that is updated, not a sum that is divided: equal samples average to themselves, and
        // neither a sum nor a difference of large ones overflows.
        const auto seen = static_cast<double>(++counted[point]);
        mean = seen == 1.0 ? sample : std::lerp(mean, sample, 1.0 / seen);
    }
    for (std::size_t k = 0; k < gridded.size(); ++k) {
        gridded[k] = counted[k] == 0 ? std::numeric_limits<T>::quiet_NaN() : static_cast<T>(means[k]);
    }
    return finite;
}

}  // namespace

template <class T>
void grid_samples(std::span<const std::int64_t> times, Rows<const T> values, Grid grid, Rows<T> gridded,
                  Rows<std::uint32_t> hits, std::size_t threads, bool refuse_infinite) {
    if (grid.interval < 1) {
        throw ParameterError("interval is " + std::to_string(grid.interval) + " µs, which is not positive");
    }
    if (values.samples != times.size()) {
        throw ShapeError("values have " + std::to_string(values.samples) + " samples a channel and times " +
                         std::to_string(times.size()));
    }
    const bool may_copy = is_within_64_bits(grid, gridded.samples);
    std::atomic<bool> all_finite = true;
    share_out(gridded.rows, worthwhile_threads(threads, values.rows * values.samples),
              [&](std::size_t begin, std::size_t end, std::size_t) {
                  for (std::size_t channel = begin; channel < end; ++channel) {
                      bool copied = false;
                      if (may_copy) {
                          run_on_active_isa([&](auto bytes) {
                              const SampleCopy<T, bytes()> samples(times, grid);
                              copied = samples.copy(values[channel], gridded[channel], hits[channel]);
                          });
                      }
                      if (!copied &&
                          !average_samples(times, values[channel], grid, gridded[channel], hits[channel])) {
                          all_finite = false;
                      }
                  }
              });
    if (refuse_infinite && !all_finite) throw ParameterError("a value is infinite");
}

template void grid_samples(std::span<const std::int64_t>, Rows<const float>, Grid, Rows<float>,
                           Rows<std::uint32_t>, std::size_t, bool);
template void grid_samples(std::span<const std::int64_t>, Rows<const double>, Grid, Rows<double>,
                           Rows<std::uint32_t>, std::size_t, bool);

}  // namespace sesctl
