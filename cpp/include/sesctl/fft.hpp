// A complex Fourier transform of power-of-two length over a few signals at once.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "sesctl/errors.hpp"

namespace sesctl {

// Radix-2, decimation in time (Cooley and Tukey 1965). Real and imaginary parts are apart and laid out
// (point, lane): every butterfly then works on `lanes` neighbouring numbers with one twiddle factor, which
// compilers turn into vector instructions without help.
class BatchedFft {
  public:
    static constexpr std::size_t lanes = 8;

    explicit BatchedFft(std::size_t points) : points_(points) {
        if (!std::has_single_bit(points)) {
            throw ParameterError("the transform length " + std::to_string(points) + " is not a power of two");
        }
        const double step = -2.0 * std::numbers::pi / static_cast<double>(points);
        for (std::size_t k = 0; k < points / 2; ++k) {
            cosine_.push_back(std::cos(step * static_cast<double>(k)));
            sine_.push_back(std::sin(step * static_cast<double>(k)));
        }
        for (std::size_t i = 0, reversed = 0; i < points; ++i) {
            if (i < reversed) swaps_.emplace_back(i, reversed);
            std::size_t bit = points >> 1;
            while (bit != 0 && (reversed & bit) != 0) {
                reversed ^= bit;
                bit >>= 1;
            }
            reversed |= bit;
        }
    }

    // X[k] = Σ x[n] exp(-j2πkn/N), in place; `re` and `im` hold (points, lanes) numbers each.
    void forward(double* re, double* im) const {
        for (const auto& [i, j] : swaps_) {
            std::swap_ranges(re + i * lanes, re + (i + 1) * lanes, re + j * lanes);
            std::swap_ranges(im + i * lanes, im + (i + 1) * lanes, im + j * lanes);
        }
        for (std::size_t half = 1; half < points_; half *= 2) {
            const std::size_t stride = points_ / (2 * half);
            for (std::size_t start = 0; start < points_; start += 2 * half) {
                for (std::size_t k = 0; k < half; ++k) {
                    butterfly(re + (start + k) * lanes, im + (start + k) * lanes, half * lanes,
                              cosine_[k * stride], sine_[k * stride]);
                }
            }
        }
    }

    // x[n] = 1/N Σ X[k] exp(+j2πkn/N), in place: exchanging the parts conjugates the transform.
    void inverse(double* re, double* im) const {
        forward(im, re);
        const double scale = 1.0 / static_cast<double>(points_);
        for (std::size_t i = 0; i < points_ * lanes; ++i) {
            re[i] *= scale;
            im[i] *= scale;
        }
    }

  private:
    static void butterfly(double* re, double* im, std::size_t apart, double cosine, double sine) {
        double* const far_re = re + apart;
        double* const far_im = im + apart;
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const double turned_re = far_re[lane] * cosine - far_im[lane] * sine;
            const double turned_im = far_re[lane] * sine + far_im[lane] * cosine;
            far_re[lane] = re[lane] - turned_re;
            far_im[lane] = im[lane] - turned_im;
            re[lane] += turned_re;
            im[lane] += turned_im;
        }
    }

    std::size_t points_;
    std::vector<double> cosine_;
    std::vector<double> sine_;
    std::vector<std::pair<std::size_t, std::size_t>> swaps_;
};

}  // namespace sesctl
