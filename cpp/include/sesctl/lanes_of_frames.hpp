// Frames of a record side by side, one in each lane, and their Fourier transforms.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <span>
#include <vector>

#include "sesctl/lanes.hpp"

namespace sesctl {

// What a transform of a power-of-two length needs to know, made once for all of them.
template <class Real>
class TurnTable {
  public:
    explicit TurnTable(std::size_t points) : points_(points), place_(points) {
        for (std::size_t k = 0; k < points; ++k) {
            const double turn =
                -2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(points);
            cosine_.push_back(static_cast<Real>(std::cos(turn)));
            sine_.push_back(static_cast<Real>(std::sin(turn)));
        }
        for (std::size_t k = 1; k < points; ++k) {
            place_[k] = place_[k / 2] / 2 + (k % 2 == 0 ? 0 : static_cast<std::uint32_t>(points / 2));
        }
    }

    [[nodiscard]] std::size_t points() const { return points_; }
    [[nodiscard]] Real cosine(std::size_t k) const { return cosine_[k]; }
    [[nodiscard]] Real sine(std::size_t k) const { return sine_[k]; }
    // Where frequency k is found after a transform in place: the bits of k in reverse.
    [[nodiscard]] std::size_t place(std::size_t k) const { return place_[k]; }

  private:
    std::size_t points_;
    std::vector<Real> cosine_;
    std::vector<Real> sine_;
    std::vector<std::uint32_t> place_;
};

// Complex numbers, laid out (point, lane).
template <class Real, std::size_t Bytes>
class LanesOfFrames {
  public:
    using V = Vector<Real, Bytes>;
    static constexpr std::size_t lanes = Bytes / sizeof(Real);

    explicit LanesOfFrames(const TurnTable<Real>& turns)
        : turns_(turns), re_(turns.points() * lanes), im_(turns.points() * lanes) {}

    [[nodiscard]] V re(std::size_t point) const { return load<V>(re_.data() + point * lanes); }
    [[nodiscard]] V im(std::size_t point) const { return load<V>(im_.data() + point * lanes); }
    void set(std::size_t point, const V& re, const V& im) {
        store(re, re_.data() + point * lanes);
        store(im, im_.data() + point * lanes);
    }

    // X[k] = Σ x[n] exp(-j2πkn/N), in place and in the order of TurnTable::place. Decimation in frequency,
    // two halvings at a time (Cooley and Tukey 1965).
    void transform() {
        std::size_t size = turns_.points();
        for (; size >= 4; size /= 4) {
            const std::size_t quarter = size / 4;
            const std::size_t stride = turns_.points() / size;
            for (std::size_t start = 0; start < turns_.points(); start += size) {
                quarter_turn(start, quarter);
                for (std::size_t k = 1; k < quarter; ++k) quarter_turn(start + k, quarter, k * stride);
            }
        }
        if (size < 2) return;
        for (std::size_t start = 0; start < turns_.points(); start += 2) {
            const V a_re = re(start), a_im = im(start), b_re = re(start + 1), b_im = im(start + 1);
            set(start, V(a_re + b_re), V(a_im + b_im));
            set(start + 1, V(a_re - b_re), V(a_im - b_im));
        }
    }

  private:
    // The four points a, b, c, d a quarter apart become a + b + c + d, (a - b + c - d) W^2k, (a - jb - c +
    // jd) W^k and (a + jb - c - jd) W^3k.
    void quarter_turn(std::size_t at, std::size_t quarter) {
        const Sums s = sums(at, quarter);
        set(at, V(s.even_re + s.odd_re), V(s.even_im + s.odd_im));
        set(at + quarter, V(s.even_re - s.odd_re), V(s.even_im - s.odd_im));
        set(at + 2 * quarter, V(s.far_re + s.turned_re), V(s.far_im - s.turned_im));
        set(at + 3 * quarter, V(s.far_re - s.turned_re), V(s.far_im + s.turned_im));
    }

    void quarter_turn(std::size_t at, std::size_t quarter, std::size_t turn) {
        const Sums s = sums(at, quarter);
        set(at, V(s.even_re + s.odd_re), V(s.even_im + s.odd_im));
        set_turned(at + quarter, V(s.even_re - s.odd_re), V(s.even_im - s.odd_im), 2 * turn);
        set_turned(at + 2 * quarter, V(s.far_re + s.turned_re), V(s.far_im - s.turned_im), turn);
        set_turned(at + 3 * quarter, V(s.far_re - s.turned_re), V(s.far_im + s.turned_im), 3 * turn);
    }

