#include "sesctl/moving_average.hpp"

#include "arrays.hpp"

namespace sesctl::bindings {

void register_moving_average(py::module_&) {}

}  // namespace sesctl::bindings
