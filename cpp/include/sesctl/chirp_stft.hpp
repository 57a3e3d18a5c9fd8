// Short-time Fourier transform with a chirped window.
#pragma once

#include <complex>
#include <cstddef>

#include "sesctl/chirp_frames.hpp"
#include "sesctl/view.hpp"

namespace sesctl {

// X[m, k] = Σ x[n + first(m)] g[n] exp(-jπ c_m (n - L/2)²) exp(-j2πkn/n_fft), k < frequencies, into (row,
// frequencies, frame): n_fft frequencies, or n_fft / 2 + 1. `rates` is (row, frame), cycles/sample². A frame
// that touches a sample that is not finite is NaN.
template <class T>
void chirp_stft(Rows<const T> values, const ChirpFrames& frames, Rows<const double> rates,
                std::size_t frequencies, std::complex<T>* spectrum, std::size_t threads);

}  // namespace sesctl
