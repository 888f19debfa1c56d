#include "duty_desk.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/record_set.hpp>
#include <cipherlane/ledger/totals.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/till/errc.hpp>

namespace cipherlane::assembly {
namespace {

constexpr std::uint32_t most_failures = 5;
constexpr std::chrono::minutes locked_for{15};

error duty_error(till_errc what, std::string_view operation) {
    return error(what, layer::till).during(operation);
}

} // namespace

right right_for(const ports::intent& what) noexcept {
    using ledger::trade_role;
    if (what.what == ports::deed::decide) return right::decide;
    if (what.what == ports::deed::settle || what.what == ports::deed::settle_at_its_time) return right::settle;
    const auto* const row = ledger::find_row(what.kind);
    if (row != nullptr && row->role == trade_role::undoing) return right::undo;
    if (row != nullptr && row->role == trade_role::returning) return right::refund;
    return right::sell;
}

duty_desk::duty_desk(clerk_book clerks, std::unique_ptr<store::shift_book> shifts, const ports::clock& clock,
    ports::store& journal) noexcept
    : clerks_(std::move(clerks))
    , shifts_(std::move(shifts))
    , clock_(clock)
    , journal_(journal) {}

result<std::unique_ptr<duty_desk>> duty_desk::open(
    const till_settings::clerks_place& place, const ports::clock& clock, ports::store& journal, const call& bounds) {
    CIPHERLANE_TRY(auto clerks, clerk_book::load(place.file));
    const auto file = place.shift_file.empty() ? place.file + ".shifts" : place.shift_file;
    CIPHERLANE_TRY(auto shifts, store::shift_book::open(file, bounds));
    return std::unique_ptr<duty_desk>(
        new duty_desk(std::move(clerks), std::move(shifts), clock, journal)); // NOLINT: private
}

/// A wrong guess is on the disk before it is known to be wrong.
result<void> duty_desk::check_secret(std::string_view operator_id, const secret_bytes& secret, const call& bounds) {
    const auto wrong = duty_error(till_errc::wrong_secret, "sign on").in_field("operator");
    if (clerks_.find(operator_id) == nullptr) {
        CIPHERLANE_TRY([[maybe_unused]] const bool never, clerks_.is_secret_of(operator_id, secret.expose()));
        return wrong;
    }
    CIPHERLANE_TRY(const auto last, shifts_->count_try(operator_id, clock_.now(), most_failures, locked_for, bounds));
    if (last) {
        return duty_error(till_errc::locked_out, "sign on")
            .in_field("operator")
            .with_hint("until " + ports::to_civil(*last + locked_for).to_string() + " +08:00");
    }
    CIPHERLANE_TRY(const bool right_one, clerks_.is_secret_of(operator_id, secret.expose()));
    if (!right_one) return wrong;
    return shifts_->forget_failures(operator_id, bounds);
}

result<duty_desk::session> duty_desk::begin_session(
    const std::string& terminal_id, std::string_view operator_id, const secret_bytes& secret, const call& bounds) {
    CIPHERLANE_CHECK(check_secret(operator_id, secret, bounds));
    CIPHERLANE_TRY(auto shift, shifts_->begin(terminal_id, operator_id, clock_.now(), bounds));
    return session{*clerks_.find(operator_id), std::move(shift)};
}

result<shift_report> duty_desk::sign_on(
    const std::string& terminal_id, std::string_view operator_id, const secret_bytes& secret, const call& bounds) {
    CIPHERLANE_TRY(auto begun, begin_session(terminal_id, operator_id, secret, bounds));
    CIPHERLANE_TRY(auto report, report_of(begun.shift, bounds));
    const std::scoped_lock lock(mutex_);
    sessions_.insert_or_assign(terminal_id, std::move(begun));
    return report;
}

result<shift_report> duty_desk::enter(
    const std::string& terminal_id, std::string_view operator_id, const secret_bytes& secret, const call& bounds) {
    CIPHERLANE_TRY(auto begun, begin_session(terminal_id, operator_id, secret, bounds));
    CIPHERLANE_TRY(auto report, report_of(begun.shift, bounds));
    const std::scoped_lock lock(mutex_);
    beside_.insert_or_assign(place(terminal_id, operator_id), std::move(begun));
    return report;
}

/// Somebody else may have signed on meanwhile, or the same one to the next shift.
void duty_desk::forget(const store::shift& from) noexcept {
    const std::scoped_lock lock(mutex_);
    const auto is_it = [&](const session& one) {
        return one.shift.operator_id == from.operator_id && one.shift.number == from.number;
    };
    const auto on_duty = sessions_.find(from.terminal_id);
    if (on_duty != sessions_.end() && is_it(on_duty->second)) sessions_.erase(on_duty);
    const auto beside = beside_.find(place(from.terminal_id, from.operator_id));
    if (beside != beside_.end() && is_it(beside->second)) beside_.erase(beside);
}

void duty_desk::sign_off(const std::string& terminal_id) noexcept {
    const std::scoped_lock lock(mutex_);
    sessions_.erase(terminal_id);
}

void duty_desk::leave(const std::string& terminal_id, std::string_view operator_id) noexcept {
    const std::scoped_lock lock(mutex_);
    beside_.erase(place(terminal_id, operator_id));
}

result<void> duty_desk::act_as(const std::string& terminal_id, std::string_view operator_id, std::string_view key) {
    const std::scoped_lock lock(mutex_);
    if (beside_.find(place(terminal_id, operator_id)) == beside_.end())
        return duty_error(till_errc::nobody_on_duty, "duty").in_field("operator");
    if (actors_.emplace(place(terminal_id, key), operator_id).second) return {};
    return error(acquiring_errc::busy, layer::till).during("duty").in_field("key");
}

void duty_desk::act_done(const std::string& terminal_id, std::string_view key) noexcept {
    const std::scoped_lock lock(mutex_);
    actors_.erase(place(terminal_id, key));
}

/// One who is named for a key and has left has nobody in their place.
const duty_desk::session* duty_desk::who_asks(const std::string& terminal_id, std::string_view key) const {
    if (const auto named = actors_.find(place(terminal_id, key)); named != actors_.end()) {
        const auto found = beside_.find(place(terminal_id, named->second));
        return found == beside_.end() ? nullptr : &found->second;
    }
    const auto found = sessions_.find(terminal_id);
    return found == sessions_.end() ? nullptr : &found->second;
}

result<shift_report> duty_desk::close(store::shift mine, const call& bounds) {
    const auto now = clock_.now();
    CIPHERLANE_CHECK(shifts_->close(mine, now, bounds));
    forget(mine);
    mine.closed = now;
    return report_of(mine, bounds);
}

result<shift_report> duty_desk::close_shift(const std::string& terminal_id, const call& bounds) {
    std::optional<store::shift> mine;
    {
        const std::scoped_lock lock(mutex_);
        if (const auto found = sessions_.find(terminal_id); found != sessions_.end()) mine = found->second.shift;
    }
    if (!mine) return duty_error(till_errc::nobody_on_duty, "close shift");
    return close(*std::move(mine), bounds);
}

result<shift_report> duty_desk::close_shift_of(
    const std::string& terminal_id, std::string_view operator_id, const call& bounds) {
    std::optional<store::shift> mine;
    {
        const std::scoped_lock lock(mutex_);
        const auto found = beside_.find(place(terminal_id, operator_id));
        if (found != beside_.end()) mine = found->second.shift;
    }
    if (!mine) return duty_error(till_errc::nobody_on_duty, "close shift");
    return close(*std::move(mine), bounds);
}

result<std::vector<shift_report>> duty_desk::shifts(
    const std::string& terminal_id, std::size_t limit, const call& bounds) {
    CIPHERLANE_TRY(const auto all, shifts_->list(terminal_id, limit, bounds));
    std::vector<shift_report> reports;
    for (const auto& one : all) {
        CIPHERLANE_TRY(auto report, report_of(one, bounds));
        reports.push_back(std::move(report));
    }
    return reports;
}

result<shift_report> duty_desk::report_of(const store::shift& shift, const call& bounds) {
    shift_report made;
    made.terminal_id = shift.terminal_id;
    made.operator_id = shift.operator_id;
    if (const auto* who = clerks_.find(shift.operator_id)) {
        made.operator_name = who->name;
        made.rights = who->rights;
    }
    made.number = shift.number;
    made.opened = shift.opened;
    made.closed = shift.closed;
    CIPHERLANE_TRY(
        const auto records, journal_.shift_records(shift.terminal_id, shift.operator_id, shift.number, bounds));
    made.records = records.size();
    for (const auto& one : records) {
        ledger::add(made.totals, one);
        if (ledger::states::open.contains(one.state)) ++made.undecided;
    }
    return made;
}

ports::duty duty_desk::on_duty(const std::string& terminal_id) const {
    const std::scoped_lock lock(mutex_);
    const auto found = sessions_.find(terminal_id);
    if (found == sessions_.end()) return {};
    return {found->second.who.id, found->second.shift.number};
}

std::string duty_desk::holders_of(right what) const {
    std::string all;
    for (const auto& one : clerks_.clerks()) {
        if (one.may(what)) all.append(all.empty() ? "" : ", ").append(one.id);
    }
    return all.empty() ? "nobody" : all;
}

result<ports::duty> duty_desk::allow(const std::string& terminal_id, right what, std::string_view key) const {
    const std::scoped_lock lock(mutex_);
    const auto* const found = who_asks(terminal_id, key);
    if (found == nullptr) {
        return duty_error(till_errc::nobody_on_duty, "duty")
            .in_field(to_string(what))
            .with_hint("expected an operator who has signed on; this may " + holders_of(what));
    }
    const auto& who = found->who;
    if (!who.may(what)) {
        return duty_error(till_errc::no_right, "duty")
            .in_field(to_string(what))
            .with_hint("operator " + who.id + " may " + words_of(who.rights) + "; this may " + holders_of(what));
    }
    return ports::duty{who.id, found->shift.number};
}

} // namespace cipherlane::assembly
