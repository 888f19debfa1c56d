#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace cipherlane::bench {

/// Two ways to do the same thing, measured in turns in the same run, so that what else the machine does hits both.
/// Both are best figures of many short rounds, in operations a second.
struct measured {
    double value = 0;
    double limit = 0;
    [[nodiscard]] double ratio() const { return value / limit; }
};

/// Time that this thread has spent on a processor: other load makes a round longer, not slower.
struct processor_time {
    static std::chrono::nanoseconds now() {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    }
};

/// Time on the wall, for what threads do together.
struct wall_time {
    static std::chrono::nanoseconds now() { return std::chrono::steady_clock::now().time_since_epoch(); }
};

/// Operations a second of `operation` over one round.
template <class Clock = processor_time, class Operation>
double one_round(Operation&& operation, std::chrono::nanoseconds span) {
    constexpr int batch = 200;
    std::size_t done = 0;
    const auto start = Clock::now();
    auto now = start;
    while (now - start < span) {
        for (int i = 0; i < batch; ++i)
            operation();
        done += batch;
        now = Clock::now();
    }
    return static_cast<double>(done) / std::chrono::duration<double>(now - start).count();
}

template <class Value, class Limit>
measured side_by_side(Value&& value, Limit&& limit, int rounds = 60) {
    constexpr auto span = std::chrono::milliseconds(10);
    measured best;
    for (int round = 0; round < rounds; ++round) {
        best.value = std::max(best.value, one_round(value, span));
        best.limit = std::max(best.limit, one_round(limit, span));
    }
    return best;
}

inline void print_head() {
    std::printf("%-44s %10s %10s %7s %5s\n", "operation", "value", "limit", "ratio", "bar");
}

/// One row in millions a second, where the bar is a figure of its own; true if it is met.
inline bool print_figure_row(const char* name, const measured& figures, double bar) {
    const bool met = figures.value >= bar;
    std::printf("%-44s %8.3f M %8.3f M %7.2f %5.2f M %s\n", name, figures.value / 1e6, figures.limit / 1e6,
        figures.ratio(), bar / 1e6, met ? "ok" : "MISSED");
    return met;
}

/// One row in millions a second; true if the bar, a ratio, is met.
inline bool print_row(const char* name, const measured& figures, double bar) {
    const bool met = figures.ratio() >= bar;
    std::printf("%-44s %8.3f M %8.3f M %7.2f %5.2f %s\n", name, figures.value / 1e6, figures.limit / 1e6,
        figures.ratio(), bar, met ? "ok" : "MISSED");
    return met;
}

} // namespace cipherlane::bench
