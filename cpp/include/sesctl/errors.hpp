// Errors that callers can cause. Bindings map each to its namesake in sesctl.errors.
#pragma once

#include <stdexcept>

namespace sesctl {

// A parameter lies outside the range where the method is defined.
struct ParameterError : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

// Two arrays disagree in shape.
struct ShapeError : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

}  // namespace sesctl
