#include "sesctl/chirp_inverse.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "sesctl/frame_batch.hpp"
#include "sesctl/overlap.hpp"
#include "sesctl/parallel.hpp"

namespace sesctl {

namespace {

constexpr std::size_t lanes = FrameBatch::lanes;

}  // namespace

template <class T>
void inverse_chirp_stft(const std::complex<T>* spectrum, const ChirpFrames& frames, Rows<const double> rates,
                        Rows<T> values, std::size_t threads) {
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    const std::span<const double> window = frames.window();
    const std::size_t count = rates.samples;
    const auto samples = static_cast<std::ptrdiff_t>(values.samples);
    const double least = least_weight(window);
    share_out(values.rows, worthwhile_threads(threads, values.rows * count * frames.n_fft()),
              [&](std::size_t begin, std::size_t end, std::size_t) {
                  FrameBatch batch(frames.n_fft());
                  ChirpWindow chirp(window);
                  std::vector<double> sums(values.samples);
                  std::vector<double> weights(values.samples);
                  for (std::size_t row = begin; row < end; ++row) {
                      const std::complex<T>* const in = spectrum + row * frames.n_fft() * count;
                      std::ranges::fill(sums, 0.0);
                      std::ranges::fill(weights, 0.0);
                      for (std::size_t first = 0; first < count; first += lanes) {
                          const std::size_t filled = std::min(lanes, count - first);
                          std::array<bool, lanes> whole{};
                          for (std::size_t lane = 0; lane < filled; ++lane) {
                              whole[lane] = std::isfinite(rates[row][first + lane]);
                          }
                          batch.clear();
                          for (std::size_t k = 0; k < frames.n_fft(); ++k) {
                              for (std::size_t lane = 0; lane < filled; ++lane) {
                                  const std::complex<T> value = in[k * count + first + lane];
                                  whole[lane] = whole[lane] && std::isfinite(value.real()) &&
                                                std::isfinite(value.imag());
                                  batch.re[k * lanes + lane] = static_cast<double>(value.real());
                                  batch.im[k * lanes + lane] = static_cast<double>(value.imag());
                              }
                          }
                          batch.inverse();
                          for (std::size_t lane = 0; lane < filled; ++lane) {
                              if (!whole[lane]) continue;
                              chirp.set_rate(rates[row][first + lane]);
                              const std::ptrdiff_t start = frames.first_sample(first + lane);
                              for (std::size_t n = 0; n < window.size(); ++n) {
                                  const std::ptrdiff_t at = start + static_cast<std::ptrdiff_t>(n);
                                  if (at < 0 || at >= samples) continue;
                                  const auto to = static_cast<std::size_t>(at);
                                  // The real part of the frame times the conjugate of its window.
                                  sums[to] += batch.re[n * lanes + lane] * chirp.re[n] +
                                              batch.im[n * lanes + lane] * chirp.im[n];
                                  weights[to] += window[n] * window[n];
                              }
                          }
                      }
                      for (std::size_t n = 0; n < values.samples; ++n) {
                          values[row][n] =
                              static_cast<T>(weights[n] > least ? sums[n] / weights[n] : missing);
                      }
                  }
              });
}

template void inverse_chirp_stft(const std::complex<float>*, const ChirpFrames&, Rows<const double>,
                                 Rows<float>, std::size_t);
template void inverse_chirp_stft(const std::complex<double>*, const ChirpFrames&, Rows<const double>,
                                 Rows<double>, std::size_t);

}  // namespace sesctl
