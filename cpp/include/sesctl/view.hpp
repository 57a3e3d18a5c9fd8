// Borrowed arrays: rows of contiguous samples. Nothing here owns memory.
#pragma once

#include <cstddef>
#include <span>

namespace sesctl {

// A row-major (rows, samples) array.
template <class T>
struct Rows {
    T* data = nullptr;
    std::size_t rows = 0;
    std::size_t samples = 0;

    [[nodiscard]] std::span<T> operator[](std::size_t row) const { return {data + row * samples, samples}; }
};

}  // namespace sesctl
