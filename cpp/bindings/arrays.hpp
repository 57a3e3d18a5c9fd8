// The array types of the module's interface, named once; _core.pyi names them again.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "sesctl/errors.hpp"
#include "sesctl/view.hpp"

namespace sesctl::bindings {

namespace py = pybind11;

// C-contiguous and of exactly this type: sesctl.kernels converts, the module never copies silently.
template <class T>
using Array = py::array_t<T, py::array::c_style>;

// The last axis holds samples; all the others together are rows.
template <class T>
Rows<const T> rows_of(const Array<T>& array) {
    const auto samples =
        array.ndim() == 0 ? std::size_t{0} : static_cast<std::size_t>(array.shape(array.ndim() - 1));
    const auto size = static_cast<std::size_t>(array.size());
    return {array.data(), samples == 0 ? 0 : size / samples, samples};
}

template <class T>
Rows<T> mutable_rows_of(Array<T>& array) {
    const auto view = rows_of<T>(array);
    return {array.mutable_data(), view.rows, view.samples};
}

// A new array of the same shape.
template <class T, class U>
Array<T> empty_like(const Array<U>& array) {
    return Array<T>(std::vector<py::ssize_t>(array.shape(), array.shape() + array.ndim()));
}

// What a caller gave to be filled, or else a new array of the same shape.
template <class T>
Array<T> result_like(const Array<T>& array, std::optional<Array<T>>& out) {
    if (!out) return empty_like<T>(array);
    if (!std::equal(array.shape(), array.shape() + array.ndim(), out->shape(), out->shape() + out->ndim())) {
        throw ShapeError("out has not the shape of the values");
    }
    return std::move(*out);
}

// One member of every record as an array.
template <class U, class Record, class Member>
Array<U> column(const std::vector<Record>& records, Member member) {
    Array<U> array(static_cast<py::ssize_t>(records.size()));
    U* const out = array.mutable_data();
    for (std::size_t i = 0; i < records.size(); ++i) out[i] = records[i].*member;
    return array;
}

}  // namespace sesctl::bindings
