// Runs every kernel with one thread and with four, for the thread sanitizer to watch, and compares the bits.
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "sesctl/chirp_gain.hpp"
#include "sesctl/chirp_inverse.hpp"
#include "sesctl/chirp_rates.hpp"
#include "sesctl/chirp_stft.hpp"
#include "sesctl/edges.hpp"
#include "sesctl/finite.hpp"
#include "sesctl/gaps.hpp"
#include "sesctl/hampel.hpp"
#include "sesctl/intervals.hpp"
#include "sesctl/moving_average.hpp"
#include "sesctl/parallel.hpp"
#include "sesctl/running_median.hpp"
#include "sesctl/savgol.hpp"
#include "sesctl/segment.hpp"

namespace {

using namespace sesctl;

// Enough for four threads to be worth their start.
constexpr std::size_t rows = 33;
constexpr std::size_t samples = 4 * least_share / rows + 1;

template <class T>
struct Table {
    explicit Table(std::size_t length = samples) : length(length), data(rows * length) {}
    Rows<T> view() { return {data.data(), rows, length}; }
    Rows<const T> read() const { return {data.data(), rows, length}; }

    std::size_t length;
    std::vector<T> data;
};

// What a kernel returns, as bytes.
class Bytes {
  public:
    template <class T>
    void add(const std::vector<T>& data) {
        const auto* const first = reinterpret_cast<const char*>(data.data());
        bytes_.append(first, data.size() * sizeof(T));
    }
    bool operator==(const Bytes&) const = default;

  private:
    std::string bytes_;
};

template <class T>
Table<T> noise_with_gaps() {
    std::mt19937 random(1);
    std::normal_distribution<double> normal;
    Table<T> values;
    for (T& value : values.data) {
        value = random() % 97 == 0 ? std::numeric_limits<T>::quiet_NaN() : static_cast<T>(normal(random));
    }
    return values;
}

template <class T>
Bytes smooth(const Table<T>& values, std::size_t threads) {
    Bytes all;
    Table<T> out;
    smooth_savgol<T>(values.read(), 61, 3, out.view(), threads);
    all.add(out.data);
    moving_average<T>(values.read(), 31, out.view(), threads);
    all.add(out.data);
    running_median<T>(values.read(), 21, out.view(), threads);
    all.add(out.data);
    const auto marks = std::make_unique<bool[]>(rows * samples);
    const Rows<bool> mask{marks.get(), rows, samples};
    despike<T>(values.read(), 11, {3.0, 0.0}, out.view(), mask, threads);
    all.add(out.data);
    fill_gaps<T>(values.read(), 5, out.view(), mask, threads);
    all.add(out.data);
    return all;
}

template <class T>
Bytes find(const Table<T>& values, std::size_t threads) {
    Bytes all;
    Table<T> contrast;
    edge_contrast<T>(values.read(), 9, contrast.view(), threads);
    all.add(contrast.data);
    std::vector<double> found;
    for (const auto& pair : find_opposite_edges<T>(contrast.read(), {5, 200, 0.5, 20, 9}, threads)) {
        found.push_back(pair.score + static_cast<double>(pair.row + pair.start + pair.end));
    }
    for (const auto& interval : find_intervals<T>(values.read(), {1.0, 0.0, 1, 1000, 2}, threads)) {
        found.push_back(interval.peak + static_cast<double>(interval.row + interval.start));
    }
    found.push_back(static_cast<double>(first_infinite<T>(values.data, threads)));
    all.add(found);
    std::vector<std::int64_t> times(samples);
    for (std::size_t i = 0; i < samples; ++i) times[i] = static_cast<std::int64_t>(10 * i + i % 3);
    Table<T> gridded;
    Table<std::uint32_t> hits;
    grid_samples<T>(times, values.read(), {0, 10}, gridded.view(), hits.view(), threads);
    all.add(gridded.data);
    all.add(hits.data);
    return all;
}

template <class T>
Bytes transform(const Table<T>& values, std::size_t threads) {
    Bytes all;
    std::vector<double> window(64, 1.0);
    for (std::size_t n = 0; n < 64; ++n) window[n] += 0.01 * static_cast<double>(n % 8);
    const ChirpFrames frames(window, 32, 64, true);
    const std::size_t count = frames.count(samples);
    Table<double> rates(count);
    Table<double> gain(count);
    choose_chirp_rates<T>(values.read(), frames, Concentration::quartic, 1.5, rates.view(), gain.view(),
                          threads);
    all.add(rates.data);
    std::vector<std::complex<T>> spectrum(rows * 64 * count);
    chirp_stft<T>(values.read(), frames, rates.read(), 64, spectrum.data(), threads);
    all.add(spectrum);
    chirp_gain<T>(values.read(), frames, rates.read(), Concentration::renyi3, gain.view(), threads);
    all.add(gain.data);
    Table<T> again;
    inverse_chirp_stft<T>(spectrum.data(), frames, rates.read(), again.view(), threads);
    all.add(again.data);
    return all;
}

template <class T>
bool is_the_same_for_four_threads(const char* type) {
    const auto values = noise_with_gaps<T>();
    const bool same = smooth(values, 1) == smooth(values, 4) && find(values, 1) == find(values, 4) &&
                      transform(values, 1) == transform(values, 4);
    std::printf("%s: four threads return %s bits as one\n", type, same ? "the same" : "other");
    return same;
}

}  // namespace

int main() {
    const bool single = is_the_same_for_four_threads<float>("float32");
    const bool twice = is_the_same_for_four_threads<double>("float64");
    return single && twice ? 0 : 1;
}
