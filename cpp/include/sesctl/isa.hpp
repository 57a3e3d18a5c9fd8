// Which vector instructions the kernels use: chosen when they run, so that one build serves every processor.
#pragma once

#include <cstddef>
#include <type_traits>

#if defined(__x86_64__) && defined(__GNUC__)
#define SESCTL_X86_DISPATCH 1
#endif

// What passes vectors by value must be inlined, or it would be compiled for the narrowest of them.
#define SESCTL_INLINE [[gnu::always_inline]] inline

namespace sesctl {

// In order of width. The baseline is 16 bytes: SSE2 on x86-64, and what the compiler makes of it elsewhere.
// Not AVX-512: GCC 12 takes comparisons of 64 bytes apart, number by number, before it knows that they are
// inlined where there are instructions for them; and what was compiled for nothing else was no quicker than
// AVX2 (AMD Zen 4).
enum class Isa { baseline, avx2 };

inline constexpr const char* isa_names[] = {"baseline", "avx2"};

// The widest that this processor has, or the narrower one that the environment's SESCTL_ISA names. Throws
// ParameterError where that names none, or one that the processor does not have.
Isa active_isa();

// Bytes in a vector, as a type.
template <std::size_t Bytes>
using VectorBytes = std::integral_constant<std::size_t, Bytes>;

#ifdef SESCTL_X86_DISPATCH

// `flatten` compiles everything that the body calls, too, for the function's own target.
template <class Body>
[[gnu::target("avx2,bmi,bmi2,lzcnt,popcnt"), gnu::flatten, gnu::noinline]] void run_on_avx2(
    const Body& body) {
    body(VectorBytes<32>{});
}

#endif

template <class Body>
[[gnu::flatten, gnu::noinline]] void run_on_baseline(const Body& body) {
    body(VectorBytes<16>{});
}

// Calls body(VectorBytes<n>{}), compiled for the active instructions. No fused multiply-add is among them: a
// kernel whose lanes are independent gives the same bits on all.
template <class Body>
void run_on_active_isa(const Body& body) {
    switch (active_isa()) {
#ifdef SESCTL_X86_DISPATCH
        case Isa::avx2:
            return run_on_avx2(body);
#endif
        default:
            return run_on_baseline(body);
    }
}

}  // namespace sesctl
