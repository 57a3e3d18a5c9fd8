#include "sesctl/finite.hpp"

#include "input.hpp"

namespace sesctl::fuzz {

template <class T>
void first_infinite_is_found(Input& input) {
    const std::size_t threads = input.size_between(1, 3);
    const auto table = input.table<T>(1, 5000, Wild::all);
    const std::span<const T> samples(table.data.get(), table.rows * table.samples);
    std::size_t first = 0;
    while (first < samples.size() && !std::isinf(samples[first])) ++first;
    SESCTL_CLAIM(first_infinite(samples, threads) == first);
    bool finite = true;
    for (const T sample : samples) finite = finite && std::isfinite(sample);
    SESCTL_CLAIM(is_finite(samples) == finite);
}

}  // namespace sesctl::fuzz

SESCTL_FUZZ_TARGET(sesctl::fuzz::first_infinite_is_found)
