// Results that are written once, past the caches: memory is not read before it is overwritten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "sesctl/isa.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sesctl {

// Bytes of a result from which on it pays: it would not stay in a cache of its core until it is used.
inline constexpr std::size_t least_streamed = std::size_t{1} << 21;

// Copies bytes to where nobody looks soon. Before another thread may, call end_of_stream.
SESCTL_INLINE void stream(const void* from, void* to, std::size_t bytes) {
    const auto* source = static_cast<const std::byte*>(from);
    auto* target = static_cast<std::byte*>(to);
#ifdef __SSE2__
    constexpr std::size_t line = 64;
    const std::size_t before = -reinterpret_cast<std::uintptr_t>(target) % line;
    if (bytes >= before + line) {
        std::memcpy(target, source, before);
        std::size_t at = before;
        for (; at + line <= bytes; at += line) {
            for (std::size_t k = 0; k < line; k += sizeof(__m128i)) {
                _mm_stream_si128(reinterpret_cast<__m128i*>(target + at + k),
                                 _mm_loadu_si128(reinterpret_cast<const __m128i*>(source + at + k)));
            }
        }
        source += at;
        target += at;
        bytes -= at;
    }
#endif
    std::memcpy(target, source, bytes);
}

SESCTL_INLINE void end_of_stream() {
#ifdef __SSE2__
    _mm_sfence();
#endif
}

}  // namespace sesctl
