#include "sesctl/gaps.hpp"

#include <cstdint>
#include <utility>

#include "arrays.hpp"

namespace sesctl::bindings {

namespace {

template <class T>
void define_fill_gaps(py::module_& module) {
    module.def(
        "fill_gaps",
        [](const Array<T>& values, std::int64_t max_length) {
            auto filled = empty_like<T>(values);
            auto mask = empty_like<bool>(values);
            const auto from = rows_of(values);
            const auto to = mutable_rows_of(filled);
            const auto marks = mutable_rows_of(mask);
            {
                const py::gil_scoped_release unlocked;
                fill_gaps(from, max_length, to, marks);
            }
            return py::make_tuple(std::move(filled), std::move(mask));
        },
        py::arg("values").noconvert(), py::arg("max_length"));
}

}  // namespace

void register_gaps(py::module_& module) {
    define_fill_gaps<float>(module);
    define_fill_gaps<double>(module);
}

}  // namespace sesctl::bindings
