#include "simulation/enumerate.hpp"

#include <algorithm>

namespace cipherlane::simulation {
namespace {

/// Keeps a run that broke a rule, unless enough of them are there or it does not count.
void note(tally& in, failure&& one, const counting& counts, std::size_t enough) {
    if (one.report.good()) return;
    if (counts && !counts(one.plan, one.report.findings)) {
        ++in.known;
        return;
    }
    ++in.failed;
    for (const auto& broken : one.report.findings)
        ++in.by_rule[broken.rule];
    if (in.failures.size() < enough) in.failures.push_back(std::move(one));
}

void count(tally& in, const run_report& report) {
    ++in.runs;
    in.steps += report.steps;
    in.payments += report.payments;
    in.faults += report.happened.size();
    in.cut_short += report.cut_short ? 1 : 0;
}

/// Real time, of which so much may pass.
class stopwatch {
  public:
    explicit stopwatch(std::chrono::milliseconds most)
        : most_(most) {}
    [[nodiscard]] bool ended() const {
        return most_.count() != 0 && std::chrono::steady_clock::now() - begin_ >= most_;
    }

  private:
    std::chrono::milliseconds most_;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

class walk {
  public:
    walk(const prepared_scenario& what, const depth& how, mutant wrong)
        : what_(what)
        , how_(how)
        , by_(how.seed)
        , watch_(how.time) {
        settings_.known = &known_;
        settings_.wrong = wrong;
        settings_.seed = how.seed;
    }

    tally go() {
        const auto calm = look({});
        descend({}, calm, 1);
        return std::move(seen_);
    }

  private:
    [[nodiscard]] bool enough() const { return seen_.failures.size() >= how_.enough || watch_.ended(); }

    run_report look(const script& plan) {
        settings_.keeps_steps = plan.size() < how_.faults;
        settings_.faults_left = how_.faults - plan.size();
        auto report = what_.run(plan, settings_);
        count(seen_, report);
        if (report.good()) {
            known_.add(report.states, settings_.faults_left);
            known_.add(report.ends, endings::most_faults); // nothing goes wrong from there on
        }
        note(seen_, {plan, how_.seed, report}, how_.counts, how_.enough);
        return report;
    }

    /// Everything that can go wrong behind `plan`, whose run was `before`: calls, messages and syncs first, then the
    /// many writes between them.
    void descend(const script& plan, const run_report& before, std::size_t level) {
        for (const bool writes : {false, true}) {
            const std::size_t from = plan.empty() ? 0 : plan.back().step + 1;
            for (auto step = from; step < before.kept.size() && !enough(); ++step) {
                if ((before.kept[step] == point::disk_write) == writes) try_at(step, plan, before, level);
            }
        }
    }

    void try_at(std::size_t step, const script& plan, const run_report& before, std::size_t level) {
        const bool draws = how_.sampled != 0 && level == how_.faults && level > 1;
        for (const auto what : faults_at(before.kept[step])) {
            if (level == 1 && first_++ % how_.parts != how_.part) continue;
            if (draws && !by_.once_in(how_.sampled)) continue;
            auto next = plan;
            next.push_back({static_cast<std::uint32_t>(step), what});
            const auto report = look(next);
            if (level < how_.faults && report.good()) descend(next, report, level + 1);
            if (enough()) return;
        }
    }

