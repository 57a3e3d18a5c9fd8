// Complex Fourier transforms of power-of-two length, of a few signals at once: one in each lane.
#pragma once

#include <array>
#include <cstddef>
#include <numbers>
#include <tuple>
#include <type_traits>
#include <utility>

#include "sesctl/fft_plan.hpp"
#include "sesctl/lanes.hpp"

namespace sesctl {

template <class V>
struct Complex {
    V re;
    V im;
};

template <class V>
SESCTL_INLINE Complex<V> operator+(const Complex<V>& a, const Complex<V>& b) {
    return {a.re + b.re, a.im + b.im};
}

template <class V>
SESCTL_INLINE Complex<V> operator-(const Complex<V>& a, const Complex<V>& b) {
    return {a.re - b.re, a.im - b.im};
}

// Four numbers turned by none, an eighth, a quarter and three eighths.
template <class V>
SESCTL_INLINE std::array<Complex<V>, 4> turned(const std::array<Complex<V>, 4>& x) {
    const auto& [a, b, c, d] = x;
    constexpr auto half = static_cast<std::remove_cvref_t<decltype(a.re[0])>>(std::numbers::sqrt2 / 2);
    return {{a,
             {(b.re + b.im) * half, (b.im - b.re) * half},
             {c.im, -c.re},
             {(d.im - d.re) * half, (d.re + d.im) * -half}}};
}

// X[q] = Σ x[i] exp(-j2πqi/R) in registers.
template <class V, std::size_t Radix>
SESCTL_INLINE void butterfly(std::array<Complex<V>, Radix>& x) {
    static_assert(Radix == 1 || Radix == 2 || Radix == 4 || Radix == 8);
    if constexpr (Radix == 2) {
        const Complex<V> a = x[0], b = x[1];
        x = {a + b, a - b};
    } else if constexpr (Radix == 4) {
        const Complex<V> even = x[0] + x[2], far = x[0] - x[2], odd = x[1] + x[3];
        const Complex<V> quarter{x[1].im - x[3].im, x[3].re - x[1].re};
        x[0] = even + odd;
        x[1] = far + quarter;
        x[2] = even - odd;
        x[3] = far - quarter;
    } else if constexpr (Radix == 8) {
        std::array<Complex<V>, 4> even{{x[0] + x[4], x[1] + x[5], x[2] + x[6], x[3] + x[7]}};
        std::array<Complex<V>, 4> odd = turned<V>({{x[0] - x[4], x[1] - x[5], x[2] - x[6], x[3] - x[7]}});
        butterfly<V, 4>(even);
        butterfly<V, 4>(odd);
        x = {even[0], odd[0], even[1], odd[1], even[2], odd[2], even[3], odd[3]};
    }
}

// The first five of eight such sums of real numbers: the others mirror them.
template <class V>
SESCTL_INLINE std::array<Complex<V>, 5> real_butterfly(const std::array<V, 8>& x) {
    constexpr auto half = static_cast<std::remove_cvref_t<decltype(x[0][0])>>(std::numbers::sqrt2 / 2);
    const V even = (x[0] + x[4]) + (x[2] + x[6]);
    const V odd = (x[1] + x[5]) + (x[3] + x[7]);
    const V a = x[0] - x[4];
    const V c = x[2] - x[6];
    const V apart = ((x[1] - x[5]) - (x[3] - x[7])) * half;
    const V along = ((x[1] - x[5]) + (x[3] - x[7])) * half;
    return {{{even + odd, V{}},
             {a + apart, -along - c},
             {(x[0] + x[4]) - (x[2] + x[6]), (x[3] + x[7]) - (x[1] + x[5])},
             {a - apart, c - along},
             {even - odd, V{}}}};
}

// Transforms by a plan, with working memory of its own.
template <class Real, std::size_t Bytes>
class Fft {
  public:
    using V = Vector<Real, Bytes>;
    static constexpr std::size_t lanes = Bytes / sizeof(Real);

    explicit Fft(const FftPlan<Real>& plan) : plan_(plan), work_(2 * plan.points() * lanes) {}

