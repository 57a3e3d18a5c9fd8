// The search of a few frames at once for the chirp rate at which their spectra are most concentrated.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "sesctl/chirp_window.hpp"
#include "sesctl/concentration.hpp"
#include "sesctl/fft.hpp"
#include "sesctl/lanes.hpp"
#include "sesctl/record_phases.hpp"

namespace sesctl {

inline constexpr std::size_t rates_a_side = 16;
// In order of preference: 0, 1, -1, 2, -2, ... steps of 1/(32 L).
inline constexpr std::size_t rate_count = 2 * rates_a_side + 1;

inline double steps_of_rate(std::size_t rate) {
    const auto steps = static_cast<double>((rate + 1) / 2);
    return rate % 2 == 1 ? steps : -steps;
}

// A set of such rates, one bit each.
using RateSet = std::uint64_t;
inline constexpr RateSet all_rates = (RateSet{1} << rate_count) - 1;

// With what a search is made, for all frames. The windows are those of the rates from 0 on, with zeros up to
// the transform's length.
template <class Real>
struct SearchPlan {
    SearchPlan(const ChirpFrames& frames, Concentration measure)
        : measure(measure), weights(frames.window().begin(), frames.window().end()), fft(frames.n_fft()) {
        const double step = 1.0 / (32.0 * static_cast<double>(weights.size()));
        for (std::size_t i = 0; i <= rates_a_side; ++i) {
            const ChirpWindow chirp(weights, static_cast<double>(i) * step);
            for (std::size_t n = 0; n < weights.size(); ++n) {
                windows.push_back(chirp.re[n]);
                windows.push_back(chirp.im[n]);
            }
            windows.resize(2 * (i + 1) * fft.points());
        }
        for (const double weight : weights) sum += weight;
    }

    // Another, with `scale` times its windows.
    SearchPlan(const SearchPlan<double>& other, double scale)
        : measure(other.measure), sum(scale * other.sum), fft(other.fft.points()) {
        for (const double weight : other.weights) weights.push_back(scale * weight);
        for (const double part : other.windows) windows.push_back(static_cast<Real>(scale * part));
    }

    Concentration measure;
    std::vector<double> weights;  // the window
    double sum = 0.0;             // of these
    FftPlan<Real> fft;
    std::vector<Real> windows;
};

// Frames become what is judged of them: a frame less its weighted mean, whose leakage would hide every chirp
// behind a constant offset, scaled to at most 1, so that no power overflows.
template <class T, class Real, std::size_t Bytes>
class RateSearch {
  public:
    using V = Vector<Real, Bytes>;
    static constexpr std::size_t lanes = Bytes / sizeof(Real);

    explicit RateSearch(const SearchPlan<Real>& plan)
        : plan_(plan),
          weights_(plan.weights.begin(), plan.weights.end()),
          raw_(plan.weights.size() * lanes),
          samples_(plan.fft.points() * lanes),
          fft_(plan.fft) {}

    // Frames first, first + 1, ..., or the given ones, at most `lanes`; the rest of the lanes is not judged.
    void read(const RecordPhases<T>& phases, std::size_t first) {
        for (std::size_t n = 0; n < plan_.weights.size(); ++n) {
            const auto samples = load<Vector<T, lanes * sizeof(T)>>(phases.at(n, first));
            if constexpr (std::is_same_v<T, Work>) {
                store(samples, raw_.data() + n * lanes);
            } else {
                for (std::size_t at = 0; at < lanes; at += wide) put_raw(n, at, samples);
            }
        }
        prepare();
    }
    void read(const RecordPhases<T>& phases, std::span<const std::size_t> frames) {
        for (std::size_t n = 0; n < plan_.weights.size(); ++n) {
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                raw_[n * lanes + lane] =
                    lane < frames.size() ? static_cast<Work>(*phases.at(n, frames[lane])) : Work{};
            }
        }
        prepare();
    }

    // Finds the concentration at rate 0 and at all that are wanted, or their opposites.
    void search(RateSet wanted) {
        least_total_ = V{} + std::numeric_limits<Real>::max();
        best_ = V{};
        for (std::size_t i = 0; i <= rates_a_side; ++i) {
            if (i > 0 && (wanted >> (2 * i - 1) & 3) == 0) continue;
            if (plan_.measure == Concentration::quartic) {
                find<Concentration::quartic>(i);
            } else {
                find<Concentration::renyi3>(i);
            }
        }
    }

