// cipherlane-simulate: a till against a bank, a gateway, people and a disk that fail, under one thread and one seed.
#include "simulation/known_faults.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <thread>

namespace {

using namespace cipherlane::simulation;

struct wishes {
    std::vector<std::string> names;
    bool list = false;
    bool enumerates = false;
    bool all_mutants = false;
    bool timeline = false;
    bool with_known = false;
    depth how;
    std::uint64_t seed = 1;
    std::uint64_t runs = 0;
    std::uint64_t rarity = 40;
    std::string plan;
    std::string wrong;
    std::uint64_t jobs = 1;
};

void print(const prepared_scenario& what, const failure& found, mutant wrong, bool timeline) {
    const auto least = shrink(what, found, wrong);
    std::cout << "FAILED " << what.of().name << " --seed " << least.seed << " --script "
              << (least.plan.empty() ? "''" : to_string(least.plan)) << "\n"
              << to_string(least.report.findings);
    if (!timeline) return;
    run_settings how;
    how.seed = least.seed;
    how.wrong = wrong;
    how.keeps_timeline = true;
    std::cout << what.run(least.plan, how).timeline;
}

/// Adds what several threads have seen.
void add(tally& to, tally&& from) {
    to.runs += from.runs;
    to.steps += from.steps;
    to.failed += from.failed;
    to.known += from.known;
    for (auto& one : from.failures)
        to.failures.push_back(std::move(one));
}

template <class Work>
tally in_parallel(std::uint64_t jobs, Work work) {
    if (jobs == 1) return work(0);
    std::vector<tally> parts(jobs);
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0; i < jobs; ++i)
        threads.emplace_back([&, i] { parts[i] = work(i); });
    for (auto& one : threads)
        one.join();
    tally whole;
    for (auto& one : parts)
        add(whole, std::move(one));
    return whole;
}

/// True if no rule was broken.
bool go(const scenario& of, const wishes& wish, mutant wrong) {
    const auto begin = std::chrono::steady_clock::now();
    const prepared_scenario what(of, wrong);
    run_settings settings;
    settings.seed = wish.seed;
    settings.wrong = wrong;
    tally seen;
    if (!wish.plan.empty() || (!wish.enumerates && wish.runs == 0)) {
        settings.keeps_timeline = wish.timeline;
        const auto report = what.run(script_of(wish.plan), settings);
        std::cout << report.timeline << to_string(report.findings);
        seen.runs = 1;
        seen.steps = report.steps;
        seen.failed = report.good() ? 0 : 1;
    } else if (wish.enumerates) {
        seen = in_parallel(wish.jobs, [&](std::uint64_t part) {
            auto how = wish.how;
            how.seed = wish.seed;
            how.part = part;
            how.parts = wish.jobs;
            if (!wish.with_known) how.counts = unknown_yet;
            return enumerate(what, how, wrong);
        });
    } else {
        seen = in_parallel(wish.jobs, [&](std::uint64_t part) {
            walk_by_chance how;
            how.runs = wish.runs / wish.jobs;
            how.first_seed = wish.seed + part * how.runs;
            how.rarity = wish.rarity;
            how.enough = wish.how.enough;
            if (!wish.with_known) how.counts = unknown_yet;
            return roam(what, how, wrong);
        });
    }
    for (const auto& one : seen.failures)
        print(what, one, wrong, wish.timeline);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::cout << of.name << (wrong == mutant::none ? "" : " with " + std::string(to_string(wrong))) << ": "
              << seen.runs << " runs, " << seen.steps << " steps, " << seen.failed << " failed"
              << (seen.known == 0 ? "" : " (and " + std::to_string(seen.known) + " by known faults)") << ", "
              << took.count() << " s" << std::endl;
    return seen.failed == 0;
}

/// The number of mutants that nothing finds.
int hunt_all() {
    int escaped = 0;
    for (const auto& row : all_mutants()) {
        const auto found = hunt(row);
        escaped += found ? 0 : 1;
        std::cout << row.name << ": ";
        if (!found) {
            std::cout << "ESCAPED" << std::endl;
            continue;
        }
        const auto& plan = found->plan;
        std::cout << row.scenario << " --script " << (plan.empty() ? "''" : to_string(plan)) << "  "
                  << found->report.findings.front().rule << std::endl;
    }
    return escaped;
}

} // namespace

int main(int argc, char** argv) {
    wishes wish;
    CLI::App app("A till under one thread, one seed and a time of its own; every fault at every step.");
    app.add_option("scenarios", wish.names, "which scenarios; all if none is named");
    app.add_flag("--list", wish.list, "name the scenarios and the mutants");
    app.add_flag("--enumerate", wish.enumerates, "every fault at every step");
    app.add_option("--faults", wish.how.faults, "with --enumerate: 1 each alone, 2 ordered pairs too, 3 triples too");
    app.add_option("--sample", wish.how.sampled, "with --enumerate: one in N of the deepest");
    app.add_option("--runs", wish.runs, "so many runs with faults by chance");
    app.add_option("--rarity", wish.rarity, "with --runs: a fault in one of N steps");
    app.add_option("--seed", wish.seed, "of all that is drawn");
    app.add_option("--script", wish.plan, "what goes wrong: STEP:FAULT,...");
    app.add_flag("--timeline", wish.timeline, "print what happened");
    app.add_flag("--with-known", wish.with_known, "count what is known and waits to be mended, too");
    app.add_option("--mutant", wish.wrong, "put a fault into the till");
    app.add_flag("--mutants", wish.all_mutants, "enumerate until each mutant is found");
    app.add_option("--enough", wish.how.enough, "failures, with which it ends");
    app.add_option("--jobs", wish.jobs, "threads")->check(CLI::Range(1, 64));
    CLI11_PARSE(app, argc, argv);
    try {
        if (wish.list) {
            for (const auto& one : scenarios())
                std::cout << one.name << "\n";
            for (const auto& one : all_mutants())
                std::cout << "mutant " << one.name << "\n";
            return 0;
        }
        if (wish.all_mutants) return hunt_all() == 0 ? 0 : 1;
        bool good = true;
        for (const auto& one : scenarios()) {
            const bool wanted =
                wish.names.empty() || std::find(wish.names.begin(), wish.names.end(), one.name) != wish.names.end();
            if (wanted) good = go(one, wish, mutant_of(wish.wrong)) && good;
        }
        return good ? 0 : 1;
    } catch (const std::exception& why) {
        std::cerr << "cipherlane-simulate: " << why.what() << "\n";
        return 6;
    }
}
