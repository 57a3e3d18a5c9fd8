// A record laid out so that one sample of neighbouring frames lies side by side.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "sesctl/chirp_frames.hpp"
#include "sesctl/lanes.hpp"

namespace sesctl {

// Phase p holds the samples p, p + hop, p + 2 hop, ... of the record, reflected at its ends as its frames
// are. Sample n of frames m, m + 1, ... then is a run of phase n mod hop.
template <class T>
class RecordPhases {
  public:
    // For records of `count` frames; `beyond` frames more may be read, and are repeated last ones.
    RecordPhases(const ChirpFrames& frames, std::size_t count, std::size_t beyond)
        : frames_(frames),
          phases_(std::min(frames.hop(), frames.window().size())),
          length_(count + beyond + (frames.window().size() - 1) / frames.hop()),
          samples_(phases_ * length_),
          count_(count) {
        for (std::size_t n = 0; n < frames.window().size(); ++n) {
            offsets_.push_back(n % frames.hop() * length_ + n / frames.hop());
        }
        offsets_.resize(frames.n_fft(), offsets_[frames.window().size() / 2]);
    }

    void read(std::span<const T> record) {
        const auto last = static_cast<std::ptrdiff_t>(record.size()) - 1;
        const std::ptrdiff_t start = frames_.first_sample(0);
        const std::size_t hop = frames_.hop();
        const std::size_t end = (count_ - 1) * hop + frames_.window().size();
        const auto reflected = [&](std::size_t n) {
            const std::ptrdiff_t at = start + static_cast<std::ptrdiff_t>(std::min(n, end - 1));
            return static_cast<std::size_t>(at < 0 ? -at : at > last ? 2 * last - at : at);
        };
        // From `inside` to `outside` all phases lie in the record.
        const std::size_t before = static_cast<std::size_t>(-start);
        const std::size_t inside = std::min(length_, (before + hop - 1) / hop);
        const std::size_t most = std::min(record.size() + before, end);
        const std::size_t outside =
            std::clamp(most < phases_ ? 0 : (most - phases_) / hop + 1, inside, length_);
        std::size_t p = 0;
        for (; p + 4 <= phases_; p += 4) {
            T* const four[] = {phase(p) + inside, phase(p + 1) + inside, phase(p + 2) + inside,
                               phase(p + 3) + inside};
            if (inside < outside) {
                from_lanes(record.data() + inside * hop - before + p, hop, outside - inside, four);
            }
        }
        for (; p < phases_; ++p) {
            for (std::size_t j = inside; j < outside; ++j) phase(p)[j] = record[j * hop - before + p];
        }
        for (p = 0; p < phases_; ++p) {
            const auto copy_reflected = [&](std::size_t j) { phase(p)[j] = record[reflected(j * hop + p)]; };
            for (std::size_t j = 0; j < inside; ++j) copy_reflected(j);
            for (std::size_t j = outside; j < length_; ++j) copy_reflected(j);
        }
    }

    // Sample n of a frame, or its middle one for n from the window's length to n_fft; those of the frames
    // after it follow.
    [[nodiscard]] const T* at(std::size_t n, std::size_t frame) const {
        return samples_.data() + offsets_[n] + frame;
    }

    // Sample n of a frame is at samples()[offsets()[n] + frame].
    [[nodiscard]] const T* samples() const { return samples_.data(); }
    [[nodiscard]] const std::size_t* offsets() const { return offsets_.data(); }

    // Whether a frame touches no sample that is not finite.
    [[nodiscard]] bool is_whole(std::size_t frame) const {
        for (std::size_t n = 0; n < frames_.window().size(); ++n) {
            if (!std::isfinite(*at(n, frame))) return false;
        }
        return true;
    }

  private:
    T* phase(std::size_t p) { return samples_.data() + p * length_; }

    const ChirpFrames& frames_;
    std::size_t phases_;
    std::size_t length_;
    std::vector<T> samples_;
    std::size_t count_;
    std::vector<std::size_t> offsets_;
};

}  // namespace sesctl
