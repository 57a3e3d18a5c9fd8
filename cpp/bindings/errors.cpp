// One table from C++ errors to those of sesctl.errors.
#include "errors.hpp"

#include <pybind11/pybind11.h>

#include "sesctl/errors.hpp"

namespace sesctl::bindings {

namespace py = pybind11;

namespace {

void raise(const char* name, const char* what) {
    const py::object type = py::module_::import("sesctl.errors").attr(name);
    py::set_error(type, what);
}

}  // namespace

void register_errors(py::module_&) {
    py::register_local_exception_translator([](std::exception_ptr error) {
        try {
            std::rethrow_exception(error);
        } catch (const ParameterError& caught) {
            raise("ParameterError", caught.what());
        } catch (const ShapeError& caught) {
            raise("ShapeError", caught.what());
        }
    });
}

}  // namespace sesctl::bindings
