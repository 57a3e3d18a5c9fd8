#include "sesctl/moving_average.hpp"

#include <cstdint>

#include "arrays.hpp"

namespace sesctl::bindings {

namespace {

template <class T>
void define_moving_average(py::module_& module) {
    module.def(
        "moving_average",
        [](const Array<T>& values, std::int64_t window) {
            auto smoothed = empty_like<T>(values);
            const auto from = rows_of(values);
            const auto to = mutable_rows_of(smoothed);
            {
                const py::gil_scoped_release unlocked;
                moving_average(from, window, to);
            }
            return smoothed;
        },
        py::arg("values").noconvert(), py::arg("window"));
}

}  // namespace

void register_moving_average(py::module_& module) {
    define_moving_average<float>(module);
    define_moving_average<double>(module);
}

}  // namespace sesctl::bindings
