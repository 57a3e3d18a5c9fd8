#include "sesctl/chirp_stft.hpp"

#include <algorithm>
#include <complex>
#include <vector>

#include "frames.hpp"

namespace sesctl::fuzz {

// A frame that touches a gap is missing; any other has the power of its weighted samples (Parseval).
template <class T>
void frames_keep_their_power(Input& input) {
    const Cut cut(input);
    const std::int64_t rate_of_all = input.between(-17, 17);
    const bool same = input.flag();
    const auto values = input.table<T>(4, 300, Wild::all);
    const auto frames = cut.frames(values.samples);
    if (!frames) return;
    const std::size_t count = frames->count(values.samples);
    Table<double> rates(values.rows, count);
    for (std::size_t i = 0; i < values.rows * count; ++i) {
        rates.data[i] = static_cast<double>(same ? rate_of_all : input.between(-3, 3)) / 2048.0;
    }
    Table<std::complex<T>> spectrum(values.rows, cut.n_fft * count);
    chirp_stft<T>(values.read(), *frames, rates.read(), cut.n_fft, spectrum.data.get(), 2);
    const std::size_t kept = (cut.n_fft / 2 + 1) * count;
    Table<std::complex<T>> half(values.rows, kept);
    chirp_stft<T>(values.read(), *frames, rates.read(), cut.n_fft / 2 + 1, half.data.get(), 2);
    for (std::size_t row = 0; row < values.rows; ++row) {
        for (std::size_t i = 0; i < kept; ++i) SESCTL_CLAIM(same_bits(half[row][i], spectrum[row][i]));
    }
    double largest = 0.0;
    for (const double weight : cut.window) largest = std::max(largest, std::abs(weight));
    for (std::size_t row = 0; row < values.rows; ++row) {
        for (std::size_t m = 0; m < count; ++m) {
            const auto samples = frame_of(values[row], *frames, m);
            const bool whole = is_whole(samples);
            double power = 0.0;
            double size = 0.0;
            double reach = 0.0;  // what rounding grows with: samples of no weight are read, too
            for (std::size_t k = 0; k < cut.n_fft; ++k) {
                const std::complex<T> value = spectrum[row][k * count + m];
                SESCTL_CLAIM(whole || (std::isnan(value.real()) && std::isnan(value.imag())));
                power += std::norm(std::complex<double>(value));
            }
            double expected = 0.0;
            for (std::size_t n = 0; n < samples.size(); ++n) {
                const double weighted = samples[n] * cut.window[n];
                expected += weighted * weighted;
                size += std::abs(weighted);
                reach += std::abs(samples[n]) * largest;
            }
            if (!whole || size > 1e12 || !is_moderate(std::span<const double>(cut.window))) continue;
            const double points = static_cast<double>(cut.n_fft);
            const double rounding = (sizeof(T) == 8 ? 1e-12 : 1e-4) * reach;
            SESCTL_CLAIM(std::abs(power - points * expected) <=
                         points * (1e-4 * (size * size + 1e-30) + rounding * rounding));
        }
    }
}

}  // namespace sesctl::fuzz

SESCTL_FUZZ_TARGET(sesctl::fuzz::frames_keep_their_power)
