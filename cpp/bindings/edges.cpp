#include "sesctl/edges.hpp"

#include <optional>
#include <tuple>
#include <vector>

#include "arrays.hpp"

namespace sesctl::bindings {

namespace {

template <class T>
void register_for(py::module_& module) {
    module.def(
        "edge_contrast",
        [](const Array<T>& values, std::size_t half_window, std::size_t threads,
           std::optional<Array<T>> out) {
            auto contrast = result_like(values, out);
            {
                const auto rows = rows_of(values);
                const Rows<T> to{contrast.mutable_data(), rows.rows, rows.samples};
                const py::gil_scoped_release released;
                edge_contrast<T>(rows, half_window, to, threads);
            }
            return contrast;
        },
        py::arg("values").noconvert(), py::arg("half_window"), py::arg("threads") = 1,
        py::arg("out").noconvert() = py::none());
    module.def(
        "find_opposite_edges",
        [](const Array<T>& contrast, std::int64_t min_length, std::int64_t max_length, double min_score,
           std::size_t max_events, std::size_t half_window, std::size_t threads) {
            std::vector<OppositeEdges> found;
            {
                const auto rows = rows_of(contrast);
                const py::gil_scoped_release released;
                found = find_opposite_edges<T>(
                    rows, {min_length, max_length, min_score, max_events, half_window}, threads);
            }
            return std::tuple(column<std::int64_t>(found, &OppositeEdges::row),
                              column<std::int64_t>(found, &OppositeEdges::start),
                              column<std::int64_t>(found, &OppositeEdges::end),
                              column<double>(found, &OppositeEdges::score),
                              column<std::int8_t>(found, &OppositeEdges::sign));
        },
        py::arg("contrast").noconvert(), py::arg("min_length"), py::arg("max_length"), py::arg("min_score"),
        py::arg("max_events"), py::arg("half_window"), py::arg("threads") = 1);
}

}  // namespace

void register_edges(py::module_& module) {
    register_for<float>(module);
    register_for<double>(module);
}

}  // namespace sesctl::bindings
