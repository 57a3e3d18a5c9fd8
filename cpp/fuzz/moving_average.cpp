#include "sesctl/moving_average.hpp"

#include "sesctl/errors.hpp"
#include "smoothing.hpp"

namespace sesctl::fuzz {

template <class T>
void means_stay_near_their_samples(Input& input) {
    const std::int64_t window = input.flag() ? input.between(-1, 1003) : 2 * input.between(0, 40) + 1;
    const auto values = input.table<T>(40, 300, Wild::missing);
    Table<T> smoothed(values.rows, values.samples);
    try {
        moving_average<T>(values.read(), window, smoothed.view(), 2);
    } catch (const ParameterError&) {
        SESCTL_CLAIM(window < 1 || window > 1001 || window % 2 == 0);
        return;
    }
    // A straight line leaves its window's samples by less than twice their size.
    require_smooth(values, smoothed, 3.0);
}

}  // namespace sesctl::fuzz

SESCTL_FUZZ_TARGET(sesctl::fuzz::means_stay_near_their_samples)
