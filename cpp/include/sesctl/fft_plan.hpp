// What a Fourier transform of a power-of-two length is made by.
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

// Beyond it rounding of single precision could add up.
inline constexpr std::size_t longest_single = 4096;

// What a transform of a length needs to know, made once for all of them: the passes of radix 8 that come
// before the last, and the factors by which they turn their results.
template <class Real>
class FftPlan {
  public:
    struct Pass {
        std::size_t size;         // points of each of the transforms that the pass splits into eight
        std::vector<Real> turns;  // for each of its butterflies the parts of seven factors
    };

    explicit FftPlan(std::size_t points) : points_(points), first_(1, 0) {
        if (!std::has_single_bit(points)) {
            throw ParameterError("the transform length " + std::to_string(points) + " is not a power of two");
        }
        std::size_t size = points;
        for (; size > 8; size /= 8) {
            Pass pass{size, {}};
            for (std::size_t k = 0; k < size / 8; ++k) {
                for (std::size_t q = 1; q < 8; ++q) {
                    const double turn =
                        -2.0 * std::numbers::pi * static_cast<double>(q * k) / static_cast<double>(size);
                    pass.turns.push_back(static_cast<Real>(std::cos(turn)));
                    pass.turns.push_back(static_cast<Real>(std::sin(turn)));
                }
            }
            passes_.push_back(std::move(pass));
            // The frequencies of a block are those that its place has with its digits in reverse.
            std::vector<std::size_t> finer;
            for (const std::size_t first : first_) {
                for (std::size_t q = 0; q < 8; ++q) finer.push_back(first + q * points / size);
            }
            first_ = std::move(finer);
        }
        last_radix_ = size;
    }

    [[nodiscard]] std::size_t points() const { return points_; }
    [[nodiscard]] const std::vector<Pass>& passes() const { return passes_; }
    [[nodiscard]] std::size_t last_radix() const { return last_radix_; }
    // The lowest frequency of each block of the last pass.
    [[nodiscard]] const std::vector<std::size_t>& first() const { return first_; }

  private:
    std::size_t points_;
    std::size_t last_radix_;
    std::vector<Pass> passes_;
    std::vector<std::size_t> first_;
};

}  // namespace sesctl
