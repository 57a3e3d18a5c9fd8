#include "sesctl/savgol.hpp"

#include <cstdint>

#include "arrays.hpp"

namespace sesctl::bindings {

namespace {

template <class T>
void define_smooth_savgol(py::module_& module) {
    module.def(
        "smooth_savgol",
        [](const Array<T>& values, std::int64_t window, std::int64_t order) {
            auto smoothed = empty_like<T>(values);
            const auto from = rows_of(values);
            const auto to = mutable_rows_of(smoothed);
            {
                const py::gil_scoped_release unlocked;
                smooth_savgol(from, window, order, to);
            }
            return smoothed;
        },
        py::arg("values").noconvert(), py::arg("window"), py::arg("order"));
}

}  // namespace

void register_savgol(py::module_& module) {
    define_smooth_savgol<float>(module);
    define_smooth_savgol<double>(module);
}

}  // namespace sesctl::bindings
