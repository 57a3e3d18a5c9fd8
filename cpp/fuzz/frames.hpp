// Records and how they are cut into frames, for the targets of the chirped transform.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "input.hpp"
#include "sesctl/chirp_frames.hpp"
#include "sesctl/errors.hpp"

namespace sesctl::fuzz {

// A record's window, hop and transform length; the window may hold anything finite.
struct Cut {
    explicit Cut(Input& input)
        : n_fft(input.flag() ? 64 : std::size_t{1} << input.between(0, 9)),
          window(std::min(input.size_between(0, 70), n_fft)),
          hop(input.size_between(0, 70)),
          centred(input.flag()) {
        const bool smooth = input.flag();
        for (std::size_t n = 0; n < window.size(); ++n) {
            const double phase =
                3.14159265358979 * (static_cast<double>(n) + 0.5) / static_cast<double>(window.size());
            window[n] = smooth ? std::sin(phase) * std::sin(phase) : input.sample<double>(Wild::none);
        }
    }

    // Nothing where the cut, or a record of so many samples, is refused.
    [[nodiscard]] std::optional<ChirpFrames> frames(std::size_t samples) const {
        try {
            ChirpFrames frames(window, hop, n_fft, centred);
            static_cast<void>(frames.count(samples));
            return frames;
        } catch (const ParameterError&) {
            return std::nullopt;
        }
    }

    std::size_t n_fft;
    std::vector<double> window;
    std::size_t hop;
    bool centred;
};

// The samples of a frame, reflected at the record's ends.
template <class T>
std::vector<double> frame_of(std::span<const T> record, const ChirpFrames& frames, std::size_t frame) {
    std::vector<double> samples;
    const auto last = static_cast<std::ptrdiff_t>(record.size()) - 1;
    for (std::size_t n = 0; n < frames.window().size(); ++n) {
        const std::ptrdiff_t at = frames.first_sample(frame) + static_cast<std::ptrdiff_t>(n);
        const std::ptrdiff_t reflected = at < 0 ? -at : at > last ? 2 * last - at : at;
        samples.push_back(static_cast<double>(record[static_cast<std::size_t>(reflected)]));
    }
    return samples;
}

inline bool is_whole(std::span<const double> samples) {
    return std::ranges::all_of(samples, [](double sample) { return std::isfinite(sample); });
}

}  // namespace sesctl::fuzz
