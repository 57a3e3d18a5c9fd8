#include "sesctl/chirp_stft.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "sesctl/frame_batch.hpp"
#include "sesctl/lanes_of_frames.hpp"
#include "sesctl/parallel.hpp"

namespace sesctl {

namespace {

// What is known of all frames before the first is read.
struct Transforms {
    explicit Transforms(const ChirpFrames& frames)
        : frames(frames), turns(frames.n_fft()), half_turns(std::max<std::size_t>(1, frames.n_fft() / 2)) {}

    const ChirpFrames& frames;
    TurnTable<double> turns;
    TurnTable<double> half_turns;
};

// Transforms a few frames of one row at once.
template <class T, std::size_t Bytes>
class TransformedFrames {
  public:
    using V = Vector<double, Bytes>;
    static constexpr std::size_t lanes = Bytes / sizeof(double);

    explicit TransformedFrames(const Transforms& transforms)
        : transforms_(transforms),
          window_(transforms.frames.window()),
          samples_(window_.size() * lanes),
          chirps_re_(window_.size() * lanes),
          chirps_im_(window_.size() * lanes),
          spectrum_(transforms.turns),
          halves_(transforms.half_turns),
          chirp_(window_) {}

    // Frames first, first + 1, ... of a record, one for each rate, into (n_fft, count).
    void transform(std::span<const T> record, std::size_t first, std::span<const double> rates,
                   std::complex<T>* spectrum, std::size_t count) {
        std::array<std::ptrdiff_t, lanes> starts{};
        for (std::size_t lane = 0; lane < rates.size(); ++lane) {
            starts[lane] = transforms_.frames.first_sample(first + lane);
        }
        read_frames<lanes>(record, std::span(starts).first(rates.size()), window_.size(), samples_.data());
        V wild = {};
        for (std::size_t n = 0; n < window_.size(); ++n) {
            const V sample = load<V>(samples_.data() + n * lanes);
            wild += sample - sample;
        }
        // Added to what is whole it changes nothing, and what is not becomes NaN.
        const V missing = wild == 0.0 ? V{} : V{} + std::numeric_limits<double>::quiet_NaN();
        const std::size_t points = transforms_.turns.points();
        std::complex<T>* const out = spectrum + first;
        // How a frame is transformed depends on its own rate alone, not on its neighbours'. One without a
        // rate touches a missing sample.
        std::array<bool, lanes> wanted{};
        bool all = false;
        const auto write = [&](std::size_t k, const V& re, const V& im) {
            put(V(re + missing), V(im + missing), wanted, all, out + k * count);
        };
        const auto want = [&](bool plain) {
            std::size_t found = 0;
            for (std::size_t lane = 0; lane < rates.size(); ++lane) {
                wanted[lane] = (points > 1 && (rates[lane] == 0.0 || std::isnan(rates[lane]))) == plain;
                found += wanted[lane] ? 1 : 0;
            }
            all = found == lanes;
            return found > 0;
        };
        if (want(true)) {
            load_halves();
            halves_.transform();
            split_real_spectrum(halves_, transforms_.half_turns, transforms_.turns,
                                [&](std::size_t k, const V& re, const V& im) {
                                    write(k, re, im);
                                    if (k != 0 && 2 * k != points) write(points - k, re, V(-im));
                                });
        }
        if (!want(false)) return;
        load_chirped(rates);
        spectrum_.transform();
        for (std::size_t k = 0; k < points; ++k) {
            const std::size_t at = transforms_.turns.place(k);
            write(k, spectrum_.re(at), spectrum_.im(at));
        }
    }

  private:
    V weighted(std::size_t n) const {
        return n < window_.size() ? window_[n] * load<V>(samples_.data() + n * lanes) : V{};
    }

    void load_halves() {
        for (std::size_t n = 0; n < transforms_.half_turns.points(); ++n) {
            halves_.set(n, weighted(2 * n), weighted(2 * n + 1));
        }
    }

    void load_chirped(std::span<const double> rates) {
        for (std::size_t lane = 0; lane < rates.size(); ++lane) {
            if (std::isnan(rates[lane])) continue;
            chirp_.set_rate(rates[lane]);
            for (std::size_t n = 0; n < window_.size(); ++n) {
                chirps_re_[n * lanes + lane] = chirp_.re[n];
                chirps_im_[n * lanes + lane] = chirp_.im[n];
            }
        }
        for (std::size_t n = 0; n < window_.size(); ++n) {
            const V sample = load<V>(samples_.data() + n * lanes);
            spectrum_.set(n, V(sample * load<V>(chirps_re_.data() + n * lanes)),
                          V(sample * load<V>(chirps_im_.data() + n * lanes)));
        }
        for (std::size_t n = window_.size(); n < transforms_.turns.points(); ++n) spectrum_.set(n, V{}, V{});
    }

    // The lanes that are wanted, as complex numbers one after the other.
    static void put(const V& re, const V& im, const std::array<bool, lanes>& wanted, bool all,
                    std::complex<T>* to) {
        using Parts = Vector<T, lanes * sizeof(T)>;
        const auto re_parts = __builtin_convertvector(re, Parts);
        const auto im_parts = __builtin_convertvector(im, Parts);
        if (all) {
            interleave<T, lanes>(re_parts, im_parts, reinterpret_cast<T*>(to));
        } else {
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                if (wanted[lane]) to[lane] = {re_parts[lane], im_parts[lane]};
            }
        }
    }

    const Transforms& transforms_;
    std::span<const double> window_;
    LaneBuffer<double> samples_;
    LaneBuffer<double> chirps_re_;
    LaneBuffer<double> chirps_im_;
    LanesOfFrames<double, Bytes> spectrum_;
    LanesOfFrames<double, Bytes> halves_;
    ChirpWindow chirp_;
};

}  // namespace

template <class T>
void chirp_stft(Rows<const T> values, const ChirpFrames& frames, Rows<const double> rates,
                std::complex<T>* spectrum, std::size_t threads) {
    const std::size_t count = rates.samples;
    const Transforms transforms(frames);
    share_out(values.rows, worthwhile_threads(threads, values.rows * count * frames.n_fft()),
              [&](std::size_t begin, std::size_t end, std::size_t) {
                  run_on_active_isa([&](auto bytes) {
                      TransformedFrames<T, bytes()> transformed(transforms);
                      for (std::size_t row = begin; row < end; ++row) {
                          for (std::size_t first = 0; first < count; first += transformed.lanes) {
                              transformed.transform(
                                  values[row], first,
                                  rates[row].subspan(first, std::min(transformed.lanes, count - first)),
                                  spectrum + row * frames.n_fft() * count, count);
                          }
                      }
                  });
              });
}

template void chirp_stft(Rows<const float>, const ChirpFrames&, Rows<const double>, std::complex<float>*,
                         std::size_t);
template void chirp_stft(Rows<const double>, const ChirpFrames&, Rows<const double>, std::complex<double>*,
                         std::size_t);

}  // namespace sesctl
