#include "rule_desk.hpp"

#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/store/postgres_journal.hpp>
#include <cipherlane/store/sqlite_limit_totals.hpp>
#include <cipherlane/till/errc.hpp>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace cipherlane::assembly {
namespace {

using ledger::trade_role;
using rules::code_kind;
using rules::funding;

constexpr std::chrono::seconds time_to_give_back{5};

/// How payer and merchant come together. A till has no static codes: those are paid without it.
code_kind kind_of(const ledger::trade_row& row) {
    if (row.needs.contains(ledger::need::code)) return code_kind::payment_code;
    return ledger::shown_code_trades.contains(row.kind) ? code_kind::dynamic_code : code_kind::none;
}

rules::payer_grade of(payer_grades value) {
    using rules::payer_grade;
    switch (value) {
    case payer_grades::a: return payer_grade::a;
    case payer_grades::b: return payer_grade::b;
    case payer_grades::c: return payer_grade::c;
    case payer_grades::d: return payer_grade::d;
    case payer_grades::unknown: break;
    }
    return payer_grade::unknown;
}

funding of(payment_funds value) {
    using funds = payment_funds;
    switch (value) {
    case funds::debit: return funding::debit;
    case funds::credit: return funding::credit;
    case funds::prepaid: return funding::prepaid;
    case funds::balance: return funding::balance;
    case funds::unknown: break;
    }
    return funding::unknown;
}

std::string totals_place(const till_settings& all) {
    if (!all.rules.totals_file.empty()) return all.rules.totals_file;
    return all.journal.store.empty() ? all.journal.file + ".totals" : all.journal.store;
}

/// A file that is not there, or holds nothing yet.
bool is_missing(const std::string& file) {
    if (store::is_postgres_address(file)) return false;
    std::error_code unknown;
    return std::filesystem::file_size(file, unknown) == 0 || unknown == std::errc::no_such_file_or_directory;
}

bool counts(const rules::payment_rules::rule& one) {
    using enum rules::rule_kind;
    return one.kind == static_code || one.kind == payer_grade || one.kind == micro_credit;
}

/// What a limit had left was on file alone: where that is lost it is the whole again, which somebody must know.
result<void> tell_of_new_totals(const till_settings& all, const rules::payment_rules& made, ports::store& journal,
    const logger& log, const call& bounds) {
    const auto& rules = made.rules();
    if (std::none_of(rules.begin(), rules.end(), counts)) return {};
    for (const auto& one : all.terminals) {
        CIPHERLANE_TRY(const auto state, journal.terminal(one.terminal_id, bounds));
        if (state.last_trace == 0) continue;
        log.error("rules", "the totals of limits were not there and begin at nothing: " + totals_place(all) +
                               "; what terminal " + one.terminal_id +
                               " has taken before does not count: bring the file back, or watch the limits by hand");
        return {};
    }
    return {};
}

} // namespace

rule_desk::rule_desk(const till_settings& all, const ports::clock& clock, ports::store& journal, logger log,
    rules::payment_rules made, std::unique_ptr<ports::limit_totals> totals)
    : place_(all.rules)
    , clock_(clock)
    , journal_(journal)
    , log_(std::move(log))
    , rules_(std::move(made))
    , totals_(std::move(totals)) {}

result<std::unique_ptr<rule_desk>> rule_desk::open(const till_settings& all, const ports::clock& clock,
    ports::store& journal, const logger& log, const call& bounds) {
    CIPHERLANE_TRY(auto made, rules::payment_rules::load(all.rules.file));
    // Told before they are made anew: the next opening finds a file.
    if (is_missing(totals_place(all))) CIPHERLANE_CHECK(tell_of_new_totals(all, made, journal, log, bounds));
    CIPHERLANE_TRY(auto totals, store::sqlite_limit_totals::open(totals_place(all), bounds));
    return std::unique_ptr<rule_desk>(
        new rule_desk(all, clock, journal, log, std::move(made), std::move(totals))); // NOLINT: private
}

