#include "sesctl/segment.hpp"

#include "arrays.hpp"

namespace sesctl::bindings {

void register_segment(py::module_&) {}

}  // namespace sesctl::bindings
