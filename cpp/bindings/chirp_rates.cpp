#include "sesctl/chirp_rates.hpp"

#include <cstddef>
#include <string>
#include <utility>

#include "frames.hpp"

namespace sesctl::bindings {

namespace {

template <class T>
void register_for(py::module_& module) {
    module.def(
        "choose_chirp_rates",
        [](const Array<T>& values, const Array<double>& window, std::size_t hop, std::size_t n_fft,
           bool centred, const std::string& measure, double min_gain, std::size_t threads) {
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
                choose_chirp_rates<T>(records, frames, kind, min_gain, rates_out, gain_out, threads);
            }
            return std::pair(rates, gain);
        },
        py::arg("values").noconvert(), py::arg("window"), py::arg("hop"), py::arg("n_fft"),
        py::arg("centred"), py::arg("measure"), py::arg("min_gain"), py::arg("threads") = 1);
}

}  // namespace

void register_chirp_rates(py::module_& module) {
    register_for<float>(module);
    register_for<double>(module);
}

}  // namespace sesctl::bindings
