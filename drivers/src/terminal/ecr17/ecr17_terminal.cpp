#include "../../one_call.hpp"
#include "../last_result.hpp"
#include "../terminal_link.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/drivers/terminal/ecr17/ecr17_terminal.hpp>
#include <cipherlane/net/errc.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

using ports::terminal_outcome;
using ports::terminal_report;
using ports::terminal_verb;

/// What a terminal gives for G that has stored nothing yet.
bool is_nothing(const ecr17::outcome& told) {
    return told.result == "05" || told.result == "09";
}

std::string name_of(const ecr17::outcome& told) {
    if (is_nothing(told)) return std::string(no_last_result);
    return std::string(1, told.code) + told.result + "/" + told.stan + "/" + told.online + "/" + told.when + "/" +
           told.reservation + (told.minor ? "/" + std::to_string(*told.minor) : std::string());
}

terminal_report report_of(const ecr17::outcome& told, const currency& unit) {
    terminal_report made;
    made.total = amount(told.minor.value_or(0), unit);
    made.code = told.result;
    made.text = told.text;
    made.receipt = told.reservation.empty() ? told.stan : told.reservation;
    made.trace = told.stan;
    made.terminal_id = told.terminal_id;
    made.authorization = told.authorization;
    made.masked_pan = told.masked_pan;
    if (told.when.size() == 7) made.time = told.when.substr(3) + "00";
    made.outcome = told.result == ecr17::carried_out ? terminal_outcome::approved : terminal_outcome::declined;
    return made;
}

likeness kind_of(const ecr17::outcome& told, terminal_verb wanted) {
    if (!told.what) return likeness::untold; // a refusal, for one
    return *told.what == wanted ? likeness::same : likeness::other;
}

/// What a check that is not the terminal's looks like.
bool may_be_the_check(const error& why) {
    const auto& code = why.code();
    return code == drivers_errc::not_acknowledged || code == drivers_errc::bad_frame ||
           code == drivers_errc::no_answer;
}

/// Zeros are any terminal.
std::string known_id(const std::string& told) {
    return told.find_first_not_of('0') == std::string::npos ? std::string() : told;
}

error proves_nothing() {
    return refused(drivers_errc::wrong_answer).in_field("last result");
}

} // namespace

result<void> ecr17_profile::validate() const {
    const auto positive = [](std::chrono::milliseconds span) { return span.count() > 0; };
    const std::array spans{timing.acknowledge, timing.result, timing.receipt, timing.inside, rest, longest};
    if (!std::all_of(spans.begin(), spans.end(), positive)) return bad_setting("timing");
    if (timing.repeats < 0) return bad_setting("timing.repeats");
    if (who.terminal_id.size() != 8 || !all_digits(who.terminal_id)) return bad_setting("terminal_id");
    if (who.till_id.size() != 8) return bad_setting("till_id");
    return {};
}

ecr17_terminal::ecr17_terminal(terminal_opener open, ecr17_profile profile, ports::terminal_events events)
    : link_(std::make_unique<terminal_link>(std::move(open)))
    , profile_(std::move(profile))
    , can_(can)
    , events_(std::move(events))
    , at_till_(profile_.receipts) {
    can_.last_amount = profile_.payment == ecr17::payment_form::with_amount;
}

ecr17_terminal::~ecr17_terminal() = default;

const ports::terminal_capabilities& ecr17_terminal::capabilities() const noexcept {
    return can_;
}

bool ecr17_terminal::attached() const noexcept {
    return link_->attached();
}

std::string ecr17_terminal::identity() const {
    return terminal_id_.empty() ? std::string() : "ecr17 " + terminal_id_;
}

result<void> ecr17_terminal::connect(const call& bounds) {
    if (attached() && !unquiet_) return {};
    CIPHERLANE_CHECK(profile_.validate());
    CIPHERLANE_CHECK(link_->connect(bounds));
    if (!unquiet_) return {};
    auto quiet = link_->hush(profile_.timing.acknowledge, bounds);
    unquiet_ = !quiet;
    if (!quiet) link_->drop();
    return quiet;
}

