// A few frames of a record side by side on their way through the chirped transform.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

#include "sesctl/fft.hpp"

namespace sesctl {

// g[n] exp(-jπc(n - L/2)²), kept from one frame to the next since neighbours mostly share their rate.
class ChirpWindow {
  public:
    explicit ChirpWindow(std::span<const double> window, double rate = 0.0)
        : re(window.begin(), window.end()), im(window.size(), 0.0), window_(window) {
        set_rate(rate);
    }

    void set_rate(double rate) {
        if (rate == rate_) return;
        rate_ = rate;
        const double middle = 0.5 * static_cast<double>(window_.size());
        for (std::size_t n = 0; n < window_.size(); ++n) {
            const double lag = static_cast<double>(n) - middle;
            const double phase = -std::numbers::pi * rate * lag * lag;
            re[n] = window_[n] * std::cos(phase);
            im[n] = window_[n] * std::sin(phase);
        }
    }

    std::vector<double> re;
    std::vector<double> im;

  private:
    std::span<const double> window_;
    double rate_ = 0.0;
};

// Frames laid out (point, lane), as the transform wants them.
class FrameBatch {
  public:
    static constexpr std::size_t lanes = BatchedFft::lanes;

    explicit FrameBatch(std::size_t points) : re(points * lanes), im(points * lanes), fft_(points) {}

    void clear() {
        std::ranges::fill(re, 0.0);
        std::ranges::fill(im, 0.0);
    }

    void load(std::size_t lane, std::span<const double> frame, const ChirpWindow& chirp) {
        for (std::size_t n = 0; n < frame.size(); ++n) {
            re[n * lanes + lane] = frame[n] * chirp.re[n];
            im[n * lanes + lane] = frame[n] * chirp.im[n];
        }
    }

    void forward() { fft_.forward(re.data(), im.data()); }
    void inverse() { fft_.inverse(re.data(), im.data()); }

    std::vector<double> re;
    std::vector<double> im;

  private:
    BatchedFft fft_;
};

// Copies a frame, reflected at the record's ends; false if it touches a sample that is not finite.
template <class T>
bool read_frame(std::span<const T> record, std::ptrdiff_t first, std::span<double> frame) {
    const auto samples = static_cast<std::ptrdiff_t>(record.size());
    bool whole = true;
    for (std::size_t n = 0; n < frame.size(); ++n) {
        std::ptrdiff_t at = first + static_cast<std::ptrdiff_t>(n);
        if (at < 0) at = -at;
        if (at >= samples) at = 2 * (samples - 1) - at;
        frame[n] = static_cast<double>(record[static_cast<std::size_t>(at)]);
        whole = whole && std::isfinite(frame[n]);
    }
    return whole;
}

}  // namespace sesctl
