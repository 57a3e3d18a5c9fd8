#include "sesctl/chirp_stft.hpp"

#include <pybind11/complex.h>

#include <span>
#include <string>
#include <utility>

#include "arrays.hpp"
#include "sesctl/errors.hpp"

namespace sesctl::bindings {

namespace {

// Records are (row, sample) and spectra (row, n_fft, frame) here: sesctl.kernels folds the leading axes.
template <class T>
Rows<const T> table_of(const Array<T>& array) {
    return {array.data(), static_cast<std::size_t>(array.shape(0)), static_cast<std::size_t>(array.shape(1))};
}

template <class T>
void require_axes(const Array<T>& array, py::ssize_t axes, const char* name) {
    if (array.ndim() == axes) return;
    throw ShapeError(std::string(name) + " has " + std::to_string(array.ndim()) + " axes instead of " +
                     std::to_string(axes));
}

ChirpFrames frames_of(const Array<double>& window, std::size_t hop, std::size_t n_fft, bool centred) {
    require_axes(window, 1, "window");
    return {std::span(window.data(), static_cast<std::size_t>(window.size())), hop, n_fft, centred};
}

Concentration concentration_of(const std::string& measure) {
    if (measure == "concentration") return Concentration::quartic;
    if (measure == "renyi3") return Concentration::renyi3;
    throw ParameterError("measure is '" + measure + "', not 'concentration' or 'renyi3'");
}

void require_rates(const Array<double>& rates, std::size_t rows, std::size_t frames) {
    require_axes(rates, 2, "rates");
    const auto table = table_of(rates);
    if (table.rows == rows && table.samples == frames) return;
    throw ShapeError("rates has shape (" + std::to_string(table.rows) + ", " + std::to_string(table.samples) +
                     "), but there are " + std::to_string(rows) + " rows of " + std::to_string(frames) +
                     " frames");
}

Array<double> empty_table(std::size_t rows, std::size_t frames) {
    return Array<double>({static_cast<py::ssize_t>(rows), static_cast<py::ssize_t>(frames)});
}

template <class T>
void register_for(py::module_& module) {
    module.def(
        "chirp_stft",
        [](const Array<T>& values, const Array<double>& window, std::size_t hop, std::size_t n_fft,
           bool centred, const Array<double>& rates) {
            require_axes(values, 2, "values");
            const auto frames = frames_of(window, hop, n_fft, centred);
            const auto records = table_of(values);
            require_rates(rates, records.rows, frames.count(records.samples));
            Array<std::complex<T>> spectrum(
                {values.shape(0), static_cast<py::ssize_t>(n_fft), rates.shape(1)});
            {
                std::complex<T>* const out = spectrum.mutable_data();
                const py::gil_scoped_release released;
                chirp_stft<T>(records, frames, table_of(rates), out);
            }
            return spectrum;
        },
        py::arg("values").noconvert(), py::arg("window"), py::arg("hop"), py::arg("n_fft"),
        py::arg("centred"), py::arg("rates"));
    module.def(
        "chirp_gain",
        [](const Array<T>& values, const Array<double>& window, std::size_t hop, std::size_t n_fft,
           bool centred, const Array<double>& rates, const std::string& measure) {
            require_axes(values, 2, "values");
            const auto frames = frames_of(window, hop, n_fft, centred);
            const auto records = table_of(values);
            const std::size_t count = frames.count(records.samples);
            require_rates(rates, records.rows, count);
            const auto kind = concentration_of(measure);
            auto gain = empty_table(records.rows, count);
            {
                const Rows<double> out{gain.mutable_data(), records.rows, count};
                const py::gil_scoped_release released;
                chirp_gain<T>(records, frames, table_of(rates), kind, out);
            }
            return gain;
        },
        py::arg("values").noconvert(), py::arg("window"), py::arg("hop"), py::arg("n_fft"),
        py::arg("centred"), py::arg("rates"), py::arg("measure"));
    module.def(
        "choose_chirp_rates",
        [](const Array<T>& values, const Array<double>& window, std::size_t hop, std::size_t n_fft,
           bool centred, const std::string& measure, double min_gain) {
            require_axes(values, 2, "values");
            const auto frames = frames_of(window, hop, n_fft, centred);
            const auto records = table_of(values);
            const std::size_t count = frames.count(records.samples);
            const auto kind = concentration_of(measure);
            auto rates = empty_table(records.rows, count);
            auto gain = empty_table(records.rows, count);
            {
                const Rows<double> rates_out{rates.mutable_data(), records.rows, count};
                const Rows<double> gain_out{gain.mutable_data(), records.rows, count};
                const py::gil_scoped_release released;
                choose_chirp_rates<T>(records, frames, kind, min_gain, rates_out, gain_out);
            }
            return std::pair(rates, gain);
        },
        py::arg("values").noconvert(), py::arg("window"), py::arg("hop"), py::arg("n_fft"),
        py::arg("centred"), py::arg("measure"), py::arg("min_gain"));
    module.def(
        "inverse_chirp_stft",
        [](const Array<std::complex<T>>& spectrum, const Array<double>& window, std::size_t hop, bool centred,
           const Array<double>& rates, std::size_t samples) {
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
                inverse_chirp_stft<T>(in, frames, table_of(rates), out);
            }
            return values;
        },
        py::arg("spectrum").noconvert(), py::arg("window"), py::arg("hop"), py::arg("centred"),
        py::arg("rates"), py::arg("samples"));
}

}  // namespace

void register_chirp_stft(py::module_& module) {
    register_for<float>(module);
    register_for<double>(module);
    module.def(
        "check_overlap",
        [](const Array<double>& window, std::size_t hop) {
            require_axes(window, 1, "window");
            const auto overlap =
                check_overlap(std::span(window.data(), static_cast<std::size_t>(window.size())), hop);
            return std::pair(overlap.cola, overlap.nola);
        },
        py::arg("window"), py::arg("hop"));
}

}  // namespace sesctl::bindings
