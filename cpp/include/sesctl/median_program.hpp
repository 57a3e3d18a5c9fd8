// The comparisons that find the medians of a few neighbouring windows, the same whatever the samples.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sesctl {

// Windows that overlap share the samples they all hold, their core, which is sorted once. Half of the windows
// then share half of the other samples, too, and so on down to single windows: sorted samples are merged into
// the core, and of it only those are kept that can still become a median. All that is a fixed sequence of
// comparisons, so that every lane of a vector can follow it with samples of its own.
struct MedianProgram {
    // Puts the lesser of two slots into one, the greater into another. Here are their places.
    struct Comparison {
        std::uint16_t left;
        std::uint16_t right;
        std::uint16_t lesser;
        std::uint16_t greater;
    };

    std::size_t window = 0;
    std::size_t tile = 0;   // neighbouring windows, that begin at samples 0, 1, ...
    std::size_t slots = 0;  // the samples of the tile lie in the first ones
    std::vector<Comparison> comparisons;
    // Of each window where its median ends up, with the next sample below and above.
    std::vector<std::array<std::uint16_t, 3>> ranks;

    [[nodiscard]] std::size_t samples() const { return window + tile - 1; }
};

// Made once for each odd window, and for slots whose places are `slot` apart. With `neighbours`, what is next
// below and above the median is found, too; without, all three ranks are that of the median.
const MedianProgram& median_program(std::size_t window, bool neighbours, std::size_t slot);

}  // namespace sesctl
