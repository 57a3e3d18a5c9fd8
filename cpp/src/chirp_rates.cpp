#include "sesctl/chirp_rates.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "sesctl/parallel.hpp"
#include "sesctl/rate_search.hpp"

namespace sesctl {

namespace {

// What single precision may be wrong by, with a wide margin.
constexpr double slack = 1e-3;

// Chooses the rates of one row after the other. Single precision tells most frames that no rate gains enough
// for, and of the others most rates; double precision decides.
template <class T, std::size_t Bytes>
class RateChoice {
  public:
    RateChoice(const ChirpFrames& frames, const SearchPlan<double>& exact, const SearchPlan<float>& rough,
               bool quick, double min_gain, std::size_t count)
        : phases_(frames, count, Bytes),
          search_(exact),
          sieve_(rough),
          quick_(quick),
          root_(exact.measure == Concentration::renyi3),
          least_ratio_(root_ ? min_gain * min_gain : min_gain),
          min_gain_(min_gain),
          step_(1.0 / (32.0 * static_cast<double>(frames.window().size()))) {}

    void choose(std::span<const T> record, std::span<double> rates, std::span<double> gain) {
        phases_.read(record);
        frames_.clear();
        candidates_.clear();
        if (quick_) {
            sift(rates, gain);
        } else {
            for (std::size_t frame = 0; frame < rates.size(); ++frame) frames_.push_back(frame);
            candidates_.assign(rates.size(), all_rates);
        }
        constexpr std::size_t lanes = decltype(search_)::lanes;
        for (std::size_t first = 0; first < frames_.size(); first += lanes) {
            const auto some =
                std::span<const std::size_t>(frames_).subspan(first, std::min(lanes, frames_.size() - first));
            RateSet wanted = 0;
            for (std::size_t lane = 0; lane < some.size(); ++lane) wanted |= candidates_[first + lane];
            search_.read(phases_, some);
            search_.search(wanted);
            for (std::size_t lane = 0; lane < some.size(); ++lane) {
                decide(lane, candidates_[first + lane], rates[some[lane]], gain[some[lane]]);
            }
        }
    }

  private:
    void sift(std::span<double> rates, std::span<double> gain) {
        constexpr std::size_t lanes = decltype(sieve_)::lanes;
        for (std::size_t first = 0; first < rates.size(); first += lanes) {
            sieve_.read(phases_, first);
            sieve_.search(all_rates);
            const std::size_t filled = std::min(lanes, rates.size() - first);
            for (std::size_t lane = 0; lane < filled; ++lane) {
                const bool missed = sieve_.state(lane) == FrameState::missing;
                rates[first + lane] = missed ? missing : 0.0;
                gain[first + lane] = missed ? missing : 1.0;
            }
            for (std::uint64_t gaining = sieve_.lanes_that_gain(least_ratio_, slack); gaining != 0;
                 gaining &= gaining - 1) {
                const auto lane = static_cast<std::size_t>(std::countr_zero(gaining));
                if (lane >= filled) break;
                frames_.push_back(first + lane);
                candidates_.push_back(sieve_.best_rates(lane, slack));
            }
        }
    }

    void decide(std::size_t lane, RateSet candidates, double& rate, double& gain) const {
        if (search_.state(lane) == FrameState::missing) {
            rate = gain = missing;
            return;
        }
        rate = 0.0;
        gain = 1.0;
        if (search_.state(lane) != FrameState::judged) return;
        const double plain = measured(lane, 0);
        double best = plain;
        std::size_t chosen = 0;
        for (std::size_t each = 1; each < rate_count; ++each) {
            if ((candidates >> each & 1) == 0) continue;
            const double found = measured(lane, each);
            if (found > best) {
                best = found;
                chosen = each;
            }
        }
        if (!(plain > 0.0) || chosen == 0 || !(best >= min_gain_ * plain)) return;
        rate = steps_of_rate(chosen) * step_;
        gain = best / plain;
    }

    [[nodiscard]] double measured(std::size_t lane, std::size_t rate) const {
        const double found = search_.concentration(lane, rate);
        return root_ ? std::sqrt(found) : found;
    }

    static constexpr double missing = std::numeric_limits<double>::quiet_NaN();

    RecordPhases<T> phases_;
    RateSearch<T, double, Bytes> search_;
    RateSearch<T, float, Bytes> sieve_;
    bool quick_;
    bool root_;
    double least_ratio_;
    double min_gain_;
    double step_;
    // The frames that double precision decides on, and between which rates.
    std::vector<std::size_t> frames_;
    std::vector<RateSet> candidates_;
};

}  // namespace

template <class T>
void choose_chirp_rates(Rows<const T> values, const ChirpFrames& frames, Concentration measure,
                        double min_gain, Rows<double> rates, Rows<double> gain, std::size_t threads) {
    if (rates.samples == 0) return;
    const SearchPlan<double> exact(frames, measure);
    double weights = 0.0;
    for (const double weight : exact.weights) weights += std::abs(weight);
    // No sample of a spectrum exceeds 1 then.
    const SearchPlan<float> rough(exact, weights > 0.0 ? 1.0 / weights : 1.0);
    // Of weights that cancel, single precision may not even tell the mean.
    const bool quick = frames.n_fft() <= longest_single && std::abs(exact.sum) > weights / 8;
    share_out(values.rows, worthwhile_threads(threads, 32 * values.rows * rates.samples),
              [&](std::size_t begin, std::size_t end, std::size_t) {
                  run_on_active_isa([&](auto bytes) {
                      RateChoice<T, bytes()> choice(frames, exact, rough, quick, min_gain, rates.samples);
                      for (std::size_t row = begin; row < end; ++row) {
                          choice.choose(values[row], rates[row], gain[row]);
                      }
                  });
              });
}

template void choose_chirp_rates(Rows<const float>, const ChirpFrames&, Concentration, double, Rows<double>,
                                 Rows<double>, std::size_t);
template void choose_chirp_rates(Rows<const double>, const ChirpFrames&, Concentration, double, Rows<double>,
                                 Rows<double>, std::size_t);

}  // namespace sesctl
