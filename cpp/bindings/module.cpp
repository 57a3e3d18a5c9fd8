// The module is a list; what each name does stands in the file of the same stem.
#include <pybind11/pybind11.h>

#include "errors.hpp"

namespace sesctl::bindings {

void register_isa(pybind11::module_& module);
void register_finite(pybind11::module_& module);
void register_segment(pybind11::module_& module);
void register_gaps(pybind11::module_& module);
void register_hampel(pybind11::module_& module);
void register_savgol(pybind11::module_& module);
void register_moving_average(pybind11::module_& module);
void register_running_median(pybind11::module_& module);
void register_overlap(pybind11::module_& module);
void register_chirp_stft(pybind11::module_& module);
void register_chirp_gain(pybind11::module_& module);
void register_chirp_rates(pybind11::module_& module);
void register_chirp_inverse(pybind11::module_& module);
void register_intervals(pybind11::module_& module);
void register_edges(pybind11::module_& module);

}  // namespace sesctl::bindings

PYBIND11_MODULE(_core, module) {
    using namespace sesctl::bindings;
    module.attr("__version__") = SESCTL_VERSION;
    register_errors(module);
    register_isa(module);
    register_finite(module);
    register_segment(module);
    register_gaps(module);
    register_hampel(module);
    register_savgol(module);
    register_moving_average(module);
    register_running_median(module);
    register_overlap(module);
    register_chirp_stft(module);
    register_chirp_gain(module);
    register_chirp_rates(module);
    register_chirp_inverse(module);
    register_intervals(module);
    register_edges(module);
}
