#include "sesctl/gaps.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "sesctl/errors.hpp"
#include "sesctl/lanes.hpp"
#include "sesctl/parallel.hpp"

namespace sesctl {

namespace {

// A point of the straight line between two samples. Between two finite samples it is finite, and between
// equal ones it is the same. Not std::lerp, which branches on their signs, nor single numbers, of which
// comparisons become branches: which of two samples is less cannot be foreseen.
template <class T>
SESCTL_INLINE T between(T before, T after, double share) {
    using Pair = Vector<double, 16>;
    const Pair left = Pair{} + static_cast<double>(before);
    const Pair right = Pair{} + static_cast<double>(after);
    const Pair straight = left * (1.0 - share) + right * share;
    return static_cast<T>(greater(lesser(left, right), lesser(greater(left, right), straight))[0]);
}

// Copies a row word by word of 64 samples, and fills its short gaps on the way.
template <class T, std::size_t Bytes>
class RowFiller {
  public:
    RowFiller(std::span<const T> row, std::size_t longest, T* filled, bool* mask)
        : row_(row), longest_(longest), filled_(filled), mask_(mask), in_place_(filled == row.data()) {}

    void fill() {
        std::size_t at = 0;
        std::uint64_t beside = 1;  // 1: the sample before is missing, or there is none
        for (; at + word <= row_.size(); at += word) {
            const std::uint64_t missing = copy_word(at);
            if ((missing | beside) != 0) fill_word(at, missing, beside);
            beside = missing >> (word - 1);
        }
        if (any_bit(largest_ == std::numeric_limits<T>::infinity())) refuse_infinite();
        if (at == row_.size()) return;
        const auto rest = row_.subspan(at);
        if (!in_place_) std::ranges::copy(rest, filled_ + at);
        std::fill_n(mask_ + at, rest.size(), false);
        // What is beyond the row is missing, too.
        fill_word(at, ~samples_present<T, Bytes>(rest), beside);
    }

  private:
    using V = Vector<T, Bytes>;
    static constexpr std::size_t word = 64;

    // Returns which samples are missing.
    std::uint64_t copy_word(std::size_t at) {
        std::fill_n(mask_ + at, word, false);
        return bits_where<T, Bytes>(row_.data() + at, [&](const V& some, std::size_t k) {
            largest_ = greater(magnitude<T>(some), largest_);
            if (!in_place_) store(some, filled_ + at + k);
            return some != some;
        });
    }

    // Most gaps by far are of one sample.
    void fill_word(std::size_t at, std::uint64_t missing, std::uint64_t before) {
        const std::size_t next = at + word;
        const std::uint64_t after = next >= row_.size() || std::isnan(row_[next]) ? 1 : 0;
        const std::uint64_t single =
            longest_ == 0 ? 0 : missing & ~(missing << 1 | before) & ~(missing >> 1 | after << (word - 1));
        for (std::uint64_t bits = single; bits != 0; bits &= bits - 1) {
            const std::size_t k = at + static_cast<std::size_t>(std::countr_zero(bits));
            filled_[k] = between(row_[k - 1], row_[k + 1], 0.5);
            mask_[k] = true;
        }
        // A set bit is the first sample of a longer gap, or the first after one.
        const std::uint64_t longer = missing & ~single;
        for (std::uint64_t edges = longer ^ (longer << 1 | (inside_ ? 1 : 0)); edges != 0;
             edges &= edges - 1) {
            const std::size_t edge = at + static_cast<std::size_t>(std::countr_zero(edges));
            if (inside_) fill_gap(edge);
            first_ = edge;
            inside_ = !inside_;
        }
    }

    // The gap that ends where there is a sample again.
    void fill_gap(std::size_t end) {
        const std::size_t length = end - first_;
        if (first_ == 0 || end >= row_.size() || length > longest_) return;
        const auto steps = static_cast<double>(length + 1);
        for (std::size_t k = first_; k < end; ++k) {
            filled_[k] = between(row_[first_ - 1], row_[end], static_cast<double>(k - first_ + 1) / steps);
            mask_[k] = true;
        }
    }

    std::span<const T> row_;
    std::size_t longest_;
    T* filled_;
    bool* mask_;
    bool in_place_;  // nothing need be copied
    V largest_{};
    std::size_t first_ = 0;  // of the longer gap,
    bool inside_ = false;    // if inside one
};

}  // namespace

void refuse_infinite() { throw ParameterError("a value is infinite"); }

template <class T>
void fill_gaps(Rows<const T> values, std::int64_t max_length, Rows<T> filled, Rows<bool> mask,
               std::size_t threads) {
    if (max_length < 0) {
        throw ParameterError("max_length is " + std::to_string(max_length) +
                             " samples, which is less than none");
    }
    const auto longest = static_cast<std::size_t>(max_length);
    const std::size_t shares = worthwhile_threads(threads, values.rows * values.samples);
    share_out(values.rows, shares, [&](std::size_t begin, std::size_t end, std::size_t) {
        run_on_active_isa([&](auto bytes) {
            for (std::size_t r = begin; r < end; ++r)
                RowFiller<T, bytes()>(values[r], longest, filled[r].data(), mask[r].data()).fill();
        });
    });
}

template void fill_gaps(Rows<const float>, std::int64_t, Rows<float>, Rows<bool>, std::size_t);
template void fill_gaps(Rows<const double>, std::int64_t, Rows<double>, Rows<bool>, std::size_t);

}  // namespace sesctl
