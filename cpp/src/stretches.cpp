#include "sesctl/stretches.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include "sesctl/finite.hpp"
#include "sesctl/gaps.hpp"
#include "sesctl/gram_basis.hpp"
#include "sesctl/parallel.hpp"
#include "sesctl/step_means.hpp"
#include "sesctl/window.hpp"
#include "sesctl/window_moments.hpp"

namespace sesctl {

namespace {

// Windows of one stretch that one lane takes on: a long record is shared out to lanes, a day is not.
constexpr std::size_t longest_share = std::size_t{1} << 14;

// Shorter means are taken of what is smooth already, where whole numbers seldom do.
constexpr std::size_t shortest_of_integers = 63;

// Writes the polynomial fitted to one window at its points first, first + 1, ...
template <class T>
void fit_window(std::span<const T> samples, const GramBasis& basis, std::size_t first, std::span<T> fitted) {
    double offset = 0.0;
    // In double precision, single precision keeps its digits whatever it stands on.
    if constexpr (std::is_same_v<T, double>) {
        // The sample of least magnitude: what departs from it keeps its digits, since no sample is less.
        offset = *std::ranges::min_element(samples, {}, [](double sample) { return std::abs(sample); });
    }
    basis.fit(samples, offset, first, fitted);
}

// What is left of a row once its ends are smoothed. Not flattened: it takes long to compile and little to
// run.
template <class T>
class Ends {
  public:
    Ends(std::size_t window, std::size_t order)
        : basis_(window, order),
          window_(window),
          order_(order),
          share_(std::max(longest_share / window, std::size_t{1}) * window) {}

    // Smooths what no full window in a stretch is the middle of, and adds the windows that are.
    [[gnu::noinline]] void smooth(std::span<const T> stretch, std::span<T> smoothed,
                                  std::vector<Windows<T>>& windows) {
        const std::size_t length = stretch.size();
        const std::size_t half = window_ / 2;
        const std::size_t fitting = fitting_window(window_, length);
        // A window of one sample returns it.
        if (fitting == 1 || fitting <= order_) {
            std::ranges::copy(stretch, smoothed.begin());
        } else if (fitting < window_) {
            // One full window, or two: the first reaches up to its middle, the last from there on.
            const GramBasis own(fitting, order_);
            const std::size_t middle = fitting / 2 + 1;
            fit_window(stretch.first(fitting), own, 0, smoothed.first(middle));
            fit_window(stretch.last(fitting), own, middle - (length - fitting), smoothed.subspan(middle));
        } else {
            fit_window(stretch.first(window_), basis_, 0, smoothed.first(half));
            fit_window(stretch.last(window_), basis_, window_ - half, smoothed.last(half));
            const std::size_t count = length - 2 * half;
            for (std::size_t at = 0; at < count; at += share_) {
                windows.push_back(
                    {stretch.data() + at, smoothed.data() + half + at, std::min(share_, count - at)});
            }
        }
    }

  private:
    GramBasis basis_;
    std::size_t window_;
    std::size_t order_;
    std::size_t share_;
};

// The same for every stretch of a row; NaN elsewhere.
template <class T, std::size_t Bytes>
void smooth_ends(std::span<const T> row, std::span<T> out, Ends<T>& ends, std::vector<Windows<T>>& windows) {
    std::size_t done = 0;
    const auto pass_over_gap = [&](std::size_t end) {
        std::fill(out.begin() + static_cast<std::ptrdiff_t>(done),
                  out.begin() + static_cast<std::ptrdiff_t>(end), std::numeric_limits<T>::quiet_NaN());
    };
    for_each_stretch<T, Bytes>(row, [&](std::size_t first, std::size_t length) {
        pass_over_gap(first);
        done = first + length;
        ends.smooth(row.subspan(first, length), out.subspan(first, length), windows);
    });
    pass_over_gap(row.size());
}

// Lanes that end together leave none idle.
template <class T>
[[gnu::noinline]] void sort_by_length(std::span<Windows<T>> windows) {
    std::ranges::stable_sort(windows, std::ranges::greater{}, &Windows<T>::count);
}

// Smooths windows side by side in lanes.
template <class T, std::size_t Bytes, std::size_t Sums>
class SideBySide {
  public:
    static constexpr std::size_t lanes = LanesOfWindows<T, Bytes, Sums>::lanes;

    explicit SideBySide(const WindowWeights& weights) : lanes_(weights) {}

    void smooth(std::span<Windows<T>> windows) {
        sort_by_length(windows);
        for (std::size_t at = 0; at < windows.size(); at += lanes) {
            lanes_.smooth(windows.subspan(at, std::min(lanes, windows.size() - at)));
        }
    }

