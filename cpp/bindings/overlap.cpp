#include "sesctl/overlap.hpp"

#include <cstddef>
#include <span>
#include <utility>

#include "frames.hpp"

namespace sesctl::bindings {

void register_overlap(py::module_& module) {
    module.def(
        "check_overlap",
        [](const Array<double>& window, std::size_t hop) {
            require_axes(window, 1, "window");
            const auto overlap =
                check_overlap(std::span(window.data(), static_cast<std::size_t>(window.size())), hop);
            return std::pair(overlap.cola, overlap.nola);
        },
        py::arg("window"), py::arg("hop"));
}

}  // namespace sesctl::bindings
