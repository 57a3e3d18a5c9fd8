// How much more concentrated the spectrum of a frame is at a chirp rate.
#pragma once

#include <cstddef>

#include "sesctl/chirp_frames.hpp"
#include "sesctl/concentration.hpp"
#include "sesctl/view.hpp"

namespace sesctl {

// Concentration at the given rates over that at rate 0, (row, frame); NaN for frames that touch a gap.
template <class T>
void chirp_gain(Rows<const T> values, const ChirpFrames& frames, Rows<const double> rates,
                Concentration measure, Rows<double> gain, std::size_t threads);

}  // namespace sesctl
