#include "sesctl/chirp_gain.hpp"

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
#include "sesctl/parallel.hpp"

namespace sesctl {

namespace {

constexpr std::size_t lanes = FrameBatch::lanes;
constexpr double missing = std::numeric_limits<double>::quiet_NaN();

double concentration(const FrameBatch& batch, std::size_t lane, double floor, Concentration measure) {
    const std::size_t points = batch.re.size() / lanes;
    double total = 0.0;
    double squares = 0.0;
    double cubes = 0.0;
    for (std::size_t k = 1; k < points / 2; ++k) {
        const std::size_t at = k * lanes + lane;
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
                      const auto is_zero = [](double rate) { return rate == 0.0; };
                      if (whole && std::ranges::all_of(rates[row], is_zero)) {
                          std::ranges::fill(gain[row], 1.0);
                          continue;
                      }
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
                                      concentration(batch, lane, judged.floor[lane], measure);
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

template void chirp_gain(Rows<const float>, const ChirpFrames&, Rows<const double>, Concentration,
                         Rows<double>, std::size_t);
template void chirp_gain(Rows<const double>, const ChirpFrames&, Rows<const double>, Concentration,
                         Rows<double>, std::size_t);

}  // namespace sesctl
