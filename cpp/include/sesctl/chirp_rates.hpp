// The chirp rate at which the spectrum of a frame is most concentrated.
#pragma once

#include <cstddef>

#include "sesctl/chirp_frames.hpp"
#include "sesctl/concentration.hpp"
#include "sesctl/view.hpp"

namespace sesctl {

// The most concentrated of the rates i/(32 L), |i| <= 16, where it gains at least `min_gain` over rate 0,
// else 0; both outputs are (row, frame), NaN for frames that touch a gap.
template <class T>
void choose_chirp_rates(Rows<const T> values, const ChirpFrames& frames, Concentration measure,
                        double min_gain, Rows<double> rates, Rows<double> gain, std::size_t threads);

}  // namespace sesctl
