#include "sesctl/chirp_stft.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "sesctl/chirped_frames.hpp"
#include "sesctl/parallel.hpp"
#include "sesctl/plain_frames.hpp"

namespace sesctl {

namespace {

// The spectra of one row after the other.
template <class T, std::size_t Bytes>
class RowSpectra {
  public:
    static constexpr std::size_t lanes = PlainFrames<T, Bytes>::lanes;

    RowSpectra(const ChirpFrames& frames, const PlainTransform<T>& plain, const FftPlan<double>& plan,
               std::size_t count, std::size_t frequencies)
        : phases_(frames, count, lanes),
          suits_(plain.suits),
          plain_(plain),
          chirped_(frames.window(), plan),
          count_(count),
          frequencies_(frequencies),
          few_(count < lanes ? frequencies * lanes : 0) {}

    void transform(std::span<const T> record, std::span<const double> rates, std::complex<T>* spectrum) {
        phases_.read(record);
        others_.clear();
        missing_.clear();
        for (std::size_t first = 0; first < count_; first += lanes) {
            transform_plain(first, rates.subspan(first, std::min(lanes, count_ - first)), spectrum);
        }
        constexpr std::size_t some = ChirpedFrames<T, Bytes>::lanes;
        for (std::size_t first = 0; first < others_.size(); first += some) {
            const auto places =
                std::span<const std::size_t>(others_).subspan(first, std::min(some, others_.size() - first));
            chirped_.run(phases_, places, rates, spectrum, count_, frequencies_);
        }
        constexpr T missing = std::numeric_limits<T>::quiet_NaN();
        for (const std::size_t frame : missing_) {
            for (std::size_t k = 0; k < frequencies_; ++k) spectrum[k * count_ + frame] = {missing, missing};
        }
    }

  private:
    // Frames first, first + 1, ... as far as they have no chirp; the others, and what is missing, are put
    // off, since a frame may be transformed twice. How a frame is transformed depends on itself alone, not on
    // its neighbours.
    void transform_plain(std::size_t first, std::span<const double> rates, std::complex<T>* spectrum) {
        std::array<bool, lanes> done{};
        const bool any = suits_ && std::ranges::any_of(rates, is_plain);
        // The last few frames are transformed with some before them, so that none lies beyond the row.
        const std::size_t at = std::min(first, count_ < lanes ? 0 : count_ - lanes);
        if (any && count_ >= lanes) {
            done = plain_.run(phases_, at, spectrum + at, count_, frequencies_);
        } else if (any) {
            done = plain_.run(phases_, 0, few_.data(), lanes, frequencies_);
            for (std::size_t k = 0; k < frequencies_; ++k) {
                std::copy_n(few_.data() + k * lanes, count_, spectrum + k * count_);
            }
        }
        for (std::size_t lane = 0; lane < rates.size(); ++lane) {
            const std::size_t frame = first + lane;
            if (is_plain(rates[lane]) && done[frame - at]) continue;
            if (phases_.is_whole(frame)) {
                others_.push_back(frame);
            } else {
                missing_.push_back(frame);
            }
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
    std::vector<std::complex<T>> few_;
    std::vector<std::size_t> others_;
    std::vector<std::size_t> missing_;
};

}  // namespace

template <class T>
void chirp_stft(Rows<const T> values, const ChirpFrames& frames, Rows<const double> rates,
                std::size_t frequencies, std::complex<T>* spectrum, std::size_t threads) {
    const std::size_t count = rates.samples;
    if (count == 0) return;
    const PlainTransform<T> plain(frames.window(), frames.n_fft());
    const FftPlan<double> plan(frames.n_fft());
    share_out(values.rows, worthwhile_threads(threads, values.rows * count * frames.n_fft()),
              [&](std::size_t begin, std::size_t end, std::size_t) {
                  run_on_active_isa([&](auto bytes) {
                      RowSpectra<T, bytes()> spectra(frames, plain, plan, count, frequencies);
                      for (std::size_t row = begin; row < end; ++row) {
                          spectra.transform(values[row], rates[row], spectrum + row * frequencies * count);
                      }
                  });
              });
}

template void chirp_stft(Rows<const float>, const ChirpFrames&, Rows<const double>, std::size_t,
                         std::complex<float>*, std::size_t);
template void chirp_stft(Rows<const double>, const ChirpFrames&, Rows<const double>, std::size_t,
                         std::complex<double>*, std::size_t);

}  // namespace sesctl
