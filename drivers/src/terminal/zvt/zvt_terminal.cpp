#include "../../one_call.hpp"
#include "../last_result.hpp"
#include "../terminal_link.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/pause.hpp>
#include <cipherlane/drivers/terminal/zvt/zvt_terminal.hpp>
#include <cipherlane/net/errc.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

using ports::terminal_outcome;
using ports::terminal_report;

constexpr std::uint8_t carried_out = 0x00;
constexpr std::uint8_t not_possible = 0x83;
/// Result codes of a terminal that is at something else, or not ready yet.
constexpr std::array<std::uint8_t, 4> passing{0x9C, 0xA0, 0xA1, 0xDC};

bool is_passing(std::uint8_t code) {
    return std::find(passing.begin(), passing.end(), code) != passing.end();
}

bool is_busy(const zvt_conversation& said) {
    const auto code = said.refused ? said.refused : said.aborted;
    return code && is_passing(*code);
}

/// It has not been told whose till this is, or has forgotten it: nothing was begun.
bool knows_no_till(const zvt_conversation& said) {
    constexpr std::uint8_t not_registered = 0x6B;
    const auto code = said.refused ? said.refused : said.aborted;
    return code == not_registered && !said.told;
}

bool is_zero(std::string_view number) {
    return number.find_first_not_of('0') == std::string_view::npos;
}

/// Receipt and trace number, date and time, terminal: no two transactions of a terminal have all of them alike. Empty
/// where neither number is told: what is left may be alike.
std::string name_of(const zvt::status& told) {
    if (is_zero(told.receipt) && is_zero(told.trace)) return {};
    return told.terminal_id + "/" + told.receipt + "/" + told.trace + "/" + told.date + told.time;
}

/// Result codes of a terminal that has stored nothing yet. What else keeps it from telling says nothing: it may have.
constexpr std::array<std::uint8_t, 2> nothing_stored{0x65, 0x83};

std::string name_of(const zvt_conversation& said) {
    if (said.told) return name_of(*said.told);
    const auto code = said.aborted.value_or(carried_out);
    const bool none = std::find(nothing_stored.begin(), nothing_stored.end(), code) != nothing_stored.end();
    return std::string(none ? no_last_result : std::string_view());
}

void take_fields(terminal_report& into, const zvt::status& told, const currency& unit) {
    if (told.minor && *told.minor <= amount::max_minor) into.total = amount(*told.minor, unit);
    if (told.result) into.code = zvt::code_text(*told.result);
    into.text = told.text;
    into.receipt = told.receipt;
    into.trace = told.trace;
    into.date = told.date;
    into.time = told.time;
    into.terminal_id = told.terminal_id;
    into.authorization = told.authorization;
    into.masked_pan = told.masked_pan;
    into.card_name = told.card_name;
}

void decline(terminal_report& into, std::uint8_t code) {
    into.outcome = terminal_outcome::declined;
    into.code = zvt::code_text(code);
    if (into.text.empty()) into.text = zvt::words_of(code);
}

error refusal(std::uint8_t code, std::string_view operation) {
    return refused(is_passing(code) ? drivers_errc::at_work : drivers_errc::refused)
        .during(operation)
        .with_peer_code(zvt::code_text(code))
        .with_peer_text(zvt::words_of(code));
}

/// Whether the terminal speaks of the currency that was asked for.
bool same_unit(const zvt::status& told, const currency& wanted) {
    return !told.unit || *told.unit == wanted.number;
}

} // namespace

result<void> zvt_profile::validate() const {
    const auto positive = [](std::chrono::milliseconds span) { return span.count() > 0; };
    const std::array spans{timing.inter_byte, timing.acknowledge, timing.answer, timing.completion, timing.stopping,
        rest, longest, closing};
    if (!std::all_of(spans.begin(), spans.end(), positive)) return bad_setting("timing");
    if (timing.repeats < 0) return bad_setting("timing.repeats");
    if (password.size() != 6 || !all_digits(password))
        return error(bad_setting("password")).with_hint("expected six digits");
    if (unit.number == 0 || unit.number > 999) return bad_setting("currency");
    return {};
}

zvt_terminal::zvt_terminal(terminal_opener open, zvt_profile profile, ports::terminal_events events)
    : link_(std::make_unique<terminal_link>(std::move(open)))
    , profile_(std::move(profile))
    , events_(std::move(events))
    , longest_(profile_.longest) {}

zvt_terminal::~zvt_terminal() = default;

const ports::terminal_capabilities& zvt_terminal::capabilities() const noexcept {
    return can;
}

bool zvt_terminal::attached() const noexcept {
    return link_->attached();
}

std::string zvt_terminal::identity() const {
    return terminal_id_.empty() ? std::string() : "zvt " + terminal_id_;
}

result<zvt_conversation> zvt_terminal::ask(const zvt::command& what, until end, const call& bounds) {
    zvt_exchange exchange(what, end, profile_.link, profile_.timing, &events_);
    return link_->run(exchange, bounds);
}

