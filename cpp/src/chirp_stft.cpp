#include "sesctl/chirp_stft.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "sesctl/errors.hpp"
#include "sesctl/frame_batch.hpp"

namespace sesctl {

namespace {

constexpr std::size_t lanes = FrameBatch::lanes;
constexpr std::size_t rates_a_side = 16;
constexpr double missing = std::numeric_limits<double>::quiet_NaN();
// A sum of squared weights below this share of the largest one counts as none.
constexpr double weight_floor = 1e-10;
// Power below this share of a frame's is rounding of the transform, in which nothing is concentrated.
constexpr double power_floor = 1e-20;

double largest_weight(std::span<const double> window) {
    double largest = 0.0;
    for (const double weight : window) largest = std::max(largest, weight * weight);
    return largest;
}

// Over the positive frequencies of one lane, or over the negative ones: as X_{-c}[k] = conj X_c[-k] for real
// records, these are the positive ones of the opposite rate. Over both, ±c could not be told apart.
enum class Side { positive, negative };

double concentration(const FrameBatch& batch, std::size_t lane, Side side, double floor,
                     Concentration measure) {
    const std::size_t points = batch.re.size() / lanes;
    double total = 0.0;
    double squares = 0.0;
    double cubes = 0.0;
    for (std::size_t k = 1; k < points / 2; ++k) {
        const std::size_t at = (side == Side::positive ? k : points - k) * lanes + lane;
        const double power = batch.re[at] * batch.re[at] + batch.im[at] * batch.im[at];
        total += power;
        squares += power * power;
        cubes += power * power * power;
    }
    if (!(total > floor)) return 0.0;
    return measure == Concentration::quartic ? squares / (total * total)
                                             : std::sqrt(cubes / (total * total * total));
}

// Turns a frame into what is judged of it: the frame less its weighted mean, whose leakage would hide every
// chirp behind a constant offset, scaled to at most 1, so that no power overflows. Returns the power below
// which a spectrum is rounding, or nothing where the samples are constant within `rounding` of their size.
std::optional<double> prepare(std::span<double> frame, std::span<const double> window, double rounding) {
    double size = 0.0;
    for (const double sample : frame) size = std::max(size, std::abs(sample));
    // Without its first sample a constant frame is exactly zero, without its mean it is rounding.
    const double reference = frame[0];
    double weighted = 0.0;
    double weights = 0.0;
    for (std::size_t n = 0; n < frame.size(); ++n) {
        frame[n] -= reference;
        weighted += window[n] * frame[n];
        weights += window[n];
    }
    const double mean = weights == 0.0 ? 0.0 : weighted / weights;
    double deviation = 0.0;
    for (double& sample : frame) {
        sample -= mean;
        deviation = std::max(deviation, std::abs(sample));
    }
    if (!(deviation > rounding * size) || !std::isfinite(deviation)) return std::nullopt;
    double power = 0.0;
    for (std::size_t n = 0; n < frame.size(); ++n) {
        frame[n] /= deviation;
        power += window[n] * window[n] * frame[n] * frame[n];
    }
    return power_floor * power * static_cast<double>(frame.size());
}

enum class FrameState { missing, constant, judged };

// The frames of one batch, read and prepared.
template <class T>
class JudgedBatch {
  public:
    explicit JudgedBatch(const ChirpFrames& frames)
        : frames_(frames), length_(frames.window().size()), samples_(lanes * length_) {}

    void read(std::span<const T> record, std::size_t first_frame, std::size_t count) {
        for (std::size_t lane = 0; lane < count; ++lane) {
            state[lane] = FrameState::missing;
            if (!read_frame(record, frames_.first_sample(first_frame + lane), frame(lane))) continue;
            const auto power = prepare(frame(lane), frames_.window(), std::numeric_limits<T>::epsilon());
            state[lane] = power ? FrameState::judged : FrameState::constant;
            floor[lane] = power.value_or(0.0);
        }
    }

    [[nodiscard]] std::span<double> frame(std::size_t lane) {
        return {samples_.data() + lane * length_, length_};
    }

    std::array<FrameState, lanes> state{};
    std::array<double, lanes> floor{};

