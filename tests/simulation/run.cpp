#include "simulation/run.hpp"

#include "simulation/log_salts.hpp"

#include <cipherlane/acquiring/decision.hpp>

#include <algorithm>
#include <cstdio>
#include <sstream>

namespace cipherlane::simulation {
namespace {

using namespace std::chrono_literals;
using ports::record_state;

constexpr int patience_minutes = 30; ///< within which everything must have come to its end
constexpr std::size_t all_records = 1'000'000;

std::string clock_words(std::chrono::milliseconds at) {
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(), text.size(), "%4lld.%03lld  ", static_cast<long long>(at.count() / 1000),
        static_cast<long long>(at.count() % 1000));
    return text.data();
}

std::vector<ports::journal_record> records_of(till_under_test& till) {
    auto all = till.journal().list({}, all_records, call(20s)); // of all terminals
    return all ? *std::move(all) : std::vector<ports::journal_record>();
}

bool waits_for_nobody(till_under_test& till) {
    for (std::size_t terminal = 0; terminal < till.terminals(); ++terminal) {
        const auto open = till.journal().open_records(till.lane(terminal).settings().terminal_id, call(20s));
        if (!open) continue;
        const bool waits = std::any_of(open->begin(), open->end(), [](const auto& record) {
            return record.state == record_state::prepared || record.state == record_state::stored ||
                   record.state == record_state::reversal_pending;
        });
        if (waits) return false;
    }
    return true;
}

disk_fault disk_fault_of(mutant wrong) {
    switch (wrong) {
    case mutant::never_syncs: return disk_fault::never_syncs;
    case mutant::forgets_one_sync: return disk_fault::forgets_one_sync;
    case mutant::loses_names: return disk_fault::loses_names;
    default: return disk_fault::none;
    }
}

/// The end of a day: the power goes once more, everything is opened again, and nothing goes wrong any more.
class closing {
  public:
    closing(world& in, cashier& who)
        : world_(in)
        , who_(who)
        , judge_(in, who) {}

    const std::vector<finding>& run() {
        world_.doors.calm();
        who_.cut_power(fault::cut_all_lost);
        auto* till = who_.till();
        if (till == nullptr) {
            judge_.find("cannot be opened", {}, who_.last_words());
            return judge_.findings();
        }
        // Whoever has scanned a code confirms by then, and what hung on a line has come through.
        world_.time.pass(5min);
        who_.recover();
        for (int minutes = 0; minutes < patience_minutes && !waits_for_nobody(*till); ++minutes) {
            world_.time.pass(1min);
            who_.recover();
        }
        const auto records = records_of(*till);
        judge_.look(records, till->called());
        ask_people(*till, records);
        who_.settle();
        judge_.look_at_settlement();
        return judge_.findings();
    }

  private:
    /// What no machine can decide is somebody's, who finds out what is true.
    void ask_people(till_under_test& till, const std::vector<ports::journal_record>& records) {
        for (const auto& record : records) {
            const bool stuck = record.state == record_state::stored && till.called().contains(record.id);
            if (!stuck && record.state != record_state::unknown && record.state != record_state::reversal_refused)
                continue;
            const auto found = judge_.moved(record) ? acquiring::finding::paid : acquiring::finding::not_paid;
            const auto end =
                acquiring::decision(till.lane_of(record.terminal_id)).run({record.id, found, "looked up"}, call(60s));
            if (!end) judge_.find("cannot be decided", record.idempotency_key, end.error().to_string());
        }
    }

    world& world_;
    cashier& who_;
    judge judge_;
};

/// Ends a run whose rest is known.
struct rest_is_known {};

std::uint32_t payments_of(const cashier& who, std::size_t before) {
    return static_cast<std::uint32_t>(who.slips().size() - before);
}

} // namespace

prepared_scenario::prepared_scenario(const scenario& of, mutant wrong)
    : of_(of) {
    world in(7);
    in.people = of.people;
    in.people.bank = bank_manners();
    in.people.bank.offers_rate = in.host_books.manners.offers_rate = of.people.bank.offers_rate;
    in.wrong = wrong;
    in.drive.wrong = disk_fault_of(wrong);
    cashier who(in);
    who.sign_in();
    of.before(who);
    paper_ = who.slips();
    who.end();
    begins_ = in.copy();
}

run_report prepared_scenario::run(const script& plan, const run_settings& how) const {
    world in(how.seed);
    in.restore(begins_);
    in.people = of_.people;
    in.host_books.manners = of_.people.bank;
    in.wrong = how.wrong;
    in.drive.wrong = disk_fault_of(how.wrong);
    std::ostringstream lines;
    draw_salts_anew();
    cashier who(in, paper_);
    if (how.keeps_timeline) {
        who.say = [&](const std::string& line) { lines << clock_words(in.time.elapsed()) << line << "\n"; };
        in.doors.watch = [&](std::uint32_t step, point where, std::string_view what, fault wrong) {
            lines << clock_words(in.time.elapsed()) << "  step " << step << ": " << to_string(where) << ", " << what;
            if (wrong != fault::none) lines << "   *** " << to_string(wrong);
            lines << "\n";
        };
    }
    static_cast<void>(who.till());
    in.doors.keeps = how.keeps_steps;
    chance by(how.seed ^ 0xD15EA5EU);
    how.rarity != 0 ? in.doors.follow(by, how.rarity) : in.doors.follow(plan);
    run_report report;
    bool working = true;
    fingerprint trail;
    in.on_power_back = [&](std::uint64_t state) {
        trail.add(state);
        if (!in.doors.is_calm()) return;
        if (how.known != nullptr && how.known->knows(state, how.faults_left)) throw rest_is_known();
        (working ? report.states : report.ends).push_back(state);
    };
    const auto count = [&] {
        report.steps = in.doors.count();
        report.happened = in.doors.happened();
        report.kept = std::move(in.doors.kept);
    };
    try {
        of_.work(who);
        count();
        working = false;
        report.findings = closing(in, who).run();
    } catch (const rest_is_known&) {
        if (working) count();
        report.cut_short = true;
    }
    report.payments = payments_of(who, paper_.size());
    report.trail = trail.value();
    report.timeline = lines.str();
    // Nothing of what an orderly end writes is looked at any more.
    in.doors.power_off();
    return report;
}

std::string to_string(const std::vector<finding>& found) {
    std::string text;
    for (const auto& one : found)
        text += one.rule + (one.key.empty() ? "" : " (" + one.key + ")") + ": " + one.words + "\n";
    return text;
}

} // namespace cipherlane::simulation
