// Short-time Fourier transform with a chirped window, and its inverse.
#pragma once

#include <complex>
#include <cstddef>
#include <span>

#include "sesctl/view.hpp"

namespace sesctl {

// How a record is cut into frames: a real window every `hop` samples, `n_fft` frequencies a frame.
class ChirpFrames {
  public:
    // Throws ParameterError unless hop >= 1, 1 <= window <= n_fft, and n_fft is a power of two.
    ChirpFrames(std::span<const double> window, std::size_t hop, std::size_t n_fft, bool centred);

    [[nodiscard]] std::span<const double> window() const { return window_; }
    [[nodiscard]] std::size_t n_fft() const { return n_fft_; }

    // Number of frames of a record: 1 + samples / hop where centred, else only those that lie inside it.
    // Throws ParameterError where a record is too short to be cut (an empty one has no frame).
    [[nodiscard]] std::size_t count(std::size_t samples) const;

    // Where a frame starts; a centred one reaches beyond the record, where the record is reflected.
    [[nodiscard]] std::ptrdiff_t first_sample(std::size_t frame) const;

  private:
    std::span<const double> window_;
    std::size_t hop_;
    std::size_t n_fft_;
    bool centred_;
};

// How the concentration of the normalised power p at positive frequencies is measured: Σ p² or √(Σ p³), which
// are 2^-H of the Rényi entropies H of order 2 and 3.
enum class Concentration { quartic, renyi3 };

struct Overlap {
    bool cola;  // Σ g[n - mH] is the same for every n
    bool nola;  // Σ g²[n - mH] vanishes for no n
};

Overlap check_overlap(std::span<const double> window, std::size_t hop);

// X[m, k] = Σ x[n + first(m)] g[n] exp(-jπ c_m (n - L/2)²) exp(-j2πkn/n_fft), into (row, n_fft, frame).
// `rates` is (row, frame), cycles/sample². A frame that touches a sample that is not finite is NaN.
template <class T>
void chirp_stft(Rows<const T> values, const ChirpFrames& frames, Rows<const double> rates,
                std::complex<T>* spectrum);

// Concentration at the given rates over that at rate 0, (row, frame); NaN for frames that touch a gap.
template <class T>
void chirp_gain(Rows<const T> values, const ChirpFrames& frames, Rows<const double> rates,
                Concentration measure, Rows<double> gain);

// The most concentrated of the rates i/(32 L), |i| <= 16, where it gains at least `min_gain` over rate 0,
// else 0; both outputs are (row, frame), NaN for frames that touch a gap.
template <class T>
void choose_chirp_rates(Rows<const T> values, const ChirpFrames& frames, Concentration measure,
                        double min_gain, Rows<double> rates, Rows<double> gain);

// x = Re Σ ifft(X_m) g exp(+jπ c_m (n - L/2)²) / Σ g², both sums over the frames that are finite throughout;
// NaN where no such frame weighs a sample.
template <class T>
void inverse_chirp_stft(const std::complex<T>* spectrum, const ChirpFrames& frames, Rows<const double> rates,
                        Rows<T> values);

}  // namespace sesctl
