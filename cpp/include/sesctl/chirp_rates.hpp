// The chirp rate at which the spectrum of a frame is most concentrated.
#pragma once

#include "sesctl/chirp_frames.hpp"
#include "sesctl/view.hpp"

namespace sesctl {

// How the concentration of the normalised power p at positive frequencies is measured: Σ p² or √(Σ p³), which
// are 2^-H of the Rényi entropies H of order 2 and 3.
enum class Concentration { quartic, renyi3 };

// Concentration at the given rates over that at rate 0, (row, frame); NaN for frames that touch a gap.
template <class T>
void chirp_gain(Rows<const T> values, const ChirpFrames& frames, Rows<const double> rates,
                Concentration measure, Rows<double> gain, std::size_t threads);

// The most concentrated of the rates i/(32 L), |i| <= 16, where it gains at least `min_gain` over rate 0,
// else 0; both outputs are (row, frame), NaN for frames that touch a gap.
template <class T>
void choose_chirp_rates(Rows<const T> values, const ChirpFrames& frames, Concentration measure,
                        double min_gain, Rows<double> rates, Rows<double> gain, std::size_t threads);

}  // namespace sesctl
