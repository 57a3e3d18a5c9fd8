#include "sesctl/savgol.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "sesctl/errors.hpp"
#include "sesctl/stretches.hpp"
#include "sesctl/window.hpp"

namespace sesctl {

namespace {

// The polynomials up to an order that are orthonormal on the points of a window (Gram's). With them a
// least-squares fit is a few scalar products, good to rounding, where a fit in plain powers of the position
// leaves no digit right at 1001 points and order 5.
class GramBasis {
  public:
    GramBasis(std::size_t window, std::size_t order) : window_(window), order_(order) {
        const auto half = static_cast<double>(window / 2);
        const auto unit = [&](std::size_t i) { return (static_cast<double>(i) - half) / half; };
        std::vector<double> next(window, 1.0);
        for (std::size_t k = 0;; ++k) {
            const double norm = std::sqrt(std::inner_product(next.begin(), next.end(), next.begin(), 0.0));
            for (double& value : next) value /= norm;
            polynomials_[k] = next;
            if (k == order) return;
            // p(k+1) = u p(k) - <u p(k), p(k-1)> p(k-1): the points are symmetric, so no p(k) term.
            for (std::size_t i = 0; i < window; ++i) next[i] *= unit(i);
            if (k == 0) continue;
            const auto& before = polynomials_[k - 1];
            const double shared = std::inner_product(next.begin(), next.end(), before.begin(), 0.0);
            for (std::size_t i = 0; i < window; ++i) next[i] -= shared * before[i];
        }
    }

    [[nodiscard]] std::size_t window() const { return window_; }

    // The weights of the fitted value at the middle, from the middle outwards; they are symmetric.
    [[nodiscard]] std::vector<double> middle_weights() const {
        const std::size_t half = window_ / 2;
        std::vector<double> weights(half + 1, 0.0);
        for (std::size_t k = 0; k <= order_; ++k) {
            for (std::size_t i = 0; i <= half; ++i) {
                weights[i] += polynomials_[k][half] * polynomials_[k][half + i];
            }
        }
        return weights;
    }

    // Writes the polynomial fitted to one window of samples at its points first, first + 1, ...
    void fit(std::span<const double> samples, std::size_t first, std::span<double> fitted) const {
        std::fill(fitted.begin(), fitted.end(), 0.0);
        for (std::size_t k = 0; k <= order_; ++k) {
            const auto& polynomial = polynomials_[k];
            const double share = std::inner_product(samples.begin(), samples.end(), polynomial.begin(), 0.0);
            for (std::size_t i = 0; i < fitted.size(); ++i) fitted[i] += share * polynomial[first + i];
        }
    }

  private:
    std::size_t window_;
    std::size_t order_;
    std::array<std::vector<double>, highest_order + 1> polynomials_;
};

// Correlates with symmetric weights, where a full window fits. Tap by tap over a short block, so that the
// inner loop runs over neighbouring samples and each result still adds its terms in one fixed order.
void smooth_interior(std::span<const double> samples, std::span<const double> weights,
                     std::span<double> smoothed) {
    constexpr std::size_t block = 512;
    const std::size_t half = weights.size() - 1;
    const std::size_t end = samples.size() - half;
    for (std::size_t begin = half; begin < end; begin += block) {
        const std::size_t length = std::min(block, end - begin);
        const double* const middle = samples.data() + begin;
        double* const out = smoothed.data() + begin;
        for (std::size_t i = 0; i < length; ++i) out[i] = weights[0] * middle[i];
        for (std::size_t tap = 1; tap <= half; ++tap) {
            const double weight = weights[tap];
            const double* const left = middle - tap;
            const double* const right = middle + tap;
            for (std::size_t i = 0; i < length; ++i) out[i] += weight * (left[i] + right[i]);
        }
    }
}

void smooth_stretch(std::span<const double> samples, const GramBasis& basis, std::span<double> smoothed) {
    const std::size_t window = basis.window();
    const std::size_t half = window / 2;
    smooth_interior(samples, basis.middle_weights(), smoothed);
    basis.fit(samples.first(window), 0, smoothed.first(half));
    basis.fit(samples.last(window), window - half, smoothed.last(half));
}

std::size_t checked_order(std::int64_t order, std::size_t window) {
    if (order < 0 || order > highest_order) {
        throw ParameterError("order is " + std::to_string(order) + ", which is not from 0 to " +
                             std::to_string(highest_order));
    }
    if (window <= static_cast<std::size_t>(order)) {
        throw ParameterError("window is " + std::to_string(window) +
                             " samples, which do not determine a polynomial of order " +
                             std::to_string(order));
    }
    return static_cast<std::size_t>(order);
}

}  // namespace

template <class T>
void smooth_savgol(Rows<const T> values, std::int64_t window, std::int64_t order, Rows<T> smoothed) {
    const std::size_t width = checked_window(window);
    const std::size_t degree = checked_order(order, width);
    const GramBasis basis(width, degree);
    smooth_stretches(values, width, degree, smoothed,
                     [&](std::span<const double> samples, std::size_t fitting, std::span<double> result) {
                         if (fitting == width) {
                             smooth_stretch(samples, basis, result);
                         } else {
                             smooth_stretch(samples, GramBasis(fitting, degree), result);
                         }
                     });
}

template void smooth_savgol(Rows<const float>, std::int64_t, std::int64_t, Rows<float>);
template void smooth_savgol(Rows<const double>, std::int64_t, std::int64_t, Rows<double>);

}  // namespace sesctl
