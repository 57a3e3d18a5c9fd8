#include "sesctl/savgol.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "arrays.hpp"

namespace sesctl::bindings {

namespace {

template <class T>
void define_smooth_savgol(py::module_& module) {
    module.def(
        "smooth_savgol",
        [](const Array<T>& values, std::int64_t window, std::int64_t order, std::size_t threads,
           std::optional<Array<T>> out) {
            auto smoothed = result_like(values, out);
            const auto from = rows_of(values);
            const auto to = mutable_rows_of(smoothed);
            {
                const py::gil_scoped_release unlocked;
                smooth_savgol(from, window, order, to, threads);
            }
            return smoothed;
        },
        py::arg("values").noconvert(), py::arg("window"), py::arg("order"), py::arg("threads") = 1,
        py::arg("out").noconvert() = py::none());
}

}  // namespace

void register_savgol(py::module_& module) {
    define_smooth_savgol<float>(module);
    define_smooth_savgol<double>(module);
}

}  // namespace sesctl::bindings