result<std::string> ecr17_terminal::ask(std::string request, ecr17_end until, const call& bounds) {
    CIPHERLANE_CHECK(connect(bounds));
    ecr17_exchange exchange(std::move(request), until, learnt_, profile_.timing, &events_);
    auto said = link_->run(exchange, bounds);
    if (said && !exchange.leaves_more()) return said;
    // It may be another terminal by now, or its check was learnt from a message that was damaged.
    if (!said && may_be_the_check(said.error())) learnt_.reset();
    unquiet_ = true; // what still comes belongs to nothing that is asked for later
    link_->drop();
    return said;
}

/// What moves money is not tried with one check after the other: a terminal that is silent to a wrong one looks like
/// one whose ACK was lost. A question finds the right one out. What it says itself is believed under that check
/// alone: a bit that is wrong looks like another one.
result<void> ecr17_terminal::learn_check(const call& bounds) {
    if (learnt_) return {};
    CIPHERLANE_TRY(const auto said, ask_for(ecr17::last_result(profile_.who), "last result", bounds));
    if (const auto told = ecr17::parse_outcome(said)) last_name_ = name_of(*told);
    return {};
}

result<std::string> ecr17_terminal::ask_for(std::string request, std::string_view operation, const call& bounds) {
    auto said = ask(std::move(request), ecr17_end::answer, bounds);
    if (!said) return std::move(said).error().during(operation);
    return said;
}

result<void> ecr17_terminal::open(const call& bounds) {
    CIPHERLANE_CHECK(status(bounds));
    return {};
}

result<ecr17::outcome> ecr17_terminal::last(const call& bounds) {
    CIPHERLANE_CHECK(learn_check(bounds));
    CIPHERLANE_TRY(const auto said, ask_for(ecr17::last_result(profile_.who), "last result", bounds));
    return ecr17::parse_outcome(said);
}

/// E, which terminals without it answer with NAK, as a line does on which nothing gets through: they print
/// themselves.
result<void> ecr17_terminal::take_receipt(const call& bounds) {
    if (!at_till_) return {};
    const auto told = ask(ecr17::printing(profile_.who), ecr17_end::acknowledgement, bounds);
    if (told) return {};
    if (told.error().code() != drivers_errc::not_acknowledged) return told.error().during("printing");
    CIPHERLANE_CHECK(last(bounds));
    at_till_ = false;
    return {};
}

result<std::string> ecr17_terminal::last_done(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    CIPHERLANE_TRY(const auto told, last(bounds));
    terminal_id_ = told.terminal_id;
    last_name_ = name_of(told);
    return last_name_;
}

result<terminal_report> ecr17_terminal::run(const ports::terminal_request& request, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    CIPHERLANE_TRY(auto message, ecr17::trade(profile_.who, request, profile_.payment));
    CIPHERLANE_CHECK(connect(bounds));
    CIPHERLANE_CHECK(learn_check(bounds));
    CIPHERLANE_CHECK(take_receipt(bounds));
    CIPHERLANE_CHECK(connect(bounds)); // while nothing that moves money has left
    CIPHERLANE_CHECK(may_begin(bounds, profile_.least, to_string(request.what)));
    const auto until = at_till_ ? ecr17_end::answer_and_receipt : ecr17_end::answer;
    asked_ = known_id(terminal_id_);
    // Nothing stops the terminal: what has left is seen to its end, whatever becomes of the call.
    const auto said = ask(std::move(message), until, call(profile_.longest));
    sign_ = monotonic_clock::now();
    if (!said) return unknown_report(request, said.error());
    const auto told = ecr17::parse_outcome(*said);
    if (!told) return unknown_report(request, told.error());
    const auto name = name_of(*told);
    if (name == last_name_ || kind_of(*told, request.what) == likeness::other) // an answer to an earlier question
        return unknown_report(request, proves_nothing());
    auto report = report_of(*told, request.total.unit());
    if (report.outcome != terminal_outcome::approved) return report;
    last_name_ = name;
    if (!told->minor) report.total = request.total;
    return report;
}

