#include "sesctl/chirp_stft.hpp"

#include "arrays.hpp"

namespace sesctl::bindings {

void register_chirp_stft(py::module_&) {}

}  // namespace sesctl::bindings
