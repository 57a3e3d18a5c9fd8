// The record with a given chirp-window spectrum.
#pragma once

#include <complex>

#include "sesctl/chirp_frames.hpp"
#include "sesctl/view.hpp"

namespace sesctl {

// x = Re Σ ifft(X_m) g exp(+jπ c_m (n - L/2)²) / Σ g², both sums over the frames that are finite throughout;
// NaN where no such frame weighs a sample.
template <class T>
void inverse_chirp_stft(const std::complex<T>* spectrum, const ChirpFrames& frames, Rows<const double> rates,
                        Rows<T> values, std::size_t threads);

}  // namespace sesctl
