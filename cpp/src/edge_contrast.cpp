#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "sesctl/edges.hpp"
#include "sesctl/errors.hpp"
#include "sesctl/lanes.hpp"
#include "sesctl/parallel.hpp"

namespace sesctl {

namespace {

// A sample of the record itself, so that a flat record leaves exact zeros; the middle one of a few from all
// over it, so that a wild sample cannot cost the others their precision.
template <class T>
double typical_sample(std::span<const T> record) {
    std::vector<T> some;
    const std::size_t step = std::max<std::size_t>(1, record.size() / 64);
    for (std::size_t i = 0; i < record.size(); i += step) {
        if (std::isfinite(record[i])) some.push_back(record[i]);
    }
    // All of these are missing: any other does.
    for (std::size_t i = 0; some.empty() && i < record.size(); ++i) {
        if (std::isfinite(record[i])) some.push_back(record[i]);
    }
    if (some.empty()) return 0.0;
    const auto middle = some.begin() + static_cast<std::ptrdiff_t>((some.size() - 1) / 2);
    std::ranges::nth_element(some, middle);
    return static_cast<double>(*middle);
}

// The contrast of several rows, side by side in lanes. The record, with an empty half window before it and
// two after it, is cut into blocks of half a window; every half window is the end of one block and the
// beginning of the next, so its sum is one summed from the right plus one from the left: nothing is ever
// subtracted, and no error is carried along.
template <class T, std::size_t Bytes>
class LanesOfContrasts {
  public:
    using V = Vector<double, Bytes>;
    static constexpr std::size_t width = Bytes / sizeof(double);
    static constexpr std::size_t vectors = 2;
    static constexpr std::size_t lanes = vectors * width;

    LanesOfContrasts(Rows<const T> values, std::size_t half_window, Rows<T> contrast)
        : values_(values),
          half_(half_window),
          contrast_(contrast),
          entries_{LaneBuffer<double>(2 * half_ * lanes), LaneBuffer<double>(2 * half_ * lanes)},
          means_{LaneBuffer<double>(half_ * lanes), LaneBuffer<double>(half_ * lanes)},
          ends_(2 * half_ * lanes) {}

    // Rows first, first + 1, ..., at most as many as there are lanes.
    void run(std::size_t first, std::size_t rows) {
        first_ = first;
        rows_ = rows;
        for (std::size_t lane = 0; lane < rows; ++lane)
            references_[lane] = typical_sample(values_[first + lane]);
        // Block 0 is the half window before the record.
        read(0, entries_[0]);
        const std::size_t blocks = (values_.samples + half_ - 1) / half_;
        for (std::size_t block = 0; block <= blocks; ++block) {
            read(block + 1, entries_[1]);
            average();
            if (block > 0) write((block - 1) * half_);
            std::swap(entries_[0], entries_[1]);
            std::swap(means_[0], means_[1]);
        }
    }

  private:
    // For every place in a block first what each lane adds to sums, then what it adds to counts.
    void read(std::size_t block, LaneBuffer<double>& entries) {
        for (std::size_t lane = 0; lane < rows_; ++lane) {
            const std::span<const T> row = values_[first_ + lane];
            double* const to = entries.data() + lane;
            for (std::size_t k = 0; k < half_; ++k) {
                const std::size_t at = block * half_ + k;
                const bool here = at >= half_ && at < half_ + row.size() && std::isfinite(row[at - half_]);
                to[2 * k * lanes] = here ? static_cast<double>(row[at - half_]) - references_[lane] : 0.0;
                to[(2 * k + 1) * lanes] = here ? 1.0 : 0.0;
            }
        }
    }

    // The means of the half windows that begin in the first of the two blocks, NaN where too little is there.
    void average() {
        constexpr double missing = std::numeric_limits<double>::quiet_NaN();
        const double needed = 0.5 * static_cast<double>(half_);
        for (std::size_t v = 0; v < vectors; ++v) {
            const double* const tail = entries_[0].data() + v * width;
            const double* const head = entries_[1].data() + v * width;
            double* const ends = ends_.data() + v * width;
            V sum = {};
            V count = {};
            for (std::size_t k = half_; k-- > 0;) {
                sum += load<V>(tail + 2 * k * lanes);
                count += load<V>(tail + (2 * k + 1) * lanes);
                store(sum, ends + 2 * k * lanes);
                store(count, ends + (2 * k + 1) * lanes);
            }
            sum = V{};
            count = V{};
            for (std::size_t k = 0; k < half_; ++k) {
                const V members = load<V>(ends + (2 * k + 1) * lanes) + count;
                const V mean = (load<V>(ends + 2 * k * lanes) + sum) / members;
                store(V(members < needed ? V{} + missing : mean), means_[1].data() + k * lanes + v * width);
                sum += load<V>(head + 2 * k * lanes);
                count += load<V>(head + (2 * k + 1) * lanes);
            }
        }
    }

    // After what lies before: the two half windows begin a block apart.
    void write(std::size_t first) {
        const std::size_t here = std::min(half_, values_.samples - first);
        for (std::size_t k = 0; k < here * lanes; k += width) {
            store(V(load<V>(means_[1].data() + k) - load<V>(means_[0].data() + k)), means_[0].data() + k);
        }
        for (std::size_t lane = 0; lane < rows_; ++lane) {
            T* const to = contrast_[first_ + lane].data() + first;
            const double* const from = means_[0].data() + lane;
            for (std::size_t k = 0; k < here; ++k) to[k] = static_cast<T>(from[k * lanes]);
        }
    }

    Rows<const T> values_;
    std::size_t half_;
    Rows<T> contrast_;
    std::array<LaneBuffer<double>, 2> entries_;
    std::array<LaneBuffer<double>, 2> means_;
    LaneBuffer<double> ends_;
    std::array<double, lanes> references_{};
    std::size_t first_ = 0;
    std::size_t rows_ = 0;
};

}  // namespace

template <class T>
void edge_contrast(Rows<const T> values, std::size_t half_window, Rows<T> contrast, std::size_t threads) {
    if (half_window == 0) throw ParameterError("the half window is 0 samples");
    const std::size_t samples = values.samples;
    const T missing = std::numeric_limits<T>::quiet_NaN();
    if (half_window > samples) {  // two sides half full are more samples than there are
        std::fill_n(contrast.data, contrast.rows * samples, missing);
        return;
    }
    const std::size_t shares = worthwhile_threads(threads, contrast.rows * samples);
    share_out(shares, shares, [&](std::size_t, std::size_t, std::size_t share) {
        run_on_active_isa([&](auto bytes) {
            using Lanes = LanesOfContrasts<T, bytes()>;
            const std::size_t groups = (values.rows + Lanes::lanes - 1) / Lanes::lanes;
            Lanes lanes(values, half_window, contrast);
            for (std::size_t group = groups * share / shares; group < groups * (share + 1) / shares;
                 ++group) {
                const std::size_t first = group * Lanes::lanes;
                lanes.run(first, std::min(Lanes::lanes, values.rows - first));
            }
        });
    });
}

template void edge_contrast(Rows<const float>, std::size_t, Rows<float>, std::size_t);
template void edge_contrast(Rows<const double>, std::size_t, Rows<double>, std::size_t);

}  // namespace sesctl