/// A key names a payment of its terminal and of its journal alone.
std::string rule_desk::name_of(const ports::journal_record& payment) const {
    return journal_.identity() + "/" + payment.terminal_id + "/" + payment.idempotency_key;
}

void rule_desk::know_gateway(std::string identity, const till_settings::gateway_place& place) {
    gateways_.insert_or_assign(std::move(identity), terms{of(place.pays), of(place.payer_grade), place.takes_credit});
}

/// What a gateway's own settings leave out is as of all payments by code.
rule_desk::terms rule_desk::terms_at(const std::string& gateway) const {
    const auto found = gateways_.find(gateway);
    auto made = found != gateways_.end() ? found->second : terms();
    if (made.pays == funding::unknown) made.pays = of(place_.code_funding);
    if (made.grade == rules::payer_grade::unknown) made.grade = of(place_.payer_grade);
    return made;
}

bool rule_desk::keeps_credit_out() const {
    const auto& all = rules_.rules();
    const auto today = ports::to_civil(clock_.now()).to_string().substr(0, 10);
    return std::any_of(all.begin(), all.end(), [&](const rules::payment_rules::rule& one) {
        return one.kind == rules::rule_kind::order_credit && one.action == rules::rule_action::refuse &&
               one.since <= today;
    });
}

void rule_desk::may_begin(const std::string& terminal_id, const ports::intent& what) {
    const std::scoped_lock lock(mutex_);
    if (what.funds == ports::order_funds::no_credit) {
        without_credit_.insert_or_assign(terminal_id, what.key);
    } else {
        without_credit_.erase(terminal_id);
    }
}

rules::payment_facts rule_desk::facts_of(const ports::journal_record& fresh) const {
    const auto& row = ledger::row_of(fresh.kind);
    rules::payment_facts facts;
    facts.payment = name_of(fresh);
    facts.total = fresh.requested;
    // Its own day: who has paid may be told after midnight, or by tomorrow's recovery.
    facts.day = fresh.created_date.empty() ? ports::to_civil(clock_.now()).yyyymmdd() : fresh.created_date;
    facts.code = kind_of(row);
    facts.order_allows_credit = place_.order_allows_credit;
    {
        const std::scoped_lock lock(mutex_);
        const auto asked = without_credit_.find(fresh.terminal_id);
        if (asked != without_credit_.end() && asked->second == fresh.idempotency_key)
            facts.order_allows_credit = false;
    }
    if (facts.code == code_kind::none) {
        facts.pays = rules_.funding_of_card(fresh.masked_pan);
    } else {
        const auto there = terms_at(fresh.counterpart);
        facts.pays = there.pays;
        facts.grade = there.grade;
        facts.order_allows_credit = facts.order_allows_credit && there.takes_credit;
    }
    // It is told by `funds_for` what it is not by the trade.
    facts.credit_is_kept_out = row.through == ledger::channel::gateway;
    facts.without_pin = fresh.small_amount;
    facts.category = place_.category;
    facts.micro_identity = place_.micro_identity;
    return facts;
}

result<void> rule_desk::may_send(const ports::journal_record& fresh, const call& bounds) {
    if (ledger::row_of(fresh.kind).role != trade_role::payment) return {};
    CIPHERLANE_TRY(const auto found, rules_.judge(facts_of(fresh), *totals_, bounds));
    for (const auto& one : found) {
        const bool refused = one.action == rules::rule_action::refuse;
        log_.warning("rules", (refused ? "refused by \"" : "advice of \"") + one.rule + "\": " + one.found +
                                  "; allowed: " + one.allowed + "; " + one.source);
        if (!refused) continue;
        return error(till_errc::rule_refuses, layer::till)
            .during("rules")
            .in_field(one.rule)
            .with_hint("allowed: " + one.allowed + "; " + one.source + "; found " + one.found);
    }
    return {};
}

