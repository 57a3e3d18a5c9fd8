#include "sesctl/intervals.hpp"

#include "arrays.hpp"

namespace sesctl::bindings {

void register_intervals(py::module_&) {}

}  // namespace sesctl::bindings
