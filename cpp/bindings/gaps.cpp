#include "sesctl/gaps.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "arrays.hpp"

namespace sesctl::bindings {

namespace {

template <class T>
void define_fill_gaps(py::module_& module) {
    module.def(
        "fill_gaps",
        [](const Array<T>& values, std::int64_t max_length, std::size_t threads,
           std::optional<Array<T>> out) {
            auto filled = result_like(values, out);
            auto mask = empty_like<bool>(values);
            const auto from = rows_of(values);
            const auto to = mutable_rows_of(filled);
            const auto marks = mutable_rows_of(mask);
            {
                const py::gil_scoped_release unlocked;
                fill_gaps(from, max_length, to, marks, threads);
            }
            return py::make_tuple(std::move(filled), std::move(mask));
        },
        py::arg("values").noconvert(), py::arg("max_length"), py::arg("threads") = 1,
        py::arg("out").noconvert() = py::none());
}

}  // namespace

void register_gaps(py::module_& module) {
    define_fill_gaps<float>(module);
    define_fill_gaps<double>(module);
}

}  // namespace sesctl::bindings
