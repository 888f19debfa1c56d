// cipherlane-simulate: a till against a bank, a gateway, people and a disk that fail, under one thread and one seed.
#include "manual/man_page.hpp"
#include "simulate/gateways.hpp"
#include "simulate/parallel.hpp"
#include "simulate/print.hpp"
#include "simulate/random_payments.hpp"
#include "simulation/known_faults.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <stdexcept>

namespace {

using namespace cipherlane::simulation;

struct wishes {
    std::vector<std::string> names;
    bool list = false;
    bool enumerates = false;
    std::string pairs;
    bool all_mutants = false;
    bool timeline = false;
    bool with_known = false;
    depth how;
    std::uint64_t seed = 1;
    std::uint64_t runs = 0;
    std::uint64_t rarity = 40;
    std::uint64_t triples = 0;
    std::uint64_t random = 0;
    unsigned gateways = 0;
    std::string plan;
    std::string wrong;
    std::uint64_t jobs = 1;
};

/// What a script names must happen, or the run that it shows is another one: says what did not, and why.
void print_missing(const script& plan, const run_report& of) {
    for (const auto& one : plan) {
        if (std::find(of.happened.begin(), of.happened.end(), one) != of.happened.end()) continue;
        std::cout << one.step << ":" << to_string(one.what) << " did not happen: ";
        if (one.step >= of.kept.size()) {
            std::cout << "the run has " << of.kept.size() << " steps";
        } else {
            std::cout << "step " << one.step << " is a " << to_string(of.kept[one.step])
                      << ", where these can happen:";
            for (const auto can : faults_at(of.kept[one.step]))
                std::cout << (can == faults_at(of.kept[one.step]).front() ? " " : ", ") << to_string(can);
        }
        std::cout << "\n";
    }
}

/// All of it, or an error that names the first part that is none.
script script_of_all(std::string_view text) {
    auto plan = script_of(text);
    const auto read = static_cast<std::size_t>(std::count(text.begin(), text.end(), ',')) + 1;
    if (text.empty() || plan.size() == read) return plan;
    for (std::size_t i = 0; i < plan.size(); ++i)
        text.remove_prefix(text.find(',') + 1);
    throw std::invalid_argument(
        "--script: not STEP:FAULT, as in 12:answer-lost: \"" + std::string(text.substr(0, text.find(','))) + "\"");
}

/// True if no rule was broken.
bool go(const scenario& of, const wishes& wish, mutant wrong) {
    const auto begin = std::chrono::steady_clock::now();
    const prepared_scenario what(of, wrong);
    run_settings settings;
    settings.seed = wish.seed;
    settings.wrong = wrong;
    tally seen;
    if (!wish.plan.empty() || (!wish.enumerates && wish.runs == 0 && wish.triples == 0)) {
        settings.keeps_timeline = wish.timeline;
        settings.keeps_steps = true;
        const auto plan = script_of_all(wish.plan);
        const auto report = what.run(plan, settings);
        std::cout << report.timeline << to_string(report.findings);
        print_missing(plan, report);
        seen.runs = 1;
        seen.steps = report.steps;
        seen.faults = report.happened.size();
        seen.payments = report.payments;
        seen.failed = report.good() ? 0 : 1;
    } else if (wish.triples != 0) {
        seen = in_parallel(wish.jobs, [&](std::uint64_t part) {
            auto how = wish.how;
            how.faults = 3;
            how.seed = wish.seed + part;
            if (!wish.with_known) how.counts = unknown_yet;
            return draw(what, how, wish.triples / wish.jobs + (part < wish.triples % wish.jobs ? 1 : 0), wrong);
        });
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
        print_failure(what, one, wrong, wish.timeline ? timeline::printed : timeline::left_out);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::cout << of.name << (wrong == mutant::none ? "" : " with " + std::string(to_string(wrong))) << ": ";
    if (wish.runs != 0) std::cout << "seeds " << wish.seed << " to " << wish.seed + seen.runs - 1 << ", ";
    std::cout << seen.runs << " runs, " << seen.steps << " steps, " << seen.faults << " faults, " << seen.payments
              << " payments, " << seen.failed << " failed"
              << (seen.known == 0 ? "" : " (and " + std::to_string(seen.known) + " by known faults)") << ", "
              << took.count() << " s, "
              << static_cast<std::uint64_t>(static_cast<double>(seen.payments) / took.count()) << " payments/s";
    if (seen.cut_short != 0) std::cout << "; " << seen.cut_short << " runs ended in what was known";
    std::cout << std::endl;
    return seen.failed == 0;
}

/// The scenarios that are named; without names all that fit what is to be done with them.
std::vector<const scenario*> chosen(const wishes& wish) {
    std::vector<const scenario*> found;
    for (const auto& name : wish.names) {
        found.push_back(find_scenario(name));
        if (found.back() == nullptr) throw std::invalid_argument("no scenario " + name + "; --list names them");
    }
    if (!found.empty()) return found;
    for (const auto& one : wish.runs != 0 || wish.random != 0 ? long_scenarios() : scenarios()) {
        if (wish.pairs != "flows" || is_flow(one.name)) found.push_back(&one);
    }
    return found;
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
    CLI::App app(
        "A till under one thread, one seed and a time of its own; every fault at every step.", "cipherlane-simulate");
    app.add_option("scenarios", wish.names, "which scenarios, with --gateways which gateways; all if none is named");
    app.add_flag("--list", wish.list, "name the scenarios and the mutants");
    app.add_flag("--enumerate", wish.enumerates, "every fault at every step");
    app.add_option("--faults", wish.how.faults, "with --enumerate: 1 each alone, 2 ordered pairs too, 3 triples too");
    app.add_option("--pairs", wish.pairs, "all ordered pairs of faults: of the flows, or of all scenarios")
        ->check(CLI::IsMember({"flows", "all"}));
    app.add_option("--triples", wish.triples, "so many ordered triples of faults, drawn, of each scenario");
    app.add_option("--sample", wish.how.sampled, "with --enumerate: one in N of the deepest");
    app.add_option("--runs", wish.runs, "so many runs with faults by chance");
    app.add_option(
        "--random", wish.random, "busy days with faults by chance until so many payments were made, in a table");
    app.add_option("--gateways", wish.gateways,
        "days at WeChat Pay, Alipay, UnionPay, netpay and the SDK's own interface, over HTTP with signatures and "
        "notices: so many sales by payers' codes at each, and so many by codes that are shown");
    app.add_option("--rarity", wish.rarity, "with --runs and --random: a fault in one of N steps");
    app.add_option("--seed", wish.seed, "of all that is drawn");
    app.add_option("--script", wish.plan, "what goes wrong: STEP:FAULT,..., as in 12:answer-lost");
    app.add_flag("--timeline", wish.timeline, "print what happened");
    app.add_flag("--with-known", wish.with_known, "count what is known and waits to be mended, too");
    app.add_option("--mutant", wish.wrong, "put a fault into the till");
    app.add_flag("--mutants", wish.all_mutants, "enumerate until each mutant is found");
    app.add_option("--enough", wish.how.enough, "failures, with which it ends");
    app.add_option("--jobs", wish.jobs, "threads")->check(CLI::Range(1, 64));
    cipherlane::manual::add_man_option(
        app, {"0 no rule was broken", "1 one was", "2 wrong use", "6 this machine's own fault"});
    CLI11_PARSE(app, argc, argv);
    if (!wish.pairs.empty()) {
        wish.enumerates = true;
        wish.how.faults = 2;
    }
    try {
        if (wish.list) {
            for (const auto all : {scenarios(), long_scenarios()}) {
                for (const auto& one : all)
                    std::cout << one.name << "\n";
            }
            for (const auto& one : all_mutants())
                std::cout << "mutant " << one.name << "\n";
            return 0;
        }
        if (wish.all_mutants) return hunt_all() == 0 ? 0 : 1;
        if (wish.gateways != 0) {
            const gateways_wish what{wish.names, wish.gateways, wish.seed, wish.jobs};
            return run_gateways(what) ? 0 : 1;
        }
        if (wish.random != 0) {
            random_wish what;
            what.payments = wish.random;
            what.first_seed = wish.seed;
            what.rarity = wish.rarity;
            what.jobs = wish.jobs;
            what.wrong = mutant_of(wish.wrong);
            if (!wish.with_known) what.counts = unknown_yet;
            return run_random_payments(chosen(wish), what) ? 0 : 1;
        }
        bool good = true;
        for (const auto* one : chosen(wish))
            good = go(*one, wish, mutant_of(wish.wrong)) && good;
        return good ? 0 : 1;
    } catch (const std::invalid_argument& why) {
        std::cerr << "cipherlane-simulate: " << why.what() << "\n";
        return 2;
    } catch (const std::exception& why) {
        std::cerr << "cipherlane-simulate: " << why.what() << "\n";
        return 6;
    }
}