    const prepared_scenario& what_;
    const depth& how_;
    chance by_;
    stopwatch watch_;
    endings known_;
    run_settings settings_;
    tally seen_;
    std::uint64_t first_ = 0;
};

bool same_rule(const std::vector<finding>& a, const std::vector<finding>& b) {
    return std::any_of(a.begin(), a.end(), [&](const finding& one) {
        return std::any_of(b.begin(), b.end(), [&](const finding& other) { return other.rule == one.rule; });
    });
}

} // namespace

tally enumerate(const prepared_scenario& what, const depth& how, mutant wrong) {
    return walk(what, how, wrong).go();
}

tally draw(const prepared_scenario& what, const depth& how, std::uint64_t scripts, mutant wrong) {
    tally seen;
    chance by(how.seed);
    run_settings settings;
    settings.seed = how.seed;
    settings.wrong = wrong;
    settings.keeps_steps = true;
    const auto calm = what.run({}, settings);
    const stopwatch watch(how.time);
    for (std::uint64_t i = 0; i < scripts && seen.failures.size() < how.enough && !watch.ended(); ++i) {
        script plan;
        auto report = calm;
        while (plan.size() < how.faults && report.good()) {
            const std::size_t from = plan.empty() ? 0 : plan.back().step + 1;
            if (from >= report.kept.size()) break;
            const auto step = from + static_cast<std::size_t>(by.below(report.kept.size() - from));
            const auto choice = faults_at(report.kept[step]);
            plan.push_back(
                {static_cast<std::uint32_t>(step), choice[static_cast<std::size_t>(by.below(choice.size()))]});
            settings.keeps_steps = plan.size() < how.faults;
            report = what.run(plan, settings);
            count(seen, report);
        }
        note(seen, {std::move(plan), how.seed, std::move(report)}, how.counts, how.enough);
    }
    return seen;
}

void add(tally& to, tally&& from) {
    to.runs += from.runs;
    to.steps += from.steps;
    to.payments += from.payments;
    to.faults += from.faults;
    to.cut_short += from.cut_short;
    to.failed += from.failed;
    to.known += from.known;
    for (auto& one : from.failures)
        to.failures.push_back(std::move(one));
    for (const auto& [rule, times] : from.by_rule)
        to.by_rule[rule] += times;
}

std::optional<failure> hunt(const mutant_row& row) {
    const auto* of = find_scenario(row.scenario);
    if (of == nullptr) return std::nullopt;
    const prepared_scenario sound(*of);
    depth how;
    how.enough = 1;
    how.counts = [&](const script& plan, const auto&) { return sound.run(plan).good(); };
    auto seen = enumerate(prepared_scenario(*of, row.what), how, row.what);
    if (seen.failed == 0) return std::nullopt;
    return std::move(seen.failures.front());
}

tally roam(const prepared_scenario& what, const walk_by_chance& how, mutant wrong) {
    tally seen;
    run_settings settings;
    settings.wrong = wrong;
    settings.rarity = how.rarity;
    const stopwatch watch(how.time);
    for (std::uint64_t i = 0; i < how.runs && seen.failures.size() < how.enough && !watch.ended(); ++i) {
        settings.seed = how.first_seed + i;
        auto report = what.run({}, settings);
        count(seen, report);
        auto plan = report.happened;
        note(seen, {std::move(plan), settings.seed, std::move(report)}, how.counts, how.enough);
    }
    return seen;
}

failure shrink(const prepared_scenario& what, failure found, mutant wrong) {
    run_settings settings;
    settings.seed = found.seed;
    settings.wrong = wrong;
    // Halves first: of a busy day's hundreds of faults two or three matter.
    std::size_t piece = std::max<std::size_t>(found.plan.size() / 2, 1);
    for (bool shorter = true; shorter || piece > 1;) {
        if (!shorter) piece /= 2;
        shorter = false;
        for (std::size_t i = 0; i < found.plan.size();) {
            auto plan = found.plan;
            const auto first = plan.begin() + static_cast<std::ptrdiff_t>(i);
            plan.erase(first, first + static_cast<std::ptrdiff_t>(std::min(piece, plan.size() - i)));
            auto report = what.run(plan, settings);
            if (!same_rule(report.findings, found.report.findings)) {
                i += piece;
                continue;
            }
            found = {std::move(plan), found.seed, std::move(report)};
            shorter = true;
        }
    }
    return found;
}

} // namespace cipherlane::simulation
