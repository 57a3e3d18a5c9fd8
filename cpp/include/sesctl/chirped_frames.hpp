// The spectra of frames with a chirp each of its own, a few at once.
#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <span>

#include "sesctl/chirp_window.hpp"
#include "sesctl/fft.hpp"
#include "sesctl/lanes.hpp"
#include "sesctl/record_phases.hpp"

namespace sesctl {

// In double precision: a chirp spreads what a record is offset by over all frequencies.
template <class T, std::size_t Bytes>
class ChirpedFrames {
  public:
    using V = Vector<double, Bytes>;
    static constexpr std::size_t lanes = Bytes / sizeof(double);

    ChirpedFrames(std::span<const double> window, const FftPlan<double>& plan)
        : plan_(plan), chirp_(window), re_(plan.points() * lanes), im_(plan.points() * lanes), fft_(plan) {}

    // Writes X[k], k < frequencies, of at most `lanes` whole frames of a row, whose rates are rates[frame],
    // to spectrum[k * count + frame].
    void run(const RecordPhases<T>& phases, std::span<const std::size_t> frames,
             std::span<const double> rates, std::complex<T>* spectrum, std::size_t count,
             std::size_t frequencies) {
        for (std::size_t lane = 0; lane < frames.size(); ++lane) {
            chirp_.set_rate(rates[frames[lane]]);
            for (std::size_t n = 0; n < chirp_.re.size(); ++n) {
                const auto sample = static_cast<double>(*phases.at(n, frames[lane]));
                re_[n * lanes + lane] = sample * chirp_.re[n];
                im_[n * lanes + lane] = sample * chirp_.im[n];
            }
        }
        const bool side_by_side = frames.size() == lanes && frames.back() == frames.front() + lanes - 1;
        const auto source = [&](std::size_t n) {
            return Complex<V>{load<V>(re_.data() + n * lanes), load<V>(im_.data() + n * lanes)};
        };
        fft_.transform(source, [&](std::size_t first, const auto& found) {
            for (std::size_t q = 0; q < found.size(); ++q) {
                const std::size_t k = first + q * (plan_.points() / found.size());
                if (k >= frequencies) continue;
                using Parts = Vector<T, lanes * sizeof(T)>;
                const auto re = __builtin_convertvector(found[q].re, Parts);
                const auto im = __builtin_convertvector(found[q].im, Parts);
                std::complex<T>* const out = spectrum + k * count;
                if (side_by_side) {
                    interleave<T, lanes>(re, im, reinterpret_cast<T*>(out + frames[0]));
                } else {
                    for (std::size_t lane = 0; lane < frames.size(); ++lane) {
                        out[frames[lane]] = {re[lane], im[lane]};
                    }
                }
            }
        });
    }

  private:
    const FftPlan<double>& plan_;
    ChirpWindow chirp_;
    LaneBuffer<double> re_;
    LaneBuffer<double> im_;
    Fft<double, Bytes> fft_;
};

}  // namespace sesctl
