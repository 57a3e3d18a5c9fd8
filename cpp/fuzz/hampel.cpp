#include "sesctl/hampel.hpp"

#include <algorithm>

#include "input.hpp"
#include "sesctl/errors.hpp"

namespace sesctl::fuzz {

// A sample keeps its bits or becomes the median of its window, which never is a wild number.
template <class T>
void only_pulses_are_replaced(Input& input) {
    const std::int64_t window = input.flag() ? input.between(-1, 1003) : 2 * input.between(0, 12) + 1;
    const PulseLimit limit{input.sample<double>(Wild::all), input.sample<double>(Wild::all)};
    const auto values = input.table<T>(40, 200, Wild::missing);
    Table<T> despiked(values.rows, values.samples);
    Table<bool> replaced(values.rows, values.samples);
    try {
        despike<T>(values.read(), window, limit, despiked.view(), replaced.view(), 2);
    } catch (const ParameterError&) {
        SESCTL_CLAIM(window < 1 || window > 1001 || window % 2 == 0 || !(limit.n_sigma > 0) ||
                     !(limit.floor >= 0) || std::isinf(limit.n_sigma) || std::isinf(limit.floor));
        return;
    }
    const auto half = static_cast<std::size_t>(window / 2);
    for (std::size_t r = 0; r < values.rows; ++r) {
        for (std::size_t i = 0; i < values.samples; ++i) {
            if (!replaced[r][i]) {
                SESCTL_CLAIM(same_bits(despiked[r][i], values[r][i]));
                continue;
            }
            T low = std::numeric_limits<T>::infinity();
            T high = -low;
            for (std::size_t k = i < half ? 0 : i - half; k < std::min(values.samples, i + half + 1); ++k) {
                if (std::isnan(values[r][k])) continue;
                low = std::min(low, values[r][k]);
                high = std::max(high, values[r][k]);
            }
            SESCTL_CLAIM(!std::isnan(values[r][i]));
            SESCTL_CLAIM(low <= despiked[r][i] && despiked[r][i] <= high);
        }
    }
}

}  // namespace sesctl::fuzz

SESCTL_FUZZ_TARGET(sesctl::fuzz::only_pulses_are_replaced)
