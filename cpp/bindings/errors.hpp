#pragma once

#include <pybind11/pybind11.h>

namespace sesctl::bindings {

void register_errors(pybind11::module_& module);

}  // namespace sesctl::bindings
