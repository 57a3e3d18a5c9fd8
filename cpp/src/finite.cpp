#include "sesctl/finite.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "sesctl/lanes.hpp"
#include "sesctl/parallel.hpp"

namespace sesctl {

namespace {

template <class T, std::size_t Bytes>
std::size_t first_infinite_in(std::span<const T> samples) {
    using V = Vector<T, Bytes>;
    constexpr std::size_t lanes = Bytes / sizeof(T);
    constexpr std::size_t stride = 16 * lanes;
    constexpr T infinity = std::numeric_limits<T>::infinity();
    std::size_t at = 0;
    for (; at + stride <= samples.size(); at += stride) {
        const V first = load<V>(&samples[at]);
        auto infinite = magnitude<T>(first) == infinity;
        for (std::size_t k = lanes; k < stride; k += lanes) {
            const V some = load<V>(&samples[at + k]);
            infinite |= magnitude<T>(some) == infinity;
        }
        if (any_bit(infinite)) break;
    }
    while (at < samples.size() && !std::isinf(samples[at])) ++at;
    return at;
}

}  // namespace

template <class T>
std::size_t first_infinite(std::span<const T> samples, std::size_t threads) {
    const std::size_t shares = worthwhile_threads(threads, samples.size() / 4);
    std::vector<std::size_t> found(shares, samples.size());
    share_out(samples.size(), shares, [&](std::size_t begin, std::size_t end, std::size_t share) {
        run_on_active_isa([&](auto bytes) {
            const std::size_t at = first_infinite_in<T, bytes()>(samples.subspan(begin, end - begin));
            if (at < end - begin) found[share] = begin + at;
        });
    });
    return *std::ranges::min_element(found);
}

template std::size_t first_infinite(std::span<const float>, std::size_t);
template std::size_t first_infinite(std::span<const double>, std::size_t);

}  // namespace sesctl
