#include "sesctl/chirp_rates.hpp"

#include "frames.hpp"
#include "sesctl/chirp_gain.hpp"

namespace sesctl::fuzz {

// Every whole frame has one of the 33 rates, with the gain that chirp_gain finds at it.
template <class T>
void chosen_rates_gain_enough(Input& input) {
    const Cut cut(input);
    const auto measure = input.flag() ? Concentration::quartic : Concentration::renyi3;
    const double min_gain = 1.0 + static_cast<double>(input.between(0, 32)) / 16.0;
    const auto values = input.table<T>(4, 200, Wild::all);
    const auto frames = cut.frames(values.samples);
    if (!frames) return;
    const std::size_t count = frames->count(values.samples);
    Table<double> rates(values.rows, count);
    Table<double> gain(values.rows, count);
    Table<double> again(values.rows, count);
    choose_chirp_rates<T>(values.read(), *frames, measure, min_gain, rates.view(), gain.view(), 2);
    Table<double> asked(values.rows, count);
    for (std::size_t i = 0; i < values.rows * count; ++i) {
        asked.data[i] = std::isnan(rates.data[i]) ? 0.0 : rates.data[i];
    }
    chirp_gain<T>(values.read(), *frames, asked.read(), measure, again.view(), 2);
    const double steps = 32.0 * static_cast<double>(cut.window.size());
    for (std::size_t row = 0; row < values.rows; ++row) {
        for (std::size_t m = 0; m < count; ++m) {
            const double rate = rates[row][m];
            const double found = gain[row][m];
            if (!is_whole(frame_of(values[row], *frames, m))) {
                SESCTL_CLAIM(std::isnan(rate) && std::isnan(found) && std::isnan(again[row][m]));
                continue;
            }
            const double step = rate * steps;
            SESCTL_CLAIM(std::abs(step) <= 16.0 + 1e-9 && std::abs(step - std::round(step)) < 1e-9);
            SESCTL_CLAIM(rate == 0.0 ? found == 1.0 : found >= min_gain);
            SESCTL_CLAIM(std::abs(again[row][m] - found) <= 1e-6 * found);
        }
    }
}

}  // namespace sesctl::fuzz

SESCTL_FUZZ_TARGET(sesctl::fuzz::chosen_rates_gain_enough)