/// A terminal that is still at something else, of an earlier run perhaps, is asked again while the call lasts.
result<void> zvt_terminal::connect(const call& bounds) {
    if (attached()) return {};
    CIPHERLANE_CHECK(profile_.validate());
    for (;;) {
        bool busy = false;
        auto made = register_till(bounds, busy);
        if (made || !busy || bounds.stopped() || bounds.until().left() < profile_.least) return made;
        cipherlane::pause(bounds.no_later_than(profile_.rest));
    }
}

result<void> zvt_terminal::register_till(const call& bounds, bool& busy) {
    CIPHERLANE_CHECK(link_->connect(bounds));
    CIPHERLANE_TRY(const auto command, zvt::registration(profile_.password, profile_.unit, profile_.receipts));
    auto said = ask(command, until::completion, bounds);
    if (!said) {
        link_->drop();
        return std::move(said).error().during("registration");
    }
    const auto no = said->refused ? said->refused : said->aborted;
    if (no) {
        busy = is_busy(*said);
        const auto why = link_->here(refusal(*no, "registration"));
        link_->drop();
        return why;
    }
    if (!said->completed->terminal_id.empty()) terminal_id_ = said->completed->terminal_id;
    return {};
}

result<void> zvt_terminal::open(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    return connect(bounds);
}

/// A terminal that has lost its power meanwhile knows no till any more, and a line without a carrier does not tell.
result<zvt_conversation> zvt_terminal::ask_registered(const zvt::command& what, const call& bounds) {
    CIPHERLANE_CHECK(connect(bounds));
    auto said = ask(what, until::completion, bounds);
    if (!said || !knows_no_till(*said)) return said;
    link_->drop();
    CIPHERLANE_CHECK(connect(bounds));
    return ask(what, until::completion, bounds);
}

result<zvt_conversation> zvt_terminal::ask_for(
    result<zvt::command> what, std::string_view operation, const call& bounds) {
    if (!what) return std::move(what).error().during(operation);
    auto said = ask_registered(*what, bounds);
    if (!said) {
        link_->drop(); // what still comes belongs to nothing that is asked for later
        return std::move(said).error().during(operation);
    }
    const auto no = said->refused ? said->refused : said->aborted;
    if (no) return link_->here(refusal(*no, operation));
    return said;
}

/// The last transaction that the terminal has stored; none where it aborts.
result<zvt_conversation> zvt_terminal::last(const call& bounds) {
    CIPHERLANE_TRY(const auto command, zvt::repeat_receipt(profile_.password, zvt::repeat::status_alone));
    auto said = ask_registered(command, bounds);
    if (!said) link_->drop();
    if (said && (said->refused || is_busy(*said)))
        return link_->here(refusal(said->refused ? *said->refused : *said->aborted, "last result"));
    return said;
}

result<std::string> zvt_terminal::last_done(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    CIPHERLANE_TRY(const auto said, last(bounds));
    last_name_ = name_of(said);
    named_by_ = terminal_id_;
    return last_name_;
}

/// A payment that has left is not abandoned: shortly before the call ends the terminal is told to stop. What it has
/// not said by the call's end is asked for later.
result<zvt_conversation> zvt_terminal::pay(const zvt::command& what, const call& bounds) {
    zvt_exchange first(what, until::completion, profile_.link, profile_.timing, &events_);
    auto said = link_->run(first, before_it_is_stopped(bounds, profile_.timing.stopping));
    longest_ = std::max(profile_.longest, first.patience());
    if (said) return said;
    auto why = std::move(said).error();
    const bool ended_early = why.code() == net_errc::timed_out || why.code() == net_errc::cancelled;
    if (!ended_early || !attached()) return why;
    const auto rest = call(bounds.until()).no_later_than(profile_.timing.stopping); // a stop does not end it
    auto after = ask({zvt_code::abort_by_till, {}}, until::outcome, rest);
    if (!after) return why;
    // What it had said before it was told to stop counts: "paid" and then "aborted" is no refusal.
    if (!after->told) after->told = first.seen().told;
    return after;
}

terminal_report zvt_terminal::judge(const ports::terminal_request& wish, const result<zvt_conversation>& end) {
    terminal_report made;
    made.total = amount(0, wish.total.unit());
    const auto leave_open = [&](error why) {
        made.why = std::move(why).during(to_string(wish.what));
        return made;
    };
    if (!end) return leave_open(end.error());
    if (end->told) take_fields(made, *end->told, wish.total.unit());
    const bool told_yes = end->told && end->told->result == carried_out;
    if (end->refused) {
        decline(made, *end->refused);
        return made;
    }
    if (end->aborted && told_yes) return leave_open(refusal(*end->aborted, {}));
    if (end->aborted) {
        decline(made, *end->aborted);
        return made;
    }
    if (!end->told || !same_unit(*end->told, wish.total.unit()))
        return leave_open(refused(drivers_errc::wrong_answer));
    if (!end->told->result) return leave_open(refused(drivers_errc::wrong_answer).in_field("27"));
    if (!told_yes) {
        decline(made, *end->told->result);
        return made;
    }
    made.outcome = terminal_outcome::approved;
    return made;
}

