#include "sesctl/chirp_inverse.hpp"

#include <pybind11/complex.h>

#include <complex>
#include <cstddef>
#include <string>

#include "frames.hpp"

namespace sesctl::bindings {

namespace {

template <class T>
void register_for(py::module_& module) {
    module.def(
        "inverse_chirp_stft",
        [](const Array<std::complex<T>>& spectrum, const Array<double>& window, std::size_t hop, bool centred,
           const Array<double>& rates, std::size_t samples, std::size_t threads) {
            require_axes(spectrum, 3, "spectrum");
            const auto frames = frames_of(window, hop, static_cast<std::size_t>(spectrum.shape(1)), centred);
            const auto rows = static_cast<std::size_t>(spectrum.shape(0));
            const std::size_t count = frames.count(samples);
            if (static_cast<std::size_t>(spectrum.shape(2)) != count) {
                throw ShapeError("the spectrum has " + std::to_string(spectrum.shape(2)) + " frames, but " +
                                 std::to_string(samples) + " samples have " + std::to_string(count));
            }
            require_rates(rates, rows, count);
            Array<T> values({spectrum.shape(0), static_cast<py::ssize_t>(samples)});
            {
                const Rows<T> out{values.mutable_data(), rows, samples};
                const std::complex<T>* const in = spectrum.data();
                const py::gil_scoped_release released;
                inverse_chirp_stft<T>(in, frames, table_of(rates), out, threads);
            }
            return values;
        },
        py::arg("spectrum").noconvert(), py::arg("window"), py::arg("hop"), py::arg("centred"),
        py::arg("rates"), py::arg("samples"), py::arg("threads") = 1);
}

}  // namespace

void register_chirp_inverse(py::module_& module) {
    register_for<float>(module);
    register_for<double>(module);
}

}  // namespace sesctl::bindings
