#include "sesctl/chirp_rates.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "sesctl/finite.hpp"
#include "sesctl/frame_batch.hpp"
#include "sesctl/lanes_of_frames.hpp"
#include "sesctl/parallel.hpp"

namespace sesctl {

namespace {

constexpr std::size_t lanes = FrameBatch::lanes;
constexpr std::size_t rates_a_side = 16;
constexpr double missing = std::numeric_limits<double>::quiet_NaN();
// Power below this share of a frame's is rounding of the transform, in which nothing is concentrated.
constexpr double power_floor = 1e-20;

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

    // `whole` tells that no frame of the record can touch a sample that is not finite.
    void read(std::span<const T> record, std::size_t first_frame, std::span<const double> rates, bool whole) {
        for (std::size_t lane = 0; lane < rates.size(); ++lane) {
            state[lane] = FrameState::missing;
            floor[lane] = 0.0;
            // A frame at rate 0 gains nothing by definition and needs no transform.
            if (whole && rates[lane] == 0.0) {
                state[lane] = FrameState::constant;
                continue;
            }
            if (!read_frame(record, frames_.first_sample(first_frame + lane), frame(lane))) continue;
            if (rates[lane] == 0.0) {
                state[lane] = FrameState::constant;
                continue;
            }
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

template <class T>
void chirp_gain(Rows<const T> values, const ChirpFrames& frames, Rows<const double> rates,
                Concentration measure, Rows<double> gain, std::size_t threads) {
    share_out(values.rows, worthwhile_threads(threads, values.rows * values.samples),
              [&](std::size_t begin, std::size_t end, std::size_t) {
                  FrameBatch batch(frames.n_fft());
                  ChirpWindow chirp(frames.window());
                  const ChirpWindow plain(frames.window());
                  JudgedBatch<T> judged(frames);
                  for (std::size_t row = begin; row < end; ++row) {
                      const bool whole = is_finite(values[row]);
                      for (std::size_t first = 0; first < rates.samples; first += lanes) {
                          const std::size_t filled = std::min(lanes, rates.samples - first);
                          judged.read(values[row], first, rates[row].subspan(first, filled), whole);
                          const auto is_chirped = [&](std::size_t lane) {
                              return judged.state[lane] == FrameState::judged;
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
              });
}

namespace {

// One frame of one row.
struct Place {
    std::size_t row;
    std::size_t frame;
};

// The windows of all rates, from 0 on to one side, times `scale`.
template <class Real>
struct ChirpWindows {
    ChirpWindows(const ChirpFrames& frames, double scale) {
        const std::size_t length = frames.window().size();
        const double step = 1.0 / (32.0 * static_cast<double>(length));
        for (std::size_t i = 0; i <= rates_a_side; ++i) {
            const ChirpWindow chirp(frames.window(), static_cast<double>(i) * step);
            for (std::size_t n = 0; n < length; ++n) {
                re.push_back(static_cast<Real>(scale * chirp.re[n]));
                im.push_back(static_cast<Real>(scale * chirp.im[n]));
            }
        }
    }

    std::vector<Real> re;
    std::vector<Real> im;
};

// Which transform a search is made with, and what it takes of a frame.
template <class Real>
struct SearchPlan {
    SearchPlan(const ChirpFrames& frames, Concentration measure, double scale)
        : frames(frames), measure(measure), scale(scale), windows(frames, scale), turns(frames.n_fft()) {}

    const ChirpFrames& frames;
    Concentration measure;
    double scale;
    ChirpWindows<Real> windows;
    TurnTable<Real> turns;
};

// Searches a few frames at once for the rate at which they are most concentrated.
template <class T, class Real, std::size_t Bytes>
class RateSearch {
  public:
    using V = Vector<Real, Bytes>;
    using D = Vector<double, Bytes>;
    static constexpr std::size_t lanes = Bytes / sizeof(Real);
    static constexpr std::size_t wide = Bytes / sizeof(double);

    explicit RateSearch(const SearchPlan<Real>& plan)
        : plan_(plan),
          length_(plan.frames.window().size()),
          samples_(length_ * lanes),
          spectrum_(plan.turns) {}

    // At most `lanes` frames of one row.
    void search(std::span<const T> record, std::span<const Place> places) {
        std::array<std::ptrdiff_t, lanes> starts{};
        for (std::size_t lane = 0; lane < places.size(); ++lane) {
            starts[lane] = plan_.frames.first_sample(places[lane].frame);
        }
        read_frames<lanes>(record, std::span(starts).first(places.size()), length_, samples_.data());
        for (std::size_t at = 0; at < lanes; at += wide) prepare(at);
        plain_ = best_ = best_rate_ = V{};
        least_total_ = V{} + std::numeric_limits<Real>::max();
        for (std::size_t i = 0; i <= rates_a_side; ++i) {
            transform(i);
            consider(i, Side::positive);
            if (i > 0) consider(i, Side::negative);
        }
    }

    [[nodiscard]] FrameState state(std::size_t lane) const { return state_[lane]; }
    [[nodiscard]] double plain(std::size_t lane) const { return measured(plain_[lane]); }
    [[nodiscard]] double best(std::size_t lane) const { return measured(best_[lane]); }
    // In steps; below 0 where the frequency falls.
    [[nodiscard]] double best_rate(std::size_t lane) const { return static_cast<double>(best_rate_[lane]); }
    // Whether power at one side was so little, at some rate, that it is rounding of single precision.
    [[nodiscard]] bool is_lost(std::size_t lane) const {
        return !(static_cast<double>(least_total_[lane]) > 1e14 * floor_[lane]);
    }

  private:
    // Turns frames into what is judged of them: a frame less its weighted mean, whose leakage would hide
    // every chirp behind a constant offset, scaled to at most 1, so that no power overflows. The frame is
    // constant where its samples are, within the rounding of their type.
    void prepare(std::size_t at) {
        const std::span<const double> window = plan_.frames.window();
        double* const frame = samples_.data() + at;
        const D reference = load<D>(frame);
        D size = {};
        D weighted = {};
        D wild = {};
        double weights = 0.0;
        for (std::size_t n = 0; n < length_; ++n) {
            D sample = load<D>(frame + n * lanes);
            const D absolute = magnitude<double>(sample);
            size = absolute > size ? absolute : size;
            wild += sample - sample;
            sample -= reference;
            weighted += window[n] * sample;
            weights += window[n];
            store(sample, frame + n * lanes);
        }
        const D mean = weights == 0.0 ? D{} : weighted / weights;
        D deviation = {};
        for (std::size_t n = 0; n < length_; ++n) {
            const D sample = load<D>(frame + n * lanes) - mean;
            const D absolute = magnitude<double>(sample);
            deviation = absolute > deviation ? absolute : deviation;
            store(sample, frame + n * lanes);
        }
        const auto varied = (deviation > size * static_cast<double>(std::numeric_limits<T>::epsilon())) &
                            (deviation < std::numeric_limits<double>::infinity());
        const auto whole = wild == 0.0;
        const auto judged = varied & whole;
        // A frame that is not judged becomes 0, which no transform minds.
        const D divisor = judged ? deviation : D{} + 1.0;
        D power = {};
        for (std::size_t n = 0; n < length_; ++n) {
            const D sample = load<D>(frame + n * lanes);
            const D scaled = judged ? sample / divisor : D{};
            power += window[n] * window[n] * scaled * scaled;
            store(scaled, frame + n * lanes);
        }
        for (std::size_t k = 0; k < wide; ++k) {
            state_[at + k] = whole[k] == 0    ? FrameState::missing
                             : judged[k] == 0 ? FrameState::constant
                                              : FrameState::judged;
            floor_[at + k] =
                power_floor * power[k] * static_cast<double>(length_) * plan_.scale * plan_.scale;
        }
    }

    void transform(std::size_t i) {
        const Real* const re = plan_.windows.re.data() + i * length_;
        const Real* const im = plan_.windows.im.data() + i * length_;
        for (std::size_t n = 0; n < length_; ++n) {
            const V sample = __builtin_convertvector(
                load<Vector<double, lanes * sizeof(double)>>(samples_.data() + n * lanes), V);
            spectrum_.set(n, V(sample * re[n]), V(sample * im[n]));
        }
        for (std::size_t n = length_; n < plan_.turns.points(); ++n) spectrum_.set(n, V{}, V{});
        spectrum_.transform();
    }

    void consider(std::size_t i, Side side) {
        const std::size_t points = plan_.turns.points();
        V total = {};
        V squares = {};
        V cubes = {};
        for (std::size_t k = 1; k < points / 2; ++k) {
            const std::size_t at = plan_.turns.place(side == Side::positive ? k : points - k);
            const V re = spectrum_.re(at);
            const V im = spectrum_.im(at);
            const V power = re * re + im * im;
            total += power;
            squares += power * power;
            if (plan_.measure == Concentration::renyi3) cubes += power * power * power;
        }
        V least;
        for (std::size_t lane = 0; lane < lanes; ++lane) least[lane] = static_cast<Real>(floor_[lane]);
        const V ratio = plan_.measure == Concentration::quartic ? squares / (total * total)
                                                                : cubes / (total * total * total);
        const V found = total > least ? ratio : V{};
        least_total_ = total < least_total_ ? total : least_total_;
        if (i == 0) {
            plain_ = best_ = found;
            return;
        }
        const auto better = found > best_;
        const auto rate =
            static_cast<Real>(side == Side::positive ? static_cast<double>(i) : -static_cast<double>(i));
        best_rate_ = better ? V{} + rate : best_rate_;
        best_ = better ? found : best_;
    }

    [[nodiscard]] double measured(Real ratio) const {
        const auto value = static_cast<double>(ratio);
        return plan_.measure == Concentration::quartic ? value : std::sqrt(value);
    }

    const SearchPlan<Real>& plan_;
    std::size_t length_;
    LaneBuffer<double> samples_;
    LanesOfFrames<Real, Bytes> spectrum_;
    std::array<FrameState, lanes> state_{};
    std::array<double, lanes> floor_{};
    V plain_{};
    V best_{};
    V best_rate_{};
    V least_total_{};
};

// Beyond it rounding of single precision could add up to what decides.
constexpr std::size_t longest_single = 4096;

}  // namespace

template <class T>
void choose_chirp_rates(Rows<const T> values, const ChirpFrames& frames, Concentration measure,
                        double min_gain, Rows<double> rates, Rows<double> gain, std::size_t threads) {
    const double step = 1.0 / (32.0 * static_cast<double>(frames.window().size()));
    double weights = 0.0;
    for (const double weight : frames.window()) weights += std::abs(weight);
    const bool quick = sizeof(T) == 4 && frames.n_fft() <= longest_single && weights > 0.0;
    const SearchPlan<double> exact(frames, measure, 1.0);
    // No sample of a spectrum exceeds 1 then.
    const SearchPlan<float> rough(frames, measure, weights > 0.0 ? 1.0 / weights : 1.0);
    share_out(
        values.rows, worthwhile_threads(threads, 32 * values.rows * rates.samples),
        [&](std::size_t begin, std::size_t end, std::size_t) {
            run_on_active_isa([&](auto bytes) {
                RateSearch<T, double, bytes()> search(exact);
                RateSearch<T, float, bytes()> sieve(rough);
                std::vector<Place> places;
                const auto sift = [&](std::size_t row) {
                    // Single precision tells most frames that are not chirped at all.
                    std::array<Place, decltype(sieve)::lanes> some;
                    for (std::size_t first = 0; first < rates.samples; first += some.size()) {
                        const std::size_t filled = std::min(some.size(), rates.samples - first);
                        for (std::size_t lane = 0; lane < filled; ++lane) some[lane] = {row, first + lane};
                        sieve.search(values[row], std::span(some).first(filled));
                        for (std::size_t lane = 0; lane < filled; ++lane) {
                            const bool missed = sieve.state(lane) == FrameState::missing;
                            const bool doubtful =
                                sieve.state(lane) == FrameState::judged &&
                                (sieve.is_lost(lane) ||
                                 !(sieve.best(lane) < 0.999 * min_gain * sieve.plain(lane)));
                            if (doubtful) places.push_back(some[lane]);
                            rates[row][first + lane] = missed ? missing : 0.0;
                            gain[row][first + lane] = missed ? missing : 1.0;
                        }
                    }
                };
                for (std::size_t row = begin; row < end; ++row) {
                    places.clear();
                    if (quick) {
                        sift(row);
                    } else {
                        for (std::size_t frame = 0; frame < rates.samples; ++frame)
                            places.push_back({row, frame});
                    }
                    for (std::size_t first = 0; first < places.size(); first += decltype(search)::lanes) {
                        const auto some = std::span<const Place>(places).subspan(
                            first, std::min(decltype(search)::lanes, places.size() - first));
                        search.search(values[row], some);
                        for (std::size_t lane = 0; lane < some.size(); ++lane) {
                            const bool here = search.state(lane) != FrameState::missing;
                            const bool chirped = search.state(lane) == FrameState::judged &&
                                                 search.plain(lane) > 0.0 && search.best_rate(lane) != 0.0 &&
                                                 search.best(lane) >= min_gain * search.plain(lane);
                            const std::size_t frame = some[lane].frame;
                            rates[row][frame] = !here     ? missing
                                                : chirped ? search.best_rate(lane) * step
                                                          : 0.0;
                            gain[row][frame] = !here     ? missing
                                               : chirped ? search.best(lane) / search.plain(lane)
                                                         : 1.0;
                        }
                    }
                }
            });
        });
}

#define SESCTL_INSTANTIATE(T)                                                                                \
    template void chirp_gain(Rows<const T>, const ChirpFrames&, Rows<const double>, Concentration,           \
                             Rows<double>, std::size_t);                                                     \
    template void choose_chirp_rates(Rows<const T>, const ChirpFrames&, Concentration, double, Rows<double>, \
                                     Rows<double>, std::size_t);

SESCTL_INSTANTIATE(float)
SESCTL_INSTANTIATE(double)
#undef SESCTL_INSTANTIATE

}  // namespace sesctl
