// Whether samples are what a kernel can take.
#pragma once

#include <cstddef>
#include <span>

#include "sesctl/lanes.hpp"

namespace sesctl {

// Whether no sample is infinite or NaN.
template <class T>
bool is_finite(std::span<const T> samples) {
    using V = Vector<T, 16>;
    constexpr std::size_t lanes = 16 / sizeof(T);
    V wild = {};
    std::size_t at = 0;
    // What is finite leaves 0, everything else NaN.
    for (; at + lanes <= samples.size(); at += lanes) wild += load<V>(&samples[at]) - load<V>(&samples[at]);
    for (; at < samples.size(); ++at) wild[0] += samples[at] - samples[at];
    return !any_bit(wild != 0);
}

// The first sample that is infinite; the number of samples where none is.
template <class T>
std::size_t first_infinite(std::span<const T> samples, std::size_t threads);

}  // namespace sesctl
