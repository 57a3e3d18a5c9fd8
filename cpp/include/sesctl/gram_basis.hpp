// The polynomials that a least-squares fit to a window is made of.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace sesctl {

inline constexpr std::size_t most_polynomials = 6;

// The polynomials up to an order that are orthonormal on the points of a window (Gram's). With them a
// least-squares fit is a few scalar products, good to rounding, where a fit in plain powers of the position
// leaves no digit right at 1001 points and order 5.
class GramBasis {
  public:
    GramBasis(std::size_t window, std::size_t order) : window_(window), order_(order), values_(window) {
        const auto half = static_cast<double>(window / 2);
        const auto unit = [&](std::size_t i) { return (static_cast<double>(i) - half) / half; };
        std::vector<double> before(window, 0.0);
        std::vector<double> latest(window, 0.0);
        std::vector<double> next(window, 1.0);
        for (std::size_t k = 0;; ++k) {
            const double norm = std::sqrt(std::inner_product(next.begin(), next.end(), next.begin(), 0.0));
            before.swap(latest);
            for (std::size_t i = 0; i < window; ++i) values_[i][k] = latest[i] = next[i] / norm;
            if (k == order) return;
            // p(k+1) = u p(k) - <u p(k), p(k-1)> p(k-1): the points are symmetric, so no p(k) term.
            for (std::size_t i = 0; i < window; ++i) next[i] = unit(i) * latest[i];
            const double shared = std::inner_product(next.begin(), next.end(), before.begin(), 0.0);
            for (std::size_t i = 0; i < window; ++i) next[i] -= shared * before[i];
        }
    }

    [[nodiscard]] std::size_t window() const { return window_; }

    // Writes the polynomial fitted to one window of samples at its points first, first + 1, ..., all less an
    // offset that it stands on.
    template <class T>
    void fit(std::span<const T> samples, double offset, std::size_t first, std::span<T> fitted) const {
        if (order_ < 2) return fit_some<2>(samples, offset, first, fitted);
        if (order_ < 4) return fit_some<4>(samples, offset, first, fitted);
        fit_some<most_polynomials>(samples, offset, first, fitted);
    }

  private:
    template <std::size_t Count, class T>
    void fit_some(std::span<const T> samples, double offset, std::size_t first, std::span<T> fitted) const {
        // Sums of every fourth product: none has to wait for the one before.
        constexpr std::size_t apart = 4;
        std::array<std::array<double, Count>, apart> sums{};
        std::size_t i = 0;
        const auto add = [&](std::size_t to) {
            const double sample = static_cast<double>(samples[i]) - offset;
            for (std::size_t k = 0; k < Count; ++k) sums[to][k] += sample * values_[i][k];
            ++i;
        };
        while (i + apart <= window_) {
            for (std::size_t to = 0; to < apart; ++to) add(to);
        }
        while (i < window_) add(0);
        std::array<double, Count> shares;
        for (std::size_t k = 0; k < Count; ++k)
            shares[k] = (sums[0][k] + sums[1][k]) + (sums[2][k] + sums[3][k]);
        for (std::size_t at = 0; at < fitted.size(); ++at) {
            double sum = 0.0;
            for (std::size_t k = 0; k < Count; ++k) sum += shares[k] * values_[first + at][k];
            fitted[at] = static_cast<T>(offset + sum);
        }
    }

    std::size_t window_;
    std::size_t order_;
    // By point, then by order; 0 beyond the order.
    std::vector<std::array<double, most_polynomials>> values_;
};

}  // namespace sesctl
