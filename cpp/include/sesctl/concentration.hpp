// What the choice of a chirp rate is decided by.
#pragma once

namespace sesctl {

// How the concentration of the normalised power p at positive frequencies is measured: Σ p² or √(Σ p³), which
// are 2^-H of the Rényi entropies H of order 2 and 3. Over all frequencies ±c could not be told apart.
enum class Concentration { quartic, renyi3 };

// A frame may touch a gap, or hold samples that are constant, within the rounding of their type.
enum class FrameState { missing, constant, judged };

// Power below this share of a frame's is rounding of the transform, in which nothing is concentrated.
inline constexpr double power_floor = 1e-20;

}  // namespace sesctl
