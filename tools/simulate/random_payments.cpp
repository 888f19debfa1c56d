#include "simulate/random_payments.hpp"

#include "simulate/parallel.hpp"
#include "simulate/print.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <deque>
#include <string>

namespace cipherlane::simulation {
namespace {

constexpr std::size_t most_printed = 5;

/// What threads share: the next seed, and how many payments have been made.
struct progress {
    std::atomic<std::uint64_t> next;
    std::atomic<std::uint64_t> payments{0};
};

tally work(const std::deque<prepared_scenario>& days, const random_wish& wish, progress& shared) {
    tally seen;
    constexpr int most_idle = 1'000; // a day without a payment, as one of sign-ins, would never get there
    for (int idle = 0; shared.payments < wish.payments && idle < most_idle;) {
        walk_by_chance one;
        one.first_seed = shared.next++;
        one.rarity = wish.rarity;
        one.counts = wish.counts;
        auto run = roam(days[one.first_seed % days.size()], one, wish.wrong);
        idle = run.payments == 0 ? idle + 1 : 0;
        shared.payments += run.payments;
        if (seen.failures.size() >= most_printed) run.failures.clear();
        add(seen, std::move(run));
    }
    return seen;
}

std::uint64_t broken(const tally& seen, std::initializer_list<const char*> rules) {
    std::uint64_t sum = 0;
    for (const auto* rule : rules) {
        if (const auto found = seen.by_rule.find(rule); found != seen.by_rule.end()) sum += found->second;
    }
    return sum;
}

/// A run may be over before its clock has moved.
std::uint64_t per_second(std::uint64_t count, double seconds) {
    return seconds > 0 ? static_cast<std::uint64_t>(static_cast<double>(count) / seconds) : 0;
}

void print_row(const char* what, std::uint64_t count) {
    std::printf("%-22s %14llu\n", what, static_cast<unsigned long long>(count));
}

} // namespace

bool run_random_payments(const std::vector<const scenario*>& all, const random_wish& wish) {
    const auto begin = std::chrono::steady_clock::now();
    const auto processor = std::clock();
    std::deque<prepared_scenario> days;
    for (const auto* one : all)
        days.emplace_back(*one, wish.wrong);
    progress shared{wish.first_seed, {}};
    const auto seen = in_parallel(wish.jobs, [&](std::uint64_t /*part*/) { return work(days, wish, shared); });
    for (const auto& one : seen.failures)
        print_failure(days[one.seed % days.size()], one, wish.wrong, timeline::left_out);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    const auto spent = static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC;
    print_row("payments", seen.payments);
    print_row("first seed", wish.first_seed);
    print_row("last seed", shared.next - 1);
    print_row("faults", seen.faults);
    print_row("steps", seen.steps);
    print_row("lost", broken(seen, {"lost payment", "charged without a record", "never told"}));
    print_row("double", broken(seen, {"double charge"}));
    print_row("silent unknowns", broken(seen, {"silent unknown"}));
    print_row("runs with any finding", seen.failed);
    print_row("known faults", seen.known);
    print_row("seconds", static_cast<std::uint64_t>(took.count()));
    print_row("payments a second", per_second(seen.payments, took.count()));
    // What others do on the machine does not count there.
    print_row("of processor time", per_second(seen.payments, spent));
    return seen.failed == 0;
}

} // namespace cipherlane::simulation