    [[nodiscard]] FrameState state(std::size_t lane) const { return state_[lane]; }

    // At a rate that was searched; for renyi3 its square.
    [[nodiscard]] double concentration(std::size_t lane, std::size_t rate) const {
        return static_cast<double>(found_[rate][lane]);
    }

    // The lanes whose best rate may, within `slack` of it, gain `gain` over rate 0: one bit each.
    [[nodiscard]] std::uint64_t lanes_that_gain(double gain, double slack) const {
        const V limit = found_[0] * static_cast<Real>(gain * (1.0 - slack));
        const auto below = best_ < limit;
        std::uint64_t gaining = 0;
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const bool judged = state_[lane] == FrameState::judged;
            if (judged && (below[lane] == 0 || is_lost(lane))) gaining |= std::uint64_t{1} << lane;
        }
        return gaining;
    }

    // The rates that are, within `slack`, as good as the best.
    [[nodiscard]] RateSet best_rates(std::size_t lane, double slack) const {
        if (is_lost(lane)) return all_rates;
        const double limit = static_cast<double>(best_[lane]) * (1.0 - slack);
        RateSet rates = 0;
        for (std::size_t rate = 0; rate < rate_count; ++rate) {
            if (!(concentration(lane, rate) < limit)) rates |= RateSet{1} << rate;
        }
        return rates;
    }

  private:
    // What frames are prepared in: single precision if they come in it and go on in it.
    using Work = std::conditional_t<std::is_same_v<T, Real>, Real, double>;
    using D = Vector<Work, Bytes>;
    using Flags = Vector<IntegerLike<Work>, Bytes>;
    static constexpr std::size_t wide = Bytes / sizeof(Work);
    static constexpr std::size_t parts = lanes / wide;
    static constexpr Work smallest = sizeof(Work) == sizeof(double) ? Work(1e-300) : Work(1e-30);  // inverted
    using Parts = std::array<D, parts>;

    // Whether power at one side was so little, at some rate, that it is rounding of single precision.
    [[nodiscard]] bool is_lost(std::size_t lane) const {
        return !(static_cast<double>(least_total_[lane]) > 1e14 * static_cast<double>(floor_[lane]));
    }

    SESCTL_INLINE void put_raw(std::size_t n, std::size_t at, const Vector<T, lanes * sizeof(T)>& samples) {
        D some;
        for (std::size_t k = 0; k < wide; ++k) some[k] = static_cast<Work>(samples[at + k]);
        store(some, raw_.data() + n * lanes + at);
    }

    // All lanes at once, of which `parts` vectors hold the samples, so that none waits for the sums of
    // another.
    void prepare() {
        const std::span<const Work> window = weights_;
        const auto raw = [&](std::size_t n, std::size_t part) {
            return raw_.data() + n * lanes + part * wide;
        };
        Parts reference, size{}, weighted{}, wild{};
        for (std::size_t part = 0; part < parts; ++part) reference[part] = load<D>(raw(0, part));
        for (std::size_t n = 0; n < window.size(); ++n) {
            for (std::size_t part = 0; part < parts; ++part) {
                D sample = load<D>(raw(n, part));
                size[part] = greater(magnitude<Work>(sample), size[part]);
                wild[part] += sample - sample;
                sample -= reference[part];
                weighted[part] += window[n] * sample;
                store(sample, raw(n, part));
            }
        }
        Parts mean{}, deviation{};
        if (plan_.sum != 0.0) {
            for (auto& each : weighted) each /= static_cast<Work>(plan_.sum);
            mean = weighted;
        }
        for (std::size_t n = 0; n < window.size(); ++n) {
            for (std::size_t part = 0; part < parts; ++part) {
                const D absolute = magnitude<Work>(load<D>(raw(n, part)) - mean[part]);
                deviation[part] = greater(absolute, deviation[part]);
            }
        }
        Parts scale, power{};
        std::array<Flags, parts> judged;
        for (std::size_t part = 0; part < parts; ++part) {
            const Flags whole = wild[part] == Work{};
            const D least = size[part] * static_cast<Work>(std::numeric_limits<T>::epsilon());
            Flags varied, constant;
            if constexpr (std::is_same_v<Work, double>) {
                varied =
                    (deviation[part] > least) & (deviation[part] < std::numeric_limits<double>::infinity());
                constant = ~varied;
            } else {
                // Where single precision does not tell, nothing is found here, and the frame counts as lost.
                const Flags sure = size[part] < Work{1e30F};
                varied = sure & (deviation[part] > 8 * least + smallest);
                constant = sure & (deviation[part] == Work{});
            }
            judged[part] = varied & whole;
            // A frame that is not judged becomes 0, which no transform minds; the inverse of less would
            // overflow.
            scale[part] = judged[part] ? Work{1} / greater(deviation[part], D{} + smallest) : D{};
            mean[part] = judged[part] ? mean[part] : D{};
            for (std::size_t k = 0; k < wide; ++k) {
                state_[part * wide + k] = whole[k] == 0      ? FrameState::missing
                                          : constant[k] != 0 ? FrameState::constant
                                                             : FrameState::judged;
            }
        }
        for (std::size_t n = 0; n < window.size(); ++n) {
            const Work weight = window[n] * window[n];
            for (std::size_t part = 0; part < parts; ++part) {
                const D sample = judged[part] ? load<D>(raw(n, part)) : D{};
                const D scaled = (sample - mean[part]) * scale[part];
                power[part] += weight * scaled * scaled;
                store(__builtin_convertvector(scaled, Narrow), samples_.data() + n * lanes + part * wide);
            }
        }
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const auto total = static_cast<double>(power[lane / wide][lane % wide]);
            floor_[lane] = static_cast<Real>(power_floor * total * static_cast<double>(window.size()));
        }
    }

    // The concentration at rate i, over the positive frequencies, and at -i: as X_{-c}[k] = conj X_c[-k] for
    // real records, that is the one over the negative frequencies.
    template <Concentration Measure>
    void find(std::size_t i) {
        const Real* const window = plan_.windows.data() + 2 * i * plan_.fft.points();
        const Real* const samples = samples_.data();
        const auto source = [&](std::size_t n) {
            const V sample = load<V>(samples + n * lanes);
            return Complex<V>{sample * window[2 * n], sample * window[2 * n + 1]};
        };
        V total[2] = {};
        V powers[2] = {};
        fft_.transform(source, [&](std::size_t first, const auto& x) {
            constexpr std::size_t radix = std::tuple_size_v<std::remove_cvref_t<decltype(x)>>;
            const auto add = [&](std::size_t q, std::size_t side) {
                const V power = x[q].re * x[q].re + x[q].im * x[q].im;
                total[side] += power;
                powers[side] += Measure == Concentration::quartic ? power * power : power * power * power;
            };
            // Neither frequency 0 nor N/2 belongs to a side.
            for (std::size_t q = 0; q < radix / 2; ++q) {
                if (q == 0 && first == 0) continue;
                add(q, 0);
                add(q + radix / 2, 1);
            }
        });
        const V least = load<V>(floor_.data());
        for (const std::size_t side : {0, 1}) {
            if (i == 0 && side == 1) break;
            const V sum = total[side];
            const V ratio = powers[side] / (Measure == Concentration::quartic ? sum * sum : sum * sum * sum);
            const V found = sum > least ? ratio : V{};
            least_total_ = sum < least_total_ ? sum : least_total_;
            best_ = found > best_ ? found : best_;
            found_[i == 0 ? 0 : 2 * i - 1 + side] = found;
        }
    }

    using Narrow = Vector<Real, wide * sizeof(Real)>;

    const SearchPlan<Real>& plan_;
    std::vector<Work> weights_;
    LaneBuffer<Work> raw_;
    LaneBuffer<Real> samples_;
    Fft<Real, Bytes> fft_;
    std::array<FrameState, lanes> state_{};
    std::array<Real, lanes> floor_{};
    std::array<V, rate_count> found_{};
    V best_{};
    V least_total_{};
};

}  // namespace sesctl
