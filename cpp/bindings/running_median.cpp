#include "sesctl/running_median.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "arrays.hpp"

namespace sesctl::bindings {

namespace {

template <class T>
void define_running_median(py::module_& module) {
    module.def(
        "running_median",
        [](const Array<T>& values, std::int64_t window, std::size_t threads, std::optional<Array<T>> out) {
            auto median = result_like(values, out);
            const auto from = rows_of(values);
            const auto to = mutable_rows_of(median);
            {
                const py::gil_scoped_release unlocked;
                running_median(from, window, to, threads);
            }
            return median;
        },
        py::arg("values").noconvert(), py::arg("window"), py::arg("threads") = 1,
        py::arg("out").noconvert() = py::none());
}

}  // namespace

void register_running_median(py::module_& module) {
    define_running_median<float>(module);
    define_running_median<double>(module);
}

}  // namespace sesctl::bindings
