// A few frames of a record side by side on their way through the chirped transform.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "sesctl/chirp_window.hpp"
#include "sesctl/fft.hpp"

namespace sesctl {

// Frames laid out (point, lane), as the transform wants them.
class FrameBatch {
  public:
    static constexpr std::size_t lanes = 8;

    explicit FrameBatch(std::size_t points)
        : re(points * lanes), im(points * lanes), plan_(points), fft_(plan_) {}

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

    void forward() { transform(re, im, 1.0); }
    // Exchanging the parts conjugates the transform.
    void inverse() { transform(im, re, 1.0 / static_cast<double>(plan_.points())); }

    std::vector<double> re;
    std::vector<double> im;

  private:
    using V = Vector<double, lanes * sizeof(double)>;

    void transform(std::vector<double>& real, std::vector<double>& imaginary, double scale) {
        const auto source = [&](std::size_t n) {
            return Complex<V>{sesctl::load<V>(&real[n * lanes]), sesctl::load<V>(&imaginary[n * lanes])};
        };
        // Every point is read before the first is written.
        fft_.transform(source, [&](std::size_t first, const auto& found) {
            for (std::size_t q = 0; q < found.size(); ++q) {
                const std::size_t at = (first + q * (plan_.points() / found.size())) * lanes;
                store(V(found[q].re * scale), &real[at]);
                store(V(found[q].im * scale), &imaginary[at]);
            }
        });
    }

    FftPlan<double> plan_;
    Fft<double, lanes * sizeof(double)> fft_;
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
