#include "sesctl/intervals.hpp"

#include <string>
#include <tuple>
#include <vector>

#include "arrays.hpp"
#include "sesctl/errors.hpp"

namespace sesctl::bindings {

namespace {

template <class T>
void register_for(py::module_& module) {
    module.def(
        "find_intervals",
        [](const Array<T>& probability, double high, double low, std::int64_t min_length,
           std::int64_t max_length, std::int64_t merge_gap, std::size_t threads, bool refuse_infinite) {
            std::vector<PeakedInterval> found;
            {
                const auto rows = rows_of(probability);
                const py::gil_scoped_release released;
                found = find_intervals<T>(rows, {high, low, min_length, max_length, merge_gap}, threads,
                                          refuse_infinite);
            }
            return std::tuple(column<std::int64_t>(found, &PeakedInterval::row),
                              column<std::int64_t>(found, &PeakedInterval::start),
                              column<std::int64_t>(found, &PeakedInterval::end),
                              column<double>(found, &PeakedInterval::peak));
        },
        py::arg("probability").noconvert(), py::arg("high"), py::arg("low"), py::arg("min_length"),
        py::arg("max_length"), py::arg("merge_gap"), py::arg("threads") = 1,
        py::arg("refuse_infinite") = false);
    module.def(
        "refit_edges",
        [](const Array<T>& values, const Array<std::int64_t>& row, const Array<std::int64_t>& start,
           const Array<std::int64_t>& end, std::int64_t radius) {
            if (row.ndim() != 1 || start.ndim() != 1 || end.ndim() != 1 || row.size() != start.size() ||
                row.size() != end.size()) {
                throw ShapeError("there are " + std::to_string(row.size()) + " rows, " +
                                 std::to_string(start.size()) + " starts and " + std::to_string(end.size()) +
                                 " ends");
            }
            std::vector<Interval> intervals;
            for (py::ssize_t i = 0; i < row.size(); ++i)
                intervals.push_back({row.at(i), start.at(i), end.at(i)});
            {
                const auto rows = rows_of(values);
                const py::gil_scoped_release released;
                refit_edges<T>(rows, intervals, radius);
            }
            return std::pair(column<std::int64_t>(intervals, &Interval::start),
                             column<std::int64_t>(intervals, &Interval::end));
        },
        py::arg("values").noconvert(), py::arg("row"), py::arg("start"), py::arg("end"), py::arg("radius"));
}

}  // namespace

void register_intervals(py::module_& module) {
    register_for<float>(module);
    register_for<double>(module);
}

}  // namespace sesctl::bindings