terminal_report ecr17_terminal::recover(const ports::terminal_doubt& doubt, const call& bounds) {
    const auto& wish = doubt.wish;
    const one_call mine(under_way_);
    if (const auto free = mine.check(); !free) return unknown_report(wish, free.error());
    if (wish.what == terminal_verb::complete) return unknown_report(wish, proves_nothing());
    const auto ask_once = [&](const call& limits) -> result<last_told> {
        CIPHERLANE_TRY(const auto told, last(limits));
        last_told made;
        made.name = name_of(told);
        made.terminal = known_id(told.terminal_id);
        made.kind = kind_of(told, wish.what);
        made.report = report_of(told, wish.total.unit());
        made.total = likeness_of(made.report.total, wish.total);
        // A reversal has no amount, and is of the last payment alone.
        const bool undone = wish.what == terminal_verb::void_payment && made.kind == likeness::same;
        if (undone) {
            made.report.total = wish.total;
            made.total = likeness::same;
        }
        return made;
    };
    const auto over = over_at(profile_.longest, doubt, sign_);
    return ask_last(doubt, {ask_once, over, profile_.rest, host_part::none, asked_}, bounds);
}

result<ports::terminal_settlement> ecr17_terminal::settle(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    CIPHERLANE_CHECK(connect(bounds));
    CIPHERLANE_CHECK(learn_check(bounds));
    CIPHERLANE_CHECK(may_begin(bounds, profile_.least, "close"));
    return sum_of(ask_for(ecr17::close(profile_.who), "close", call(profile_.longest)), "close");
}

result<ports::terminal_settlement> ecr17_terminal::sum_of(
    const result<std::string>& said, std::string_view operation) const {
    if (!said) return said.error();
    CIPHERLANE_TRY(const auto told, ecr17::parse_totals(*said));
    if (told.result != ecr17::carried_out)
        return refused(drivers_errc::refused).during(operation).with_peer_code(told.result).with_peer_text(told.text);
    ports::terminal_settlement sum;
    if (told.minor) sum.total = ports::batch_side{*told.minor, 0};
    return sum;
}

result<ports::terminal_settlement> ecr17_terminal::totals(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    return sum_of(ask_for(ecr17::totals_of_day(profile_.who), "totals", bounds), "totals");
}

/// The terminal waits for a card meanwhile, and nothing stops it: what has left is seen to its end, or the next
/// payment would find it at work.
result<terminal_report> ecr17_terminal::verify_card(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    CIPHERLANE_CHECK(connect(bounds));
    CIPHERLANE_CHECK(learn_check(bounds));
    CIPHERLANE_CHECK(may_begin(bounds, profile_.least, "verify card"));
    const call own(profile_.longest);
    CIPHERLANE_TRY(const auto said, ask_for(ecr17::verification(profile_.who), "verify card", own));
    CIPHERLANE_TRY(const auto told, ecr17::parse_outcome(said));
    terminal_id_ = told.terminal_id;
    return report_of(told, {});
}

result<void> ecr17_terminal::print_again(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    CIPHERLANE_CHECK(connect(bounds));
    const auto until = at_till_ ? ecr17_end::receipt : ecr17_end::acknowledgement;
    const auto said = ask(ecr17::reprint(profile_.who, at_till_), until, bounds);
    if (!said) return said.error().during("print again");
    return {};
}

result<ports::terminal_health> ecr17_terminal::status(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    CIPHERLANE_TRY(const auto said, ask_for(ecr17::status(profile_.who), "status", bounds));
    CIPHERLANE_TRY(const auto now, ecr17::parse_status(said));
    terminal_id_ = now.terminal_id;
    constexpr char operative = '2';
    return ports::terminal_health{now.code == operative, std::string(1, now.code), now.terminal_id, now.version};
}

result<void> ecr17_terminal::abort(const call& /*bounds*/) {
    return cannot("abort");
}

} // namespace cipherlane::drivers
