#include "sesctl/hampel.hpp"

#include <cstdint>
#include <utility>

#include "arrays.hpp"

namespace sesctl::bindings {

namespace {

template <class T>
void define_despike(py::module_& module) {
    module.def(
        "despike",
        [](const Array<T>& values, std::int64_t window, double n_sigma, double floor) {
            auto despiked = empty_like<T>(values);
            auto replaced = empty_like<bool>(values);
            const auto from = rows_of(values);
            const auto to = mutable_rows_of(despiked);
            const auto marks = mutable_rows_of(replaced);
            {
                const py::gil_scoped_release unlocked;
                despike(from, window, {n_sigma, floor}, to, marks);
            }
            return py::make_tuple(std::move(despiked), std::move(replaced));
        },
        py::arg("values").noconvert(), py::arg("window"), py::arg("n_sigma"), py::arg("floor"));
}

}  // namespace

void register_hampel(py::module_& module) {
    define_despike<float>(module);
    define_despike<double>(module);
}

}  // namespace sesctl::bindings
