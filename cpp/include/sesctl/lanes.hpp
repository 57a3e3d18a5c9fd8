// Rows side by side: one sample of several rows in one vector, so that each lane is a row of its own.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <new>

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
