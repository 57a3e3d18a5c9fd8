#include "sesctl/savgol.hpp"

#include "arrays.hpp"

namespace sesctl::bindings {

void register_savgol(py::module_&) {}

}  // namespace sesctl::bindings
