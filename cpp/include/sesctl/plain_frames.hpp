// The spectra of frames without a chirp, several at once.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "sesctl/fft.hpp"
#include "sesctl/lanes.hpp"
#include "sesctl/record_phases.hpp"

namespace sesctl {

// Which transform it is, made once for all frames.
template <class T>
struct PlainTransform {
    explicit PlainTransform(std::span<const double> weights, std::size_t points)
        : plan(points), length(weights.size()), window(weights.begin(), weights.end()) {
        window.resize(points);
        double largest = 0.0;
        for (const double weight : weights) largest = std::max(largest, std::abs(weight));
        suits = largest > 1e-12 && largest < 1e12 && (sizeof(T) == 8 || points <= longest_single);
        const FftPlan<double> exact(points);
        using V = Vector<double, 16>;
        constant.resize(points);
        Fft<double, 16>(exact).transform(
            [&](std::size_t n) { return Complex<V>{V{} + (n < weights.size() ? weights[n] : 0.0), V{}}; },
            [&](std::size_t first, const auto& found) {
                for (std::size_t q = 0; q < found.size(); ++q) {
                    constant[first + q * (points / found.size())] = {static_cast<T>(found[q].re[0]),
                                                                     static_cast<T>(found[q].im[0])};
                }
            });
    }

    FftPlan<T> plan;
    std::size_t length;
    std::vector<T> window;                  // with zeros up to the transform's length
    bool suits;                             // whether T is precise enough for such weights and so many points
    std::vector<std::complex<T>> constant;  // the spectrum of a record that is 1 throughout
};

// One sample of each frame is its reference: what it differs from it is transformed, and the spectrum of the
// reference added, so that an offset of the record leaves no rounding behind.
template <class T, std::size_t Bytes>
class PlainFrames {
  public:
    using V = Vector<T, Bytes>;
    static constexpr std::size_t lanes = Bytes / sizeof(T);

    explicit PlainFrames(const PlainTransform<T>& transform) : transform_(transform), fft_(transform.plan) {
        for (std::size_t lane = 0; lane < lanes; ++lane) conjugate_[lane] = lane % 2 == 0 ? T{1} : T{-1};
    }

    // Writes X[k], k < frequencies, of `lanes` frames from `frame` on to where those of one frequency are
    // `count` apart from those of the next. Tells of each frame whether it could be transformed so: not if it
    // touches a sample that is not finite, or one so large that a sum could overflow.
    std::array<bool, lanes> run(const RecordPhases<T>& phases, std::size_t frame, std::complex<T>* spectrum,
                                std::size_t count, std::size_t frequencies) {
        const std::size_t points = transform_.plan.points();
        const T* const window = transform_.window.data();
        const std::complex<T>* const constant = transform_.constant.data();
        const T* const samples = phases.samples() + frame;
        const std::size_t* const offsets = phases.offsets();
        T* const out = reinterpret_cast<T*>(spectrum);
        const V reference = load<V>(samples + offsets[transform_.length / 2]);
        V size = magnitude<T>(reference);
        const auto source = [&](std::size_t n) {
            const V sample = (load<V>(samples + offsets[n]) - reference) * window[n];
            size += magnitude<T>(sample);
            return sample;
        };
        fft_.transform_real(source, [&](std::size_t k, const Complex<V>& x) {
            const V re = x.re + reference * constant[k].real();
            const V im = x.im + reference * constant[k].imag();
            interleave<T, lanes>(re, im, out + 2 * k * count);
        });
        for (std::size_t k = points / 2 + 1; k < frequencies; ++k) {
            const T* const mirrored = out + 2 * (points - k) * count;
            for (std::size_t i = 0; i < 2 * lanes; i += lanes) {
                store(V(load<V>(mirrored + i) * conjugate_), out + 2 * k * count + i);
            }
        }
        std::array<bool, lanes> done;
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            done[lane] = size[lane] <= std::numeric_limits<T>::max() / 8;
        }
        return done;
    }

  private:
    const PlainTransform<T>& transform_;
    Fft<T, Bytes> fft_;
    V conjugate_;  // of real and imaginary parts in turn
};

}  // namespace sesctl
