// The spectra of frames with a chirp each of its own, a few at once.
#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <span>
#include <unordered_map>

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
        : plan_(plan), window_(window), re_(plan.points() * lanes), im_(plan.points() * lanes), fft_(plan) {}

    // Writes X[k], k < frequencies, of at most `lanes` whole frames of a row, whose rates are rates[frame],
    // to spectrum[k * count + frame - first_frame].
    void run(const RecordPhases<T>& phases, std::span<const std::size_t> frames,
             std::span<const double> rates, std::complex<T>* spectrum, std::size_t first_frame,
             std::size_t count, std::size_t frequencies) {
        for (std::size_t lane = 0; lane < frames.size(); ++lane) {
            const ChirpWindow& chirp = chirp_at(rates[frames[lane]]);
            for (std::size_t n = 0; n < chirp.re.size(); ++n) {
                const auto sample = static_cast<double>(*phases.at(n, frames[lane]));
                re_[n * lanes + lane] = sample * chirp.re[n];
                im_[n * lanes + lane] = sample * chirp.im[n];
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
                    interleave<T, lanes>(re, im, reinterpret_cast<T*>(out + (frames[0] - first_frame)));
                } else {
                    for (std::size_t lane = 0; lane < frames.size(); ++lane) {
                        out[frames[lane] - first_frame] = {re[lane], im[lane]};
                    }
                }
            }
        });
    }

  private:
    // Twice as many as can be chosen: sines take longer than a transform.
    static constexpr std::size_t most_kept = 66;

    const ChirpWindow& chirp_at(double rate) {
        if (chirps_.size() == most_kept && !chirps_.contains(rate)) chirps_.clear();
        return chirps_.try_emplace(rate, window_, rate).first->second;
    }

    const FftPlan<double>& plan_;
    std::span<const double> window_;
    std::unordered_map<double, ChirpWindow> chirps_;
    LaneBuffer<double> re_;
    LaneBuffer<double> im_;
    Fft<double, Bytes> fft_;
};

}  // namespace sesctl
