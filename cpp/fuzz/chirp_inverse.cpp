#include "sesctl/chirp_inverse.hpp"

#include <complex>

#include "frames.hpp"
#include "sesctl/chirp_stft.hpp"
#include "sesctl/overlap.hpp"

namespace sesctl::fuzz {

// A transform undone is the record, wherever frames without gaps weigh it enough.
template <class T>
void the_inverse_is_the_record(Input& input) {
    const Cut cut(input);
    const bool spoilt = input.flag();
    const auto values = input.table<T>(3, 200, Wild::all);
    const auto frames = cut.frames(values.samples);
    if (!frames) return;
    const std::size_t count = frames->count(values.samples);
    Table<double> rates(values.rows, count);
    for (std::size_t i = 0; i < values.rows * count; ++i) {
        rates.data[i] = static_cast<double>(input.between(-16, 16)) / 2048.0;
    }
    Table<std::complex<T>> spectrum(values.rows, cut.n_fft * count);
    chirp_stft<T>(values.read(), *frames, rates.read(), cut.n_fft, spectrum.data.get(), 1);
    if (spoilt) {
        for (std::size_t i = 0; i < values.rows * cut.n_fft * count; i += 7) {
            spectrum.data[i] = {input.sample<T>(Wild::all), input.sample<T>(Wild::all)};
        }
    }
    Table<T> again(values.rows, values.samples);
    inverse_chirp_stft<T>(spectrum.data.get(), *frames, rates.read(), again.view(), 2);
    if (spoilt) return;
    const double largest_weight = largest(std::span<const double>(cut.window));
    if (!is_moderate(std::span<const double>(cut.window)) || largest_weight < 1e-8) return;
    for (std::size_t row = 0; row < values.rows; ++row) {
        const double size = largest(values[row]);
        if (size > 1e12) continue;
        std::vector<double> weights(values.samples);
        for (std::size_t m = 0; m < count; ++m) {
            if (!is_whole(frame_of(values[row], *frames, m))) continue;
            for (std::size_t n = 0; n < cut.window.size(); ++n) {
                const std::ptrdiff_t at = frames->first_sample(m) + static_cast<std::ptrdiff_t>(n);
                if (at < 0 || at >= static_cast<std::ptrdiff_t>(values.samples)) continue;
                weights[static_cast<std::size_t>(at)] += cut.window[n] * cut.window[n];
            }
        }
        for (std::size_t n = 0; n < values.samples; ++n) {
            const double share = weights[n] / (largest_weight * largest_weight);
            if (share < 1e-11) SESCTL_CLAIM(std::isnan(again[row][n]));
            if (share < 0.01) continue;
            const double off = static_cast<double>(again[row][n]) - static_cast<double>(values[row][n]);
            SESCTL_CLAIM(std::abs(off) <= 1e-3 * (size + 1e-30));
        }
    }
}

}  // namespace sesctl::fuzz

SESCTL_FUZZ_TARGET(sesctl::fuzz::the_inverse_is_the_record)
