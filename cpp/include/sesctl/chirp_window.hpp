// A window that follows a changing frequency.
#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

namespace sesctl {

// g[n] exp(-jπc(n - L/2)²), kept from one frame to the next since neighbours mostly share their rate.
class ChirpWindow {
  public:
    explicit ChirpWindow(std::span<const double> window, double rate = 0.0)
        : re(window.begin(), window.end()), im(window.size(), 0.0), window_(window) {
        set_rate(rate);
    }

    void set_rate(double rate) {
        if (rate == rate_) return;
        rate_ = rate;
        const double middle = 0.5 * static_cast<double>(window_.size());
        for (std::size_t n = 0; n < window_.size(); ++n) {
            const double lag = static_cast<double>(n) - middle;
            const double phase = -std::numbers::pi * rate * lag * lag;
            re[n] = window_[n] * std::cos(phase);
            im[n] = window_[n] * std::sin(phase);
        }
    }

    std::vector<double> re;
    std::vector<double> im;

  private:
    std::span<const double> window_;
    double rate_ = 0.0;
};

}  // namespace sesctl
