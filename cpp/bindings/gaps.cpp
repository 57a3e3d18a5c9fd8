#include "sesctl/gaps.hpp"

#include "arrays.hpp"

namespace sesctl::bindings {

void register_gaps(py::module_&) {}

}  // namespace sesctl::bindings