  private:
    LanesOfWindows<T, Bytes, Sums> lanes_;
};

// Takes means from sums of whole numbers, where these will do.
template <class T, std::size_t Bytes>
class InSteps {
  public:
    static constexpr std::size_t lanes = StepMeans<T, Bytes>::lanes;

    explicit InSteps(const WindowWeights& weights) : means_(weights.window()), others_(weights) {}

    void smooth(std::span<Windows<T>> windows) {
        sort_by_length(windows);
        left_.clear();
        for (std::size_t at = 0; at < windows.size(); at += lanes) {
            means_.average(windows.subspan(at, std::min(lanes, windows.size() - at)), left_);
        }
        others_.smooth(left_);
    }

  private:
    StepMeans<T, Bytes> means_;
    SideBySide<T, Bytes, 1> others_;
    std::vector<Windows<T>> left_;
};

// Smooths the windows, then those of the rows from begin to end, and leaves those that may not fill the
// lanes.
template <class Smoother, std::size_t Bytes, class T>
void smooth_rows(const WindowWeights& weights, Rows<const T> values, Rows<T> smoothed, std::size_t begin,
                 std::size_t end, Ends<T>& ends, std::vector<Windows<T>>& windows) {
    Smoother smoother(weights);
    // As soon as there is a row for every lane, while they still lie near the processor.
    for (std::size_t r = begin;; ++r) {
        if ((r - begin) % Smoother::lanes == 0 && !windows.empty()) {
            smoother.smooth(windows);
            windows.clear();
        }
        if (r == end) return;
        smooth_ends<T, Bytes>(values[r], smoothed[r], ends, windows);
    }
}

// The same for the active instructions.
template <class T>
void smooth_share(const WindowWeights& weights, Rows<const T> values, Rows<T> smoothed, std::size_t begin,
                  std::size_t end, Ends<T>& ends, std::vector<Windows<T>>& windows) {
    run_on_active_isa([&](auto bytes) {
        const auto smooth = [&]<class Smoother>(std::type_identity<Smoother>) {
            smooth_rows<Smoother, bytes()>(weights, values, smoothed, begin, end, ends, windows);
        };
        if (weights.sums() == 3) return smooth(std::type_identity<SideBySide<T, bytes(), 3>>{});
        if (weights.sums() == 5) return smooth(std::type_identity<SideBySide<T, bytes(), 5>>{});
        if (weights.window() >= shortest_of_integers) {
            return smooth(std::type_identity<InSteps<T, bytes()>>{});
        }
        smooth(std::type_identity<SideBySide<T, bytes(), 1>>{});
    });
}

}  // namespace

template <class T>
void smooth_stretches(Rows<const T> values, std::size_t window, std::size_t order, Rows<T> smoothed,
                      std::size_t threads) {
    if (window == 1) {
        const std::size_t size = values.rows * values.samples;
        if (first_infinite(std::span(values.data, size), threads) < size) refuse_infinite();
        std::copy_n(values.data, values.rows * values.samples, smoothed.data);
        return;
    }
    const WindowWeights weights(window, order);
    const std::size_t shares = worthwhile_threads(threads, values.rows * values.samples);
    std::vector<std::vector<Windows<T>>> left(shares);
    share_out(values.rows, shares, [&](std::size_t begin, std::size_t end, std::size_t share) {
        Ends<T> ends(window, order);
        smooth_share(weights, values, smoothed, begin, end, ends, left[share]);
    });
    // A few rows, or only as many as there are, which may be long.
    std::vector<Windows<T>> windows;
    std::size_t samples = 0;
    for (const auto& some : left) {
        for (const auto& each : some) samples += each.count;
        windows.insert(windows.end(), some.begin(), some.end());
    }
    if (windows.empty()) return;
    share_out(windows.size(), worthwhile_threads(threads, samples),
              [&](std::size_t begin, std::size_t end, std::size_t) {
                  Ends<T> ends(window, order);
                  std::vector<Windows<T>> some(windows.begin() + static_cast<std::ptrdiff_t>(begin),
                                               windows.begin() + static_cast<std::ptrdiff_t>(end));
                  smooth_share(weights, values, smoothed, 0, 0, ends, some);
              });
}

template void smooth_stretches(Rows<const float>, std::size_t, std::size_t, Rows<float>, std::size_t);
template void smooth_stretches(Rows<const double>, std::size_t, std::size_t, Rows<double>, std::size_t);

}  // namespace sesctl
