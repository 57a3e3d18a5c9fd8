#include "sesctl/isa.hpp"

#include <pybind11/pybind11.h>

namespace sesctl::bindings {

void register_isa(pybind11::module_& module) {
    module.def("active_isa", [] { return isa_names[static_cast<int>(active_isa())]; });
}

}  // namespace sesctl::bindings
