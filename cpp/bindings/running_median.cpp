#include "sesctl/running_median.hpp"

#include "arrays.hpp"

namespace sesctl::bindings {

void register_running_median(py::module_&) {}

}  // namespace sesctl::bindings
