// How a record is cut into the frames of a chirped transform.
#pragma once

#include <bit>
#include <cstddef>
#include <span>
#include <string>

#include "sesctl/errors.hpp"

namespace sesctl {

// 121 days at 0.1 Hz; the frames under way then take some hundred MiB a thread, and a mistaken length cannot
// take all memory.
inline constexpr std::size_t longest_transform = std::size_t{1} << 20;

// A real window every `hop` samples, `n_fft` frequencies a frame.
class ChirpFrames {
  public:
    // Throws ParameterError unless hop >= 1, 1 <= window <= n_fft, and n_fft is a power of two of at most
    // longest_transform.
    ChirpFrames(std::span<const double> window, std::size_t hop, std::size_t n_fft, bool centred)
        : window_(window), hop_(hop), n_fft_(n_fft), centred_(centred) {
        if (hop == 0) throw ParameterError("the hop is 0 samples");
        if (window.empty() || window.size() > n_fft) {
            throw ParameterError("a window of " + std::to_string(window.size()) +
                                 " samples does not fit a transform of " + std::to_string(n_fft));
        }
        if (!std::has_single_bit(n_fft) || n_fft > longest_transform) {
            throw ParameterError("the transform length " + std::to_string(n_fft) +
                                 " is not a power of two of at most " + std::to_string(longest_transform));
        }
    }

    [[nodiscard]] std::span<const double> window() const { return window_; }
    [[nodiscard]] std::size_t n_fft() const { return n_fft_; }
    [[nodiscard]] std::size_t hop() const { return hop_; }

    // Number of frames of a record: 1 + samples / hop where centred, else only those that lie inside it.
    // Throws ParameterError where a record is too short to be cut (an empty one has no frame).
    [[nodiscard]] std::size_t count(std::size_t samples) const {
        if (samples == 0) return 0;
        const std::size_t length = window_.size();
        // Reflection takes at most half a frame, rounded up, from beyond the record's first or last sample.
        const std::size_t least = centred_ ? (length + 1) / 2 + 1 : length;
        if (samples < least) {
            throw ParameterError("a record of " + std::to_string(samples) + " samples is shorter than the " +
                                 std::to_string(least) + " its frames need");
        }
        return centred_ ? 1 + samples / hop_ : 1 + (samples - length) / hop_;
    }

    // Where a frame starts; a centred one reaches beyond the record, where the record is reflected.
    [[nodiscard]] std::ptrdiff_t first_sample(std::size_t frame) const {
        const auto start = static_cast<std::ptrdiff_t>(frame * hop_);
        return centred_ ? start - static_cast<std::ptrdiff_t>(window_.size() / 2) : start;
    }

  private:
    std::span<const double> window_;
    std::size_t hop_;
    std::size_t n_fft_;
    bool centred_;
};

}  // namespace sesctl
