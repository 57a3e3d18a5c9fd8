// Rows side by side: one sample of several rows in one vector, so that each lane is a row of its own.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <type_traits>

#include "sesctl/isa.hpp"

namespace sesctl {

// So many numbers in so many bytes; arithmetic and comparisons work number by number.
template <class T, std::size_t Bytes>
struct VectorOf {
    typedef T type __attribute__((vector_size(Bytes)));
    // The same, wherever in memory it may lie.
    typedef T loose __attribute__((vector_size(Bytes), aligned(alignof(T)), may_alias));
};
template <class T, std::size_t Bytes>
using Vector = typename VectorOf<T, Bytes>::type;

template <class V, class T>
SESCTL_INLINE V load(const T* from) {
    typedef V loose __attribute__((aligned(alignof(T)), may_alias));
    return *reinterpret_cast<const loose*>(from);
}

template <class V, class T>
SESCTL_INLINE void store(const V& vector, T* to) {
    typedef V loose __attribute__((aligned(alignof(T)), may_alias));
    *reinterpret_cast<loose*>(to) = vector;
}

// The lesser and the greater of two vectors, number by number. Not b < a twice: two different comparisons
// become one instruction each.
template <class V>
SESCTL_INLINE V lesser(const V& a, const V& b) {
    return a < b ? a : b;
}
template <class V>
SESCTL_INLINE V greater(const V& a, const V& b) {
    return a > b ? a : b;
}

// The bits that are set in any of a vector's 64-bit words.
template <class V>
SESCTL_INLINE std::uint64_t united_bits(const V& vector) {
    using Words = Vector<std::int64_t, sizeof(V)>;
    const auto words = reinterpret_cast<Words>(vector);
    if constexpr (sizeof(V) == 32) {
        return united_bits(__builtin_shufflevector(words, words, 0, 1) |
                           __builtin_shufflevector(words, words, 2, 3));
    } else {
        return static_cast<std::uint64_t>(words[0] | words[1]);
    }
}

// Whether any bit of a vector is set.
template <class V>
SESCTL_INLINE bool any_bit(const V& vector) {
    return united_bits(vector) != 0;
}

// The integers that comparisons of T result in, and that have its bits.
template <class T>
using IntegerLike = std::conditional_t<sizeof(T) == 2, std::int16_t,
                                       std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>>;

// The bits that are set in any of a vector's numbers of type T.
template <class T, class V>
SESCTL_INLINE std::uint64_t united_numbers(const V& vector) {
    std::uint64_t bits = united_bits(vector);
    for (std::size_t width = 32; width >= 8 * sizeof(T); width /= 2) bits |= bits >> width;
    return bits & (~std::uint64_t{0} >> (64 - 8 * sizeof(T)));
}

// 1, 2, 4, ...: a bit for every number of type T, beginning anew where its bits end.
template <class T, std::size_t Bytes>
SESCTL_INLINE Vector<IntegerLike<T>, Bytes> bit_of_lane() {
    using Bits = std::make_unsigned_t<IntegerLike<T>>;
    Vector<IntegerLike<T>, Bytes> bits;
    for (std::size_t lane = 0; lane < Bytes / sizeof(T); ++lane) {
        bits[lane] = static_cast<IntegerLike<T>>(static_cast<Bits>(Bits{1} << lane % (8 * sizeof(T))));
    }
    return bits;
}

// What a comparison of numbers of type T told, a bit for each, the first in the lowest.
template <class T, class Mask>
SESCTL_INLINE std::uint64_t lane_bits(const Mask& mask) {
    static_assert(sizeof(Mask) / sizeof(T) <= 8 * sizeof(T));
    return united_numbers<T>(mask & bit_of_lane<T, sizeof(Mask)>());
}

// Which of 64 samples pass a test(samples of one vector, place of the first), the first in the lowest bit.
template <class T, std::size_t Bytes, class Test>
SESCTL_INLINE std::uint64_t bits_where(const T* samples, const Test& test) {
    // Every lane marks bits of its own in a number as wide as a sample.
    using Marks = Vector<IntegerLike<T>, Bytes>;
    constexpr std::size_t width = 8 * sizeof(T);
    const Marks first = bit_of_lane<T, Bytes>();
    std::uint64_t bits = 0;
    for (std::size_t begin = 0; begin < 64; begin += width) {
        Marks marks = {};
        for (std::size_t at = 0; at < width; at += Bytes / sizeof(T)) {
            marks |= test(load<Vector<T, Bytes>>(samples + begin + at), begin + at) &
                     (first << static_cast<IntegerLike<T>>(at));
        }
        bits |= united_numbers<T>(marks) << begin;
    }
    return bits;
}

// |x|, number by number.
template <class T, class V>
SESCTL_INLINE V magnitude(const V& vector) {
    using Bits = Vector<IntegerLike<T>, sizeof(V)>;
    return reinterpret_cast<V>(reinterpret_cast<Bits>(vector) & std::numeric_limits<IntegerLike<T>>::max());
}

// The numbers of two vectors in turn: a0, b0, a1, b1, ...
template <class T, std::size_t Count>
SESCTL_INLINE void interleave(const Vector<T, Count * sizeof(T)>& a, const Vector<T, Count * sizeof(T)>& b,
                              T* to) {
    if constexpr (Count == 2) {
        store(__builtin_shufflevector(a, b, 0, 2, 1, 3), to);
    } else if constexpr (Count == 4) {
        store(__builtin_shufflevector(a, b, 0, 4, 1, 5), to);
        store(__builtin_shufflevector(a, b, 2, 6, 3, 7), to + 4);
    } else if constexpr (Count == 8) {
        store(__builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11), to);
        store(__builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15), to + 8);
    } else {
        static_assert(Count == 16);
        store(__builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), to);
        store(__builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31),
              to + 16);
    }
}