result<terminal_report> zvt_terminal::run(const ports::terminal_request& request, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    CIPHERLANE_TRY(const auto command, zvt::trade(profile_.password, request));
    CIPHERLANE_CHECK(connect(bounds));
    CIPHERLANE_CHECK(may_begin(bounds, profile_.least, to_string(request.what)));
    // What another one had done last tells nothing of this payment afterwards.
    if (!last_name_.empty() && is_another(named_by_, terminal_id_))
        return link_->here(another_terminal(named_by_, terminal_id_)).during(to_string(request.what));
    asked_ = terminal_id_;
    const auto end = pay(command, bounds);
    sign_ = monotonic_clock::now();
    if (!end || knows_no_till(*end)) link_->drop();
    auto report = judge(request, end);
    if (report.outcome != terminal_outcome::approved) return report;
    const auto name = name_of(*end->told);
    if (!name.empty() && name == last_name_) // an older transaction's, told again
        return unknown_report(request, refused(drivers_errc::wrong_answer).in_field("last result"));
    last_name_ = name;
    if (!end->told->minor) report.total = request.total;
    return report;
}

result<std::optional<std::uint8_t>> zvt_terminal::stop(const call& bounds) {
    CIPHERLANE_CHECK(connect(bounds));
    auto said = ask({zvt_code::abort_by_till, {}}, until::answer, bounds);
    if (said) return said->refused;
    link_->drop(); // what comes late to that belongs to nothing that is asked for later
    return std::move(said).error().during("abort");
}

terminal_report zvt_terminal::recover(const ports::terminal_doubt& doubt, const call& bounds) {
    const auto& wish = doubt.wish;
    const one_call mine(under_way_);
    if (const auto free = mine.check(); !free) return unknown_report(wish, free.error());
    // What it may still be doing for the till ends first. One that refuses to stop is at work; whatever else it says,
    // or leaves unsaid, does not prove that it is not.
    auto stopped = stop(bounds);
    const auto ask_once = [&](const call& limits) -> result<last_told> {
        if (!stopped || *stopped) stopped = stop(limits);
        CIPHERLANE_TRY(const auto said, last(limits));
        last_told told;
        told.name = name_of(said);
        told.terminal = terminal_id_;
        told.report = judge(wish, said);
        told.total = likeness_of(told.report.total, wish.total);
        if (stopped && *stopped) told.time = request_time::running;
        return told;
    };
    return ask_last(
        doubt, {ask_once, over_at(longest_, doubt, sign_), profile_.rest, host_part::none, asked_}, bounds);
}

result<ports::terminal_settlement> zvt_terminal::settle(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    CIPHERLANE_CHECK(connect(bounds));
    CIPHERLANE_CHECK(may_begin(bounds, profile_.least, "end of day"));
    // Nothing stops it: what has left is seen to its end. A terminal that says nothing ends it by T4.
    const call own(profile_.closing);
    CIPHERLANE_TRY(const auto said, ask_for(zvt::end_of_day(profile_.password), "end of day", own));
    ports::terminal_settlement closed;
    if (!said.told) return closed;
    if (said.told->minor) closed.total = ports::batch_side{*said.told->minor, 0};
    closed.text = said.told->text;
    return closed;
}

result<void> zvt_terminal::print_again(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    CIPHERLANE_CHECK(
        ask_for(zvt::repeat_receipt(profile_.password, zvt::repeat::with_receipt), "repeat receipt", bounds));
    return {};
}

result<ports::terminal_health> zvt_terminal::status(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    CIPHERLANE_TRY(const auto said, ask_for(zvt::status_enquiry(profile_.password), "status enquiry", bounds));
    ports::terminal_health now;
    const auto code = said.completed->code.value_or(carried_out);
    now.ready = code == carried_out;
    now.code = zvt::code_text(code);
    now.terminal_id = said.completed->terminal_id.empty() ? terminal_id_ : said.completed->terminal_id;
    now.version = said.completed->version;
    return now;
}

result<void> zvt_terminal::abort(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    CIPHERLANE_TRY(const auto no, stop(bounds));
    if (no) return link_->here(refusal(*no, "abort"));
    return {};
}

result<void> zvt_terminal::diagnosis(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    const auto asked = ask_for(zvt::diagnosis(), "diagnosis", bounds);
    if (asked) return {};
    // Not every terminal has it; that says nothing of its host.
    if (asked.error().peer_code() == zvt::code_text(not_possible)) return cannot("diagnosis");
    return asked.error();
}

} // namespace cipherlane::drivers
