#include "sesctl/moving_average.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "arrays.hpp"

namespace sesctl::bindings {

namespace {

template <class T>
void define_moving_average(py::module_& module) {
    module.def(
        "moving_average",
        [](const Array<T>& values, std::int64_t window, std::size_t threads, std::optional<Array<T>> out) {
            auto smoothed = result_like(values, out);
            const auto from = rows_of(values);
            const auto to = mutable_rows_of(smoothed);
            {
                const py::gil_scoped_release unlocked;
                moving_average(from, window, to, threads);
            }
            return smoothed;
        },
        py::arg("values").noconvert(), py::arg("window"), py::arg("threads") = 1,
        py::arg("out").noconvert() = py::none());
}

}  // namespace

void register_moving_average(py::module_& module) {
    define_moving_average<float>(module);
    define_moving_average<double>(module);
}

}  // namespace sesctl::bindings