    // a + c, b + d, a - c, and the parts of b - d exchanged.
    struct Sums {
        V even_re, even_im, odd_re, odd_im, far_re, far_im, turned_re, turned_im;
    };

    SESCTL_INLINE Sums sums(std::size_t at, std::size_t quarter) const {
        const V a_re = re(at), a_im = im(at), b_re = re(at + quarter), b_im = im(at + quarter);
        const V c_re = re(at + 2 * quarter), c_im = im(at + 2 * quarter);
        const V d_re = re(at + 3 * quarter), d_im = im(at + 3 * quarter);
        return {a_re + c_re, a_im + c_im, b_re + d_re, b_im + d_im,
                a_re - c_re, a_im - c_im, b_im - d_im, b_re - d_re};
    }

    SESCTL_INLINE void set_turned(std::size_t at, const V& re, const V& im, std::size_t turn) {
        const Real cosine = turns_.cosine(turn);
        const Real sine = turns_.sine(turn);
        set(at, V(re * cosine - im * sine), V(re * sine + im * cosine));
    }

    const TurnTable<Real>& turns_;
    LaneBuffer<Real> re_;
    LaneBuffer<Real> im_;
};

// The spectrum of real frames of an even number of points N, with half as many: even samples as real parts,
// odd ones as imaginary parts, and the two spectra told apart afterwards.
//
// Calls take(k, re, im) for k = 0 ... N/2 once each; the others are their mirror images.
template <class Real, std::size_t Bytes, class Take>
void split_real_spectrum(const LanesOfFrames<Real, Bytes>& halves, const TurnTable<Real>& half_turns,
                         const TurnTable<Real>& turns, const Take& take) {
    using V = typename LanesOfFrames<Real, Bytes>::V;
    const std::size_t half = half_turns.points();
    take(0, V(halves.re(0) + halves.im(0)), V{});
    take(half, V(halves.re(0) - halves.im(0)), V{});
    for (std::size_t k = 1; 2 * k <= half; ++k) {
        const std::size_t at = half_turns.place(k);
        const std::size_t mirror = half_turns.place(half - k);
        const V re = halves.re(at), im = halves.im(at), mirror_re = halves.re(mirror),
                mirror_im = halves.im(mirror);
        const V even_re = (re + mirror_re) * Real{0.5};
        const V even_im = (im - mirror_im) * Real{0.5};
        const V odd_re = (im + mirror_im) * Real{0.5};
        const V odd_im = (mirror_re - re) * Real{0.5};
        const V turned_re = odd_re * turns.cosine(k) - odd_im * turns.sine(k);
        const V turned_im = odd_re * turns.sine(k) + odd_im * turns.cosine(k);
        take(k, V(even_re + turned_re), V(even_im + turned_im));
        if (2 * k < half) take(half - k, V(even_re - turned_re), V(turned_im - even_im));
    }
}

// Copies frames, reflected at the record's ends, to where sample n of frame `lane` is at to[n * Lanes +
// lane].
template <std::size_t Lanes, class T>
void read_frames(std::span<const T> record, std::span<const std::ptrdiff_t> starts, std::size_t length,
                 double* to) {
    const auto samples = static_cast<std::ptrdiff_t>(record.size());
    const auto end = static_cast<std::ptrdiff_t>(length);
    const auto is_inside = [&](std::ptrdiff_t start) { return start >= 0 && start + end <= samples; };
    for (std::size_t lane = 0; lane < starts.size();) {
        const auto some = starts.subspan(lane, std::min<std::size_t>(4, starts.size() - lane));
        if (some.size() == 4 && Lanes >= 4 && std::ranges::all_of(some, is_inside)) {
            const std::array<const T*, 4> rows{record.data() + some[0], record.data() + some[1],
                                               record.data() + some[2], record.data() + some[3]};
            to_lanes(rows.data(), length, to + lane, Lanes);
            lane += 4;
            continue;
        }
        for (std::ptrdiff_t n = 0; n < end; ++n) {
            std::ptrdiff_t at = starts[lane] + n;
            if (at < 0) at = -at;
            if (at >= samples) at = 2 * (samples - 1) - at;
            to[static_cast<std::size_t>(n) * Lanes + lane] =
                static_cast<double>(record[static_cast<std::size_t>(at)]);
        }
        ++lane;
    }
}

}  // namespace sesctl