    // X[k] = Σ x[n] exp(-j2πkn/N) (Cooley and Tukey 1965, decimation in frequency). source(n) gives x[n] as
    // a Complex<V>, once for each n; then sink(k, X) is called, where the std::array X holds X[k], X[k +
    // N/R], X[k + 2N/R], ... for R = 1, 2, 4 or 8: its second half are the frequencies from N/2 on.
    template <class Source, class Sink>
    SESCTL_INLINE void transform(const Source& source, const Sink& sink) {
        if (plan_.passes().empty()) return last_pass(1, source, sink);
        const Pass& pass = plan_.passes()[0];
        if (pass.size == usual) {
            split<usual / 8>(pass, 0, source);
        } else {
            split<0>(pass, 0, source);
        }
        if (plan_.last_radix() == 8) return last_eights(split_further(8) / 8, sink);
        finish(8, sink);
    }

    // The same for real numbers: source(n) gives a V, and sink(k, X[k]) is called for k <= N/2 alone.
    template <class Source, class Sink>
    SESCTL_INLINE void transform_real(const Source& source, const Sink& sink) {
        const auto mirror = [&](std::size_t first, const auto& x) {
            constexpr std::size_t radix = std::tuple_size_v<std::remove_cvref_t<decltype(x)>>;
            const std::size_t step = plan_.points() / radix;
            for (std::size_t q = 0; q < (radix + 1) / 2; ++q) sink(first + q * step, x[q]);
            if (radix > 1 && first == 0) sink(plan_.points() / 2, x[radix / 2]);
            // A block of the first or the fifth eighth holds the mirror images of its own frequencies.
            if (first % 4 == 0) return;
            for (std::size_t q = radix / 2; q < radix; ++q) {
                sink(plan_.points() - (first + q * step), Complex<V>{x[q].re, -x[q].im});
            }
        };
        if (plan_.passes().empty()) {
            return last_pass(1, [&](std::size_t n) { return Complex<V>{source(n), V{}}; }, mirror);
        }
        const Pass& pass = plan_.passes()[0];
        if (pass.size == usual) {
            split_real<usual / 8>(pass, source);
        } else {
            split_real<0>(pass, source);
        }
        finish(5, mirror);
    }

  private:
    using Pass = typename FftPlan<Real>::Pass;

    // The default length, whose first pass is compiled for it.
    static constexpr std::size_t usual = 64;