  private:
    const ChirpFrames& frames_;
    std::size_t length_;
    std::vector<double> samples_;
};

}  // namespace

ChirpFrames::ChirpFrames(std::span<const double> window, std::size_t hop, std::size_t n_fft, bool centred)
    : window_(window), hop_(hop), n_fft_(n_fft), centred_(centred) {
    if (hop == 0) throw ParameterError("the hop is 0 samples");
    if (window.empty() || window.size() > n_fft) {
        throw ParameterError("a window of " + std::to_string(window.size()) +
                             " samples does not fit a transform of " + std::to_string(n_fft));
    }
    if (!std::has_single_bit(n_fft)) {
        throw ParameterError("the transform length " + std::to_string(n_fft) + " is not a power of two");
    }
}

std::size_t ChirpFrames::count(std::size_t samples) const {
    if (samples == 0) return 0;
    const std::size_t length = window_.size();
    // Reflection takes at most half a frame, rounded up, from beyond the record's first or last sample.
    const std::size_t least = centred_ ? (length + 1) / 2 + 1 : length;
    if (samples < least) {
        throw ParameterError("a record of " + std::to_string(samples) + " samples is shorter than the " +
                             std::to_string(least) + " its frames need");
    }
    return centred_ ? 1 + samples / hop_ : 1 + (samples - length) / hop_;
}

std::ptrdiff_t ChirpFrames::first_sample(std::size_t frame) const {
    const auto start = static_cast<std::ptrdiff_t>(frame * hop_);
    return centred_ ? start - static_cast<std::ptrdiff_t>(window_.size() / 2) : start;
}

Overlap check_overlap(std::span<const double> window, std::size_t hop) {
    if (hop == 0) throw ParameterError("the hop is 0 samples");
    if (hop > window.size()) return {false, false};
    std::vector<double> sums(hop, 0.0);
    std::vector<double> squares(hop, 0.0);
    for (std::size_t n = 0; n < window.size(); ++n) {
        sums[n % hop] += window[n];
        squares[n % hop] += window[n] * window[n];
    }
    const double largest = largest_weight(window);
    const auto [low, high] = std::ranges::minmax(sums);
    const double tolerance = weight_floor * std::sqrt(largest);
    return {high - low <= tolerance && std::abs(high) > tolerance,
            std::ranges::min(squares) > weight_floor * largest};
}

template <class T>
void chirp_stft(Rows<const T> values, const ChirpFrames& frames, Rows<const double> rates,
                std::complex<T>* spectrum) {
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
                            : std::complex<T>(static_cast<T>(missing), static_cast<T>(missing));
                }
            }
        }
    }
}

template <class T>
void chirp_gain(Rows<const T> values, const ChirpFrames& frames, Rows<const double> rates,
                Concentration measure, Rows<double> gain) {
    FrameBatch batch(frames.n_fft());
    ChirpWindow chirp(frames.window());
    const ChirpWindow plain(frames.window());
    JudgedBatch<T> judged(frames);
    for (std::size_t row = 0; row < values.rows; ++row) {
        for (std::size_t first = 0; first < rates.samples; first += lanes) {
            const std::size_t filled = std::min(lanes, rates.samples - first);
            judged.read(values[row], first, filled);
            // A frame at rate 0 gains nothing by definition and needs no transform.
            const auto is_chirped = [&](std::size_t lane) {
                return judged.state[lane] == FrameState::judged && rates[row][first + lane] != 0.0;
            };
            std::array<double, lanes> at_zero{};
            std::array<double, lanes> at_rate{};
            for (const bool chirped : {false, true}) {
                bool any = false;
                batch.clear();
                for (std::size_t lane = 0; lane < filled; ++lane) {
                    if (!is_chirped(lane)) continue;
                    any = true;
                    if (chirped) chirp.set_rate(rates[row][first + lane]);
                    batch.load(lane, judged.frame(lane), chirped ? chirp : plain);
                }
                if (!any) break;
                batch.forward();
                for (std::size_t lane = 0; lane < filled; ++lane) {
                    (chirped ? at_rate : at_zero)[lane] =
                        concentration(batch, lane, Side::positive, judged.floor[lane], measure);
                }
            }
            for (std::size_t lane = 0; lane < filled; ++lane) {
                const bool comparable = is_chirped(lane) && at_zero[lane] > 0.0;
                gain[row][first + lane] = judged.state[lane] == FrameState::missing ? missing
                                          : comparable ? at_rate[lane] / at_zero[lane]
                                                       : 1.0;
            }
        }
    }
}

