#include "sesctl/chirp_gain.hpp"

#include <cstddef>
#include <string>

#include "frames.hpp"

namespace sesctl::bindings {

namespace {

template <class T>
void register_for(py::module_& module) {
    module.def(
        "chirp_gain",
        [](const Array<T>& values, const Array<double>& window, std::size_t hop, std::size_t n_fft,
           bool centred, const Array<double>& rates, const std::string& measure, std::size_t threads) {
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
                chirp_gain<T>(records, frames, table_of(rates), kind, out, threads);
            }
            return gain;
        },
        py::arg("values").noconvert(), py::arg("window"), py::arg("hop"), py::arg("n_fft"),
        py::arg("centred"), py::arg("rates"), py::arg("measure"), py::arg("threads") = 1);
}

}  // namespace

void register_chirp_gain(py::module_& module) {
    register_for<float>(module);
    register_for<double>(module);
}

}  // namespace sesctl::bindings
