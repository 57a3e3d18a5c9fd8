#include "sesctl/hampel.hpp"

#include "arrays.hpp"

namespace sesctl::bindings {

void register_hampel(py::module_&) {}

}  // namespace sesctl::bindings
