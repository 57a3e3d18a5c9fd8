#include "sesctl/chirp_stft.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <span>
#include <vector>

#include "sesctl/chirped_frames.hpp"
#include "sesctl/parallel.hpp"
#include "sesctl/plain_frames.hpp"
#include "sesctl/stream.hpp"

namespace sesctl {

namespace {

// The spectra of one row after the other.
template <class T, std::size_t Bytes>
class RowSpectra {
  public:
    static constexpr std::size_t lanes = PlainFrames<T, Bytes>::lanes;
    static constexpr std::size_t most_held = std::size_t{1} << 14;

    RowSpectra(const ChirpFrames& frames, const PlainTransform<T>& plain, const FftPlan<double>& plan,
               std::size_t count, std::size_t frequencies, bool much)
        : phases_(frames, count, lanes),
          suits_(plain.suits),
          plain_(plain),
          chirped_(frames.window(), plan),
          count_(count),
          frequencies_(frequencies),
          much_(much),
          together_(
              std::clamp(most_held / (frequencies * lanes), std::size_t{1}, (count + lanes - 1) / lanes) *
              lanes),
          stage_(frequencies * together_) {}

    void transform(std::span<const T> record, std::span<const double> rates, std::complex<T>* spectrum) {
        phases_.read(record);
        for (std::size_t first = 0; first < count_; first += together_) {
            const std::size_t many = std::min(together_, count_ - first);
            // Beyond the last of fewer frames than lanes there is something, too.
            const std::size_t stride = std::max(many, lanes);
            others_.clear();
            transform_plain(first, many, stride, rates);
            transform_others(first, stride, rates);
            if (stride == count_) return hand_over(0, spectrum, frequencies_ * count_);
            for (std::size_t k = 0; k < frequencies_; ++k) {
                hand_over(k * stride, spectrum + k * count_ + first, many);
            }
        }
    }

  private:
    // `many` frames from `first` on as far as they have no chirp; the others are put off. How a frame is
    // transformed depends on itself alone, not on its neighbours.
    void transform_plain(std::size_t first, std::size_t many, std::size_t stride,
                         std::span<const double> rates) {
        for (std::size_t at = 0; at < many; at += lanes) {
            const std::size_t end = std::min(at + lanes, many);
            const std::size_t from = std::min(at, stride - lanes);
            std::array<bool, lanes> done{};
            if (suits_ && std::any_of(&rates[first + at], &rates[first + end - 1] + 1, is_plain)) {
                done = plain_.run(phases_, first + from, stage_.data() + from, stride, frequencies_);
            }
            for (std::size_t frame = at; frame < end; ++frame) {
                if (!is_plain(rates[first + frame]) || !done[frame - from]) others_.push_back(first + frame);
            }
        }
    }

    void transform_others(std::size_t first, std::size_t stride, std::span<const double> rates) {
        const auto missing = std::ranges::stable_partition(
            others_, [&](std::size_t frame) { return phases_.is_whole(frame); });
        const std::span<const std::size_t> whole(others_.begin(), missing.begin());
        constexpr std::size_t some = ChirpedFrames<T, Bytes>::lanes;
        for (std::size_t at = 0; at < whole.size(); at += some) {
            chirped_.run(phases_, whole.subspan(at, std::min(some, whole.size() - at)), rates, stage_.data(),
                         first, stride, frequencies_);
        }
        constexpr T nothing = std::numeric_limits<T>::quiet_NaN();
        for (const std::size_t frame : missing) {
            for (std::size_t k = 0; k < frequencies_; ++k) {
                stage_[k * stride + frame - first] = {nothing, nothing};
            }
        }
    }

    void hand_over(std::size_t from, std::complex<T>* to, std::size_t count) const {
        const std::size_t bytes = count * sizeof(std::complex<T>);
        if (much_) {
            stream(stage_.data() + from, to, bytes);
        } else {
            std::memcpy(static_cast<void*>(to), stage_.data() + from, bytes);
        }
    }

    // A frame without a rate touches a missing sample.
    static bool is_plain(double rate) { return rate == 0.0 || std::isnan(rate); }

    RecordPhases<T> phases_;
    bool suits_;
    PlainFrames<T, Bytes> plain_;
    ChirpedFrames<T, Bytes> chirped_;
    std::size_t count_;
    std::size_t frequencies_;
    bool much_;             // whether the spectra are more than a cache holds
    std::size_t together_;  // frames whose spectra are held before they leave
    LaneBuffer<std::complex<T>> stage_;
    std::vector<std::size_t> others_;  // frames
};

}  // namespace

template <class T>
void chirp_stft(Rows<const T> values, const ChirpFrames& frames, Rows<const double> rates,
                std::size_t frequencies, std::complex<T>* spectrum, std::size_t threads) {
    const std::size_t count = rates.samples;
    if (count == 0) return;
    const PlainTransform<T> plain(frames.window(), frames.n_fft());
    const FftPlan<double> plan(frames.n_fft());
    const bool much = values.rows * frequencies * count * sizeof(std::complex<T>) >= least_streamed;
    share_out(values.rows, worthwhile_threads(threads, values.rows * count * frames.n_fft()),
              [&](std::size_t begin, std::size_t end, std::size_t) {
                  run_on_active_isa([&](auto bytes) {
                      RowSpectra<T, bytes()> spectra(frames, plain, plan, count, frequencies, much);
                      for (std::size_t row = begin; row < end; ++row) {
                          spectra.transform(values[row], rates[row], spectrum + row * frequencies * count);
                      }
                      end_of_stream();
                  });
              });
}

template void chirp_stft(Rows<const float>, const ChirpFrames&, Rows<const double>, std::size_t,
                         std::complex<float>*, std::size_t);
template void chirp_stft(Rows<const double>, const ChirpFrames&, Rows<const double>, std::size_t,
                         std::complex<double>*, std::size_t);

}  // namespace sesctl
