#include "sesctl/edges.hpp"

#include "arrays.hpp"

namespace sesctl::bindings {

void register_edges(py::module_&) {}

}  // namespace sesctl::bindings
