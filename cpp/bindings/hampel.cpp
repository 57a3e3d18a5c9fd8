#include "sesctl/hampel.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "arrays.hpp"

namespace sesctl::bindings {

namespace {

template <class T>
void define_despike(py::module_& module) {
    module.def(
        "despike",
        [](const Array<T>& values, std::int64_t window, double n_sigma, double floor, std::size_t threads,
           std::optional<Array<T>> out) {
            auto despiked = result_like(values, out);
            auto replaced = empty_like<bool>(values);
            const auto from = rows_of(values);
            const auto to = mutable_rows_of(despiked);
            const auto marks = mutable_rows_of(replaced);
            {
                const py::gil_scoped_release unlocked;
                despike(from, window, {n_sigma, floor}, to, marks, threads);
            }
            return py::make_tuple(std::move(despiked), std::move(replaced));
        },
        py::arg("values").noconvert(), py::arg("window"), py::arg("n_sigma"), py::arg("floor"),
        py::arg("threads") = 1, py::arg("out").noconvert() = py::none());
}

}  // namespace

void register_hampel(py::module_& module) {
    define_despike<float>(module);
    define_despike<double>(module);
}

}  // namespace sesctl::bindings
