#include "sesctl/savgol.hpp"

#include "sesctl/errors.hpp"
#include "smoothing.hpp"

namespace sesctl::fuzz {

template <class T>
void polynomials_stay_near_their_samples(Input& input) {
    const std::int64_t window = input.flag() ? input.between(-1, 1003) : 2 * input.between(0, 40) + 1;
    const std::int64_t order = input.between(-1, 6);
    const auto values = input.table<T>(40, 300, Wild::missing);
    Table<T> smoothed(values.rows, values.samples);
    try {
        smooth_savgol<T>(values.read(), window, order, smoothed.view(), 2);
    } catch (const ParameterError&) {
        SESCTL_CLAIM(window < 1 || window > 1001 || window % 2 == 0 || order < 0 || order > highest_order ||
                     order >= window);
        return;
    }
    // At a window's end the weights of order 5 sum to 6 at most in magnitude.
    require_smooth(values, smoothed, 10.0);
}

}  // namespace sesctl::fuzz

SESCTL_FUZZ_TARGET(sesctl::fuzz::polynomials_stay_near_their_samples)
