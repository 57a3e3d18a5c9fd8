#include "sesctl/finite.hpp"

#include <cstddef>
#include <span>

#include "arrays.hpp"

namespace sesctl::bindings {

namespace {

template <class T>
void define_first_infinite(py::module_& module) {
    module.def(
        "first_infinite",
        [](const Array<T>& samples, std::size_t threads) {
            const std::span<const T> all{samples.data(), static_cast<std::size_t>(samples.size())};
            const py::gil_scoped_release unlocked;
            return first_infinite(all, threads);
        },
        py::arg("samples").noconvert(), py::arg("threads") = 1);
}

}  // namespace

void register_finite(py::module_& module) {
    define_first_infinite<float>(module);
    define_first_infinite<double>(module);
}

}  // namespace sesctl::bindings