    template <std::size_t Count, class Number, class Source>
    SESCTL_INLINE static std::array<Number, Count> gathered(const Source& source, std::size_t apart) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return std::array<Number, Count>{source(I * apart)...};
        }(std::make_index_sequence<Count>{});
    }

    // The transform of `pass.size` points from `start` on becomes eight, side by side. `Eighth` is an eighth
    // of the points, or 0 where that is not known yet.
    template <std::size_t Eighth, class Source>
    SESCTL_INLINE void split(const Pass& pass, std::size_t start, const Source& source) {
        const std::size_t apart = Eighth == 0 ? pass.size / 8 : Eighth;
        const Real* turn = pass.turns.data();
        for (std::size_t at = start; at < start + apart; ++at, turn += 14) {
            std::array<Complex<V>, 8> x =
                gathered<8, Complex<V>>([&](std::size_t far) { return source(at + far); }, apart);
            butterfly<V, 8>(x);
            put(at, x[0]);
            [&]<std::size_t... I>(std::index_sequence<I...>) {
                if (Eighth != 0 && at == start) {  // nothing to turn, worth a branch in the default length
                    (put(at + (I + 1) * apart, x[I + 1]), ...);
                } else {
                    (put_turned(at + (I + 1) * apart, x[I + 1], turn[2 * I], turn[2 * I + 1]), ...);
                }
            }(std::make_index_sequence<7>{});
        }
    }

    // The first five of eight such transforms of real numbers.
    template <std::size_t Eighth, class Source>
    SESCTL_INLINE void split_real(const Pass& pass, const Source& source) {
        const std::size_t apart = Eighth == 0 ? pass.size / 8 : Eighth;
        const Real* turn = pass.turns.data();
        for (std::size_t at = 0; at < apart; ++at, turn += 14) {
            const std::array<Complex<V>, 5> x =
                real_butterfly<V>(gathered<8, V>([&](std::size_t far) { return source(at + far); }, apart));
            put(at, x[0]);
            put_turned(at + apart, x[1], turn[0], turn[1]);
            put_turned(at + 2 * apart, x[2], turn[2], turn[3]);
            put_turned(at + 3 * apart, x[3], turn[4], turn[5]);
            put(at + 4 * apart, {x[4].re * turn[6], x[4].re * turn[7]});
        }
    }

    // All passes but the first and the last, of the first `eighths` of the points; returns how many these
    // are.
    SESCTL_INLINE std::size_t split_further(std::size_t eighths) {
        const std::size_t end = eighths * (plan_.points() / 8);
        for (std::size_t i = 1; i < plan_.passes().size(); ++i) {
            const Pass& pass = plan_.passes()[i];
            for (std::size_t start = 0; start < end; start += pass.size) {
                split<0>(pass, start, [&](std::size_t at) { return here(at); });
            }
        }
        return end;
    }

    // What remains after the first pass, of the first `eighths` of the points.
    template <class Sink>
    SESCTL_INLINE void finish(std::size_t eighths, const Sink& sink) {
        const std::size_t end = split_further(eighths);
        last_pass(end / plan_.last_radix(), [&](std::size_t at) { return here(at); }, sink);
    }

    // The last pass of radix 8, its even frequencies before the odd ones: both at once need more registers
    // than there are. A compiler that may not keep what it has read reads again instead of putting aside.
    template <class Sink>
    SESCTL_INLINE void last_eights(std::size_t blocks, const Sink& sink) {
        for (std::size_t block = 0; block < blocks; ++block) {
            const std::size_t first = plan_.first()[block];
            const auto near = [&](std::size_t i) { return here(8 * block + i); };
            const auto far = [&](std::size_t i) { return here(8 * block + i + 4); };
            auto x = gathered<4, Complex<V>>([&](std::size_t i) { return near(i) + far(i); }, 1);
            butterfly<V, 4>(x);
            sink(first, x);
            __asm__ volatile("" ::: "memory");
            x = turned(gathered<4, Complex<V>>([&](std::size_t i) { return near(i) - far(i); }, 1));
            butterfly<V, 4>(x);
            sink(first + plan_.points() / 8, x);
        }
    }

    template <class Source, class Sink>
    SESCTL_INLINE void last_pass(std::size_t blocks, const Source& source, const Sink& sink) {
        switch (plan_.last_radix()) {
            case 1:
                return last_pass<1>(blocks, source, sink);
            case 2:
                return last_pass<2>(blocks, source, sink);
            case 4:
                return last_pass<4>(blocks, source, sink);
            default:
                return last_pass<8>(blocks, source, sink);
        }
    }

    template <std::size_t Radix, class Source, class Sink>
    SESCTL_INLINE void last_pass(std::size_t blocks, const Source& source, const Sink& sink) {
        const std::size_t* const first = plan_.first().data();
        for (std::size_t block = 0; block < blocks; ++block) {
            std::array<Complex<V>, Radix> x =
                gathered<Radix, Complex<V>>([&](std::size_t far) { return source(block * Radix + far); }, 1);
            butterfly<V, Radix>(x);
            sink(first[block], x);
        }
    }

    SESCTL_INLINE Complex<V> here(std::size_t at) const {
        return {load<V>(work_.data() + 2 * at * lanes), load<V>(work_.data() + (2 * at + 1) * lanes)};
    }
    SESCTL_INLINE void put(std::size_t at, const Complex<V>& x) {
        store(x.re, work_.data() + 2 * at * lanes);
        store(x.im, work_.data() + (2 * at + 1) * lanes);
    }
    SESCTL_INLINE void put_turned(std::size_t at, const Complex<V>& x, Real cosine, Real sine) {
        put(at, {x.re * cosine - x.im * sine, x.re * sine + x.im * cosine});
    }

    const FftPlan<Real>& plan_;
    LaneBuffer<Real> work_;  // of each point the real and the imaginary parts
};

}  // namespace sesctl
