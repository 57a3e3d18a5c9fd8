// Independent pieces of work, shared out to a few threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

namespace sesctl {

// Samples below which a thread of its own costs more than it saves.
inline constexpr std::size_t least_share = std::size_t{1} << 15;

// How many threads are worth starting for so much work, at most the given number.
inline std::size_t worthwhile_threads(std::size_t threads, std::size_t samples) {
    return std::clamp<std::size_t>(samples / least_share, 1, std::max<std::size_t>(threads, 1));
}

// Calls work(begin, end, share) for consecutive shares of [0, count), one a thread; the first share runs in
// the calling thread. What a share throws is thrown here when all have ended. There are never more shares
// than threads, and no fewer than one.
template <class Work>
void share_out(std::size_t count, std::size_t threads, const Work& work) {
    const std::size_t shares = std::clamp<std::size_t>(threads, 1, std::max<std::size_t>(count, 1));
    if (shares == 1) return work(std::size_t{0}, count, std::size_t{0});
    std::vector<std::exception_ptr> errors(shares);
    const auto run = [&](std::size_t share) {
        try {
            work(count * share / shares, count * (share + 1) / shares, share);
        } catch (...) {
            errors[share] = std::current_exception();
        }
    };
    {
        std::vector<std::jthread> helpers;
        for (std::size_t share = 1; share < shares; ++share) helpers.emplace_back(run, share);
        run(0);
    }
    for (const auto& error : errors) {
        if (error) std::rethrow_exception(error);
    }
}

}  // namespace sesctl
