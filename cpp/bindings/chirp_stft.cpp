#include "sesctl/chirp_stft.hpp"

#include <pybind11/complex.h>

#include <complex>
#include <cstddef>

#include "frames.hpp"

namespace sesctl::bindings {

namespace {

template <class T>
void register_for(py::module_& module) {
    module.def(
        "chirp_stft",
        [](const Array<T>& values, const Array<double>& window, std::size_t hop, std::size_t n_fft,
           bool centred, const Array<double>& rates, bool onesided, std::size_t threads) {
            require_axes(values, 2, "values");
            const auto frames = frames_of(window, hop, n_fft, centred);
            const auto records = table_of(values);
            require_rates(rates, records.rows, frames.count(records.samples));
            const std::size_t frequencies = onesided ? n_fft / 2 + 1 : n_fft;
            Array<std::complex<T>> spectrum(
                {values.shape(0), static_cast<py::ssize_t>(frequencies), rates.shape(1)});
            {
                std::complex<T>* const out = spectrum.mutable_data();
                const py::gil_scoped_release released;
                chirp_stft<T>(records, frames, table_of(rates), frequencies, out, threads);
            }
            return spectrum;
        },
        py::arg("values").noconvert(), py::arg("window"), py::arg("hop"), py::arg("n_fft"),
        py::arg("centred"), py::arg("rates"), py::arg("onesided") = false, py::arg("threads") = 1);
}

}  // namespace

void register_chirp_stft(py::module_& module) {
    register_for<float>(module);
    register_for<double>(module);
}

}  // namespace sesctl::bindings
