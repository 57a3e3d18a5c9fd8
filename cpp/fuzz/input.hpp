// What a fuzz target reads its case from, and how it says that a claim does not hold.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "sesctl/view.hpp"

// Ends the run with the claim; libFuzzer then keeps the input.
#define SESCTL_CLAIM(claim)                                                       \
    do {                                                                          \
        if (!(claim)) {                                                           \
            std::fprintf(stderr, "%s:%d: not: %s\n", __FILE__, __LINE__, #claim); \
            std::abort();                                                         \
        }                                                                         \
    } while (false)

namespace sesctl::fuzz {

// Which numbers may be among the samples.
enum class Wild { none, missing, all };

// An array of exactly its size on the heap, so that the address sanitizer sees each step beyond it.
template <class T>
struct Table {
    Table(std::size_t rows, std::size_t samples)
        : rows(rows), samples(samples), data(std::make_unique<T[]>(rows * samples)) {}

    [[nodiscard]] Rows<T> view() { return {data.get(), rows, samples}; }
    [[nodiscard]] Rows<const T> read() const { return {data.get(), rows, samples}; }
    [[nodiscard]] std::span<const T> operator[](std::size_t row) const {
        return {data.get() + row * samples, samples};
    }

    std::size_t rows;
    std::size_t samples;
    std::unique_ptr<T[]> data;
};

// Bytes as parameters and samples; zeros where the bytes end.
class Input {
  public:
    Input(const std::uint8_t* bytes, std::size_t size) : bytes_(bytes, size) {}

    template <class U>
    U raw() {
        std::array<std::uint8_t, sizeof(U)> taken{};
        for (auto& byte : taken) byte = next();
        U value;
        std::memcpy(&value, taken.data(), sizeof(U));
        return value;
    }

    // A whole number from `low` to `high`.
    std::int64_t between(std::int64_t low, std::int64_t high) {
        const auto count = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
        const std::uint64_t drawn = count <= 256 ? raw<std::uint8_t>() : raw<std::uint64_t>();
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) +
                                         (count == 0 ? drawn : drawn % count));
    }
    std::size_t size_between(std::size_t low, std::size_t high) {
        return static_cast<std::size_t>(
            between(static_cast<std::int64_t>(low), static_cast<std::int64_t>(high)));
    }
    bool flag() { return (next() & 1) != 0; }

    // Mostly a small number; sometimes one that is missing, infinite, denormal, huge, or of any bits.
    template <class T>
    T sample(Wild wild) {
        using Limits = std::numeric_limits<T>;
        const std::uint8_t kind = next();
        T value = static_cast<T>(static_cast<int>(kind) - 128) / T{8};
        switch (kind) {
            case 0:
                value = Limits::quiet_NaN();
                break;
            case 1:
                value = Limits::infinity();
                break;
            case 2:
                value = -Limits::infinity();
                break;
            case 3:
                value = Limits::denorm_min();
                break;
            case 4:
                value = Limits::max();
                break;
            case 5:
                value = Limits::lowest();
                break;
            case 6:
                value = T{-0.0};
                break;
            case 7:
                value = T{1e4};
                break;
            case 8:
            case 9:
                value = raw<T>();
                break;
            case 10:
                value = T{1e20F};
                break;
            default:
                break;
        }
        if (std::isnan(value) && wild == Wild::none) return T{};
        if (std::isinf(value) && wild != Wild::all) return T{};
        return value;
    }

    // At most so many rows of so many samples; none have rows of no samples.
    template <class T>
    Table<T> table(std::size_t most_rows, std::size_t most_samples, Wild wild) {
        const std::size_t samples = size_between(0, most_samples);
        Table<T> table(samples == 0 ? 0 : size_between(0, most_rows), samples);
        // A short input is repeated, so that a long row needs no long input.
        const std::size_t first = at_;
        for (std::size_t i = 0; i < table.rows * samples; ++i) {
            if (at_ >= bytes_.size() && first < bytes_.size()) at_ = first;
            table.data[i] = sample<T>(wild);
        }
        return table;
    }

  private:
    std::uint8_t next() { return at_ < bytes_.size() ? bytes_[at_++] : std::uint8_t{0}; }

    std::span<const std::uint8_t> bytes_;
    std::size_t at_ = 0;
};

template <class T>
bool same_bits(T a, T b) {
    return std::memcmp(&a, &b, sizeof(T)) == 0;
}

// The largest magnitude of what is finite.
template <class T>
double largest(std::span<const T> samples) {
    double size = 0.0;
    for (const T sample : samples) {
        if (std::isfinite(sample)) size = std::max(size, std::abs(static_cast<double>(sample)));
    }
    return size;
}

// Sizes far from where sums and powers overflow or lose their digits.
template <class T>
bool is_moderate(std::span<const T> samples) {
    return largest(samples) <= 1e8;
}

}  // namespace sesctl::fuzz

// A target is a template over the type of the samples; the first byte tells which.
#define SESCTL_FUZZ_TARGET(target)                                                       \
    extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) { \
        sesctl::fuzz::Input input(bytes, size);                                          \
        if (input.flag()) {                                                              \
            target<float>(input);                                                        \
        } else {                                                                         \
            target<double>(input);                                                       \
        }                                                                                \
        return 0;                                                                        \
    }
