#include "sesctl/chirp_stft.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "sesctl/frame_batch.hpp"

namespace sesctl {

namespace {

constexpr std::size_t lanes = FrameBatch::lanes;

}  // namespace

template <class T>
void chirp_stft(Rows<const T> values, const ChirpFrames& frames, Rows<const double> rates,
                std::complex<T>* spectrum, std::size_t) {
    constexpr T missing = std::numeric_limits<T>::quiet_NaN();
    const std::size_t count = rates.samples;
    FrameBatch batch(frames.n_fft());
    ChirpWindow chirp(frames.window());
    std::vector<double> frame(frames.window().size());
    std::array<bool, lanes> whole{};
    for (std::size_t row = 0; row < values.rows; ++row) {
        std::complex<T>* const out = spectrum + row * frames.n_fft() * count;
        for (std::size_t first = 0; first < count; first += lanes) {
            const std::size_t filled = std::min(lanes, count - first);
            batch.clear();
            for (std::size_t lane = 0; lane < filled; ++lane) {
                whole[lane] = read_frame(values[row], frames.first_sample(first + lane), std::span(frame));
                if (!whole[lane]) continue;
                chirp.set_rate(rates[row][first + lane]);
                batch.load(lane, frame, chirp);
            }
            batch.forward();
            for (std::size_t k = 0; k < frames.n_fft(); ++k) {
                for (std::size_t lane = 0; lane < filled; ++lane) {
                    const std::size_t at = k * lanes + lane;
                    out[k * count + first + lane] =
                        whole[lane]
                            ? std::complex<T>(static_cast<T>(batch.re[at]), static_cast<T>(batch.im[at]))
                            : std::complex<T>(missing, missing);
                }
            }
        }
    }
}

template void chirp_stft(Rows<const float>, const ChirpFrames&, Rows<const double>, std::complex<float>*, std::size_t);
template void chirp_stft(Rows<const double>, const ChirpFrames&, Rows<const double>, std::complex<double>*, std::size_t);

}  // namespace sesctl
