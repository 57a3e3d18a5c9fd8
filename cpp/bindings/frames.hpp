// What the bindings of the chirped transform share: records cut into frames, and tables of one rate a frame.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "arrays.hpp"
#include "sesctl/chirp_frames.hpp"
#include "sesctl/concentration.hpp"
#include "sesctl/errors.hpp"

namespace sesctl::bindings {

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

inline ChirpFrames frames_of(const Array<double>& window, std::size_t hop, std::size_t n_fft, bool centred) {
    require_axes(window, 1, "window");
    return {std::span(window.data(), static_cast<std::size_t>(window.size())), hop, n_fft, centred};
}

inline void require_rates(const Array<double>& rates, std::size_t rows, std::size_t frames) {
    require_axes(rates, 2, "rates");
    const auto table = table_of(rates);
    if (table.rows == rows && table.samples == frames) return;
    throw ShapeError("rates has shape (" + std::to_string(table.rows) + ", " + std::to_string(table.samples) +
                     "), but there are " + std::to_string(rows) + " rows of " + std::to_string(frames) +
                     " frames");
}

inline Concentration concentration_of(const std::string& measure) {
    if (measure == "concentration") return Concentration::quartic;
    if (measure == "renyi3") return Concentration::renyi3;
    throw ParameterError("measure is '" + measure + "', not 'concentration' or 'renyi3'");
}

inline Array<double> empty_table(std::size_t rows, std::size_t frames) {
    return Array<double>({static_cast<py::ssize_t>(rows), static_cast<py::ssize_t>(frames)});
}

}  // namespace sesctl::bindings