template <class T>
void choose_chirp_rates(Rows<const T> values, const ChirpFrames& frames, Concentration measure,
                        double min_gain, Rows<double> rates, Rows<double> gain) {
    const double step = 1.0 / (32.0 * static_cast<double>(frames.window().size()));
    std::vector<ChirpWindow> chirps;
    for (std::size_t i = 0; i <= rates_a_side; ++i) {
        chirps.emplace_back(frames.window(), static_cast<double>(i) * step);
    }
    FrameBatch batch(frames.n_fft());
    JudgedBatch<T> judged(frames);
    for (std::size_t row = 0; row < values.rows; ++row) {
        for (std::size_t first = 0; first < rates.samples; first += lanes) {
            const std::size_t filled = std::min(lanes, rates.samples - first);
            judged.read(values[row], first, filled);
            std::array<double, lanes> plain{};
            std::array<double, lanes> best{};
            std::array<double, lanes> best_rate{};
            for (std::size_t i = 0; i <= rates_a_side; ++i) {
                batch.clear();
                for (std::size_t lane = 0; lane < filled; ++lane) {
                    if (judged.state[lane] == FrameState::judged) {
                        batch.load(lane, judged.frame(lane), chirps[i]);
                    }
                }
                batch.forward();
                const double rate = static_cast<double>(i) * step;
                for (std::size_t lane = 0; lane < filled; ++lane) {
                    const double rising =
                        concentration(batch, lane, Side::positive, judged.floor[lane], measure);
                    if (i == 0) plain[lane] = best[lane] = rising;
                    if (i == 0) continue;
                    if (rising > best[lane]) {
                        best[lane] = rising;
                        best_rate[lane] = rate;
                    }
                    const double falling =
                        concentration(batch, lane, Side::negative, judged.floor[lane], measure);
                    if (falling > best[lane]) {
                        best[lane] = falling;
                        best_rate[lane] = -rate;
                    }
                }
            }
            for (std::size_t lane = 0; lane < filled; ++lane) {
                const bool here = judged.state[lane] != FrameState::missing;
                const bool chirped = judged.state[lane] == FrameState::judged && plain[lane] > 0.0 &&
                                     best_rate[lane] != 0.0 && best[lane] >= min_gain * plain[lane];
                rates[row][first + lane] = !here ? missing : chirped ? best_rate[lane] : 0.0;
                gain[row][first + lane] = !here ? missing : chirped ? best[lane] / plain[lane] : 1.0;
            }
        }
    }
}

template <class T>
void inverse_chirp_stft(const std::complex<T>* spectrum, const ChirpFrames& frames, Rows<const double> rates,
                        Rows<T> values) {
    const std::span<const double> window = frames.window();
    const std::size_t count = rates.samples;
    const auto samples = static_cast<std::ptrdiff_t>(values.samples);
    const double least = weight_floor * largest_weight(window);
    FrameBatch batch(frames.n_fft());
    ChirpWindow chirp(window);
    std::vector<double> sums(values.samples);
    std::vector<double> weights(values.samples);
    for (std::size_t row = 0; row < values.rows; ++row) {
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
                    whole[lane] = whole[lane] && std::isfinite(value.real()) && std::isfinite(value.imag());
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
                    sums[to] +=
                        batch.re[n * lanes + lane] * chirp.re[n] + batch.im[n * lanes + lane] * chirp.im[n];
                    weights[to] += window[n] * window[n];
                }
            }
        }
        for (std::size_t n = 0; n < values.samples; ++n) {
            values[row][n] = static_cast<T>(weights[n] > least ? sums[n] / weights[n] : missing);
        }
    }
}

#define SESCTL_INSTANTIATE(T)                                                                                \
    template void chirp_stft(Rows<const T>, const ChirpFrames&, Rows<const double>, std::complex<T>*);       \
    template void chirp_gain(Rows<const T>, const ChirpFrames&, Rows<const double>, Concentration,           \
                             Rows<double>);                                                                  \
    template void choose_chirp_rates(Rows<const T>, const ChirpFrames&, Concentration, double, Rows<double>, \
                                     Rows<double>);                                                          \
    template void inverse_chirp_stft(const std::complex<T>*, const ChirpFrames&, Rows<const double>, Rows<T>);

SESCTL_INSTANTIATE(float)
SESCTL_INSTANTIATE(double)
#undef SESCTL_INSTANTIATE

}  // namespace sesctl