// Four of a number.
template <class T>
using Four = Vector<T, 4 * sizeof(T)>;

SESCTL_INLINE void transpose(auto& a, auto& b, auto& c, auto& d) {
    const auto ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    const auto ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const auto cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const auto cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    a = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
    b = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
    c = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
    d = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
}

// Four numbers as U. Not __builtin_convertvector, of which GCC makes two halves where U is wider.
template <class U, class V>
SESCTL_INLINE Four<U> four_as(const V& four) {
    return Four<U>{static_cast<U>(four[0]), static_cast<U>(four[1]), static_cast<U>(four[2]),
                   static_cast<U>(four[3])};
}

// Four numbers, of which the compiler forgets where they come from: else it fetches what is shuffled and then
// converted from memory one by one.
template <class T>
SESCTL_INLINE void hold([[maybe_unused]] Four<T>& four) {
#ifdef SESCTL_X86_DISPATCH
    if constexpr (sizeof(four) == 16) asm("" : "+x"(four));
#endif
}

// The first `count` samples of four rows, as U, to where sample i of row r is at to[i * stride + r].
template <class T, class U>
SESCTL_INLINE void to_lanes(const T* const* rows, std::size_t count, U* to, std::size_t stride) {
    const auto take_four = [&](std::size_t i) {
        auto a = load<Four<T>>(rows[0] + i);
        auto b = load<Four<T>>(rows[1] + i);
        auto c = load<Four<T>>(rows[2] + i);
        auto d = load<Four<T>>(rows[3] + i);
        transpose(a, b, c, d);
        for (auto* const four : {&a, &b, &c, &d}) hold<T>(*four);
        store(four_as<U>(a), to + i * stride);
        store(four_as<U>(b), to + (i + 1) * stride);
        store(four_as<U>(c), to + (i + 2) * stride);
        store(four_as<U>(d), to + (i + 3) * stride);
    };
    std::size_t i = 0;
    for (; i + 4 <= count; i += 4) take_four(i);
    // The last four, some of them again, rather than what is left one by one.
    if (i < count && count >= 4) return take_four(count - 4);
    for (; i < count; ++i) {
        for (std::size_t r = 0; r < 4; ++r) to[i * stride + r] = static_cast<U>(rows[r][i]);
    }
}

// The same way back.
template <class T, class U>
SESCTL_INLINE void from_lanes(const U* from, std::size_t stride, std::size_t count, T* const* rows) {
    const auto take_four = [&](std::size_t i) {
        auto a = __builtin_convertvector(load<Four<U>>(from + i * stride), Four<T>);
        auto b = __builtin_convertvector(load<Four<U>>(from + (i + 1) * stride), Four<T>);
        auto c = __builtin_convertvector(load<Four<U>>(from + (i + 2) * stride), Four<T>);
        auto d = __builtin_convertvector(load<Four<U>>(from + (i + 3) * stride), Four<T>);
        transpose(a, b, c, d);
        store(a, rows[0] + i);
        store(b, rows[1] + i);
        store(c, rows[2] + i);
        store(d, rows[3] + i);
    };
    std::size_t i = 0;
    for (; i + 4 <= count; i += 4) take_four(i);
    if (i < count && count >= 4) return take_four(count - 4);
    for (; i < count; ++i) {
        for (std::size_t r = 0; r < 4; ++r) rows[r][i] = static_cast<T>(from[i * stride + r]);
    }
}

// Working memory in whole cache lines.
template <class T>
class LaneBuffer {
  public:
    explicit LaneBuffer(std::size_t size)
        : size_(size), data_(static_cast<T*>(::operator new(size * sizeof(T), alignment))) {
        std::fill_n(data_.get(), size, T{});
    }

    [[nodiscard]] T* data() { return data_.get(); }
    [[nodiscard]] const T* data() const { return data_.get(); }
    [[nodiscard]] std::size_t size() const { return size_; }
    T& operator[](std::size_t at) { return data_[at]; }
    const T& operator[](std::size_t at) const { return data_[at]; }

  private:
    static constexpr std::align_val_t alignment{64};
    struct Free {
        void operator()(T* data) const { ::operator delete(data, alignment); }
    };
    std::size_t size_;
    std::unique_ptr<T[], Free> data_;
};

}  // namespace sesctl