ports::order_funds rule_desk::funds_for(const ports::journal_record& fresh, ports::order_funds asked) const {
    if (asked != ports::order_funds::any || !keeps_credit_out()) return asked;
    const auto facts = facts_of(fresh);
    const bool may_be_credit = !facts.order_allows_credit && facts.pays == funding::unknown;
    return may_be_credit ? ports::order_funds::no_credit : asked;
}

void rule_desk::paid_by(const ports::journal_record& record, const ports::order_payer& payer) noexcept {
    const bool pays = ledger::row_of(record.kind).role == trade_role::payment;
    if (!pays || (payer.pays == funding::unknown && payer.name.empty())) return;
    const auto judged = facts_of(record);
    auto known = judged;
    if (payer.pays != funding::unknown) known.pays = payer.pays;
    known.payer = payer.name;
    const auto found = rules_.settle(judged, known, *totals_, call(time_to_give_back));
    const auto trace = " (trace " + std::to_string(record.trace) + ")";
    if (!found) return log_.error("rules", "not counted in the totals: " + found.error().to_string() + trace);
    for (const auto& one : *found) {
        const bool against = one.action == rules::rule_action::refuse;
        const auto text = (against ? "paid against \"" : "advice of \"") + one.rule + "\": " + one.found +
                          "; allowed: " + one.allowed + "; " + one.source + trace;
        if (against) {
            log_.error("rules", text);
        } else {
            log_.warning("rules", text);
        }
    }
}

/// What cannot be given back stays counted: too much, never too little.
void rule_desk::give_back(const ports::journal_record& payment, std::int64_t minor) noexcept {
    if (minor <= 0 || payment.idempotency_key.empty()) return;
    const auto done = rules_.give_back(name_of(payment), minor, *totals_, call(time_to_give_back));
    if (!done) log_.warning("rules", "not given back to the totals: " + done.error().to_string());
}

/// A payment that was told as not made, or as voided, stands after all: what of it has not gone back counts again.
/// @return whether it does so only now
bool rule_desk::take_again(const ports::journal_record& payment) noexcept {
    if (!ledger::states::stands.contains(payment.state)) return false;
    const call limits(time_to_give_back);
    const auto refunded = journal_.refunded(payment.id, limits);
    const auto minor = refunded ? payment.approved.minor() - refunded->minor() : payment.approved.minor();
    if (minor <= 0) return false;
    const auto done = rules_.take_again(name_of(payment), minor, *totals_, limits);
    if (!done) log_.warning("rules", "not taken again of the totals: " + done.error().to_string());
    return done && *done;
}

bool rule_desk::is_first(const ports::journal_record& record) {
    const std::scoped_lock lock(mutex_);
    return gave_back_.insert(record.id).second;
}

void rule_desk::not_sent(const ports::journal_record& record) noexcept {
    if (ledger::row_of(record.kind).role == trade_role::payment) give_back(record, record.requested.minor());
}

void rule_desk::decided(const ports::journal_record& record) noexcept {
    const auto role = ledger::row_of(record.kind).role;
    const bool stands = ledger::states::stands.contains(record.state);
    if (role == trade_role::payment) {
        if (ledger::states::nothing_stands.contains(record.state)) return give_back(record, record.requested.minor());
        if (take_again(record)) return;
        const auto less = record.requested.minor() - record.approved.minor();
        if (stands && less > 0 && is_first(record)) give_back(record, less);
        return;
    }
    const bool returns = role == trade_role::undoing || role == trade_role::returning;
    const bool is_undone = ledger::states::moved_nothing.contains(record.state);
    if (!returns || (!stands && !is_undone)) return;
    if (is_undone) {
        const std::scoped_lock lock(mutex_);
        gave_back_.erase(record.id);
    } else if (!is_first(record)) {
        return;
    }
    const auto original = journal_.find(record.original, call(time_to_give_back));
    if (is_undone) {
        if (original && *original) (void)take_again(**original);
        return;
    }
    if (original && *original) return give_back(**original, record.approved.minor());
    log_.warning("rules", "not given back to the totals: the payment of record " + std::to_string(record.id));
}

} // namespace cipherlane::assembly
