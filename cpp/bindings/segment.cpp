#include "sesctl/segment.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "arrays.hpp"
#include "sesctl/errors.hpp"

namespace sesctl::bindings {

namespace {

template <class T>
void define_grid_samples(py::module_& module) {
    module.def(
        "grid_samples",
        [](const Array<std::int64_t>& times, const Array<T>& values, std::int64_t start,
           std::int64_t interval, py::ssize_t count, std::size_t threads, bool refuse_infinite) {
            if (times.ndim() != 1 || values.ndim() != 2) {
                throw ShapeError("times have " + std::to_string(times.ndim()) + " axes and values " +
                                 std::to_string(values.ndim()) + ", not 1 and 2");
            }
            if (count < 0) {
                throw ParameterError("count is " + std::to_string(count) +
                                     " grid points, which is less than none");
            }
            const auto channels = static_cast<std::size_t>(values.shape(0));
            const auto points = static_cast<std::size_t>(count);
            Array<T> gridded({values.shape(0), count});
            Array<std::uint32_t> hits({values.shape(0), count});
            // Not rows_of: channels without samples still have their row on the grid.
            const Rows<const T> from{values.data(), channels, static_cast<std::size_t>(values.shape(1))};
            const Rows<T> to{gridded.mutable_data(), channels, points};
            const Rows<std::uint32_t> counts{hits.mutable_data(), channels, points};
            const std::span<const std::int64_t> at{times.data(), static_cast<std::size_t>(times.size())};
            {
                const py::gil_scoped_release unlocked;
                grid_samples(at, from, Grid{start, interval}, to, counts, threads, refuse_infinite);
            }
            return py::make_tuple(std::move(gridded), std::move(hits));
        },
        py::arg("times").noconvert(), py::arg("values").noconvert(), py::arg("start"), py::arg("interval"),
        py::arg("count"), py::arg("threads") = 1, py::arg("refuse_infinite") = false);
}

}  // namespace

void register_segment(py::module_& module) {
    define_grid_samples<float>(module);
    define_grid_samples<double>(module);
}

}  // namespace sesctl::bindings
