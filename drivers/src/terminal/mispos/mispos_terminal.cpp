#include "../../one_call.hpp"
#include "../last_result.hpp"
#include "../terminal_link.hpp"

#include <cipherlane/drivers/terminal/mispos/mispos_terminal.hpp>
#include <cipherlane/net/errc.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace cipherlane::drivers {
namespace {

using ports::terminal_outcome;
using ports::terminal_report;

bool is_one_of(const std::vector<std::string>& codes, const std::string& code) {
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

error refusal(const mispos_message& said, const mispos_description& by) {
    const bool busy = is_one_of(by.busy, said.code);
    return refused(busy ? drivers_errc::at_work : drivers_errc::refused)
        .with_peer_code(said.code)
        .with_peer_text(said.text);
}

/// No two transactions of a terminal have all of these alike. Empty where none is told.
std::string name_of(const mispos_message& told) {
    constexpr std::size_t longest = 64;
    if (told.receipt.empty() && told.trace.empty() && told.reference.empty()) return {};
    return (told.trade + "/" + told.code + "/" + told.batch + "/" + told.receipt + "/" + told.trace + "/" +
            told.reference + "/" + told.date + told.time)
        .substr(0, longest);
}

terminal_report report_of(
    const mispos_description& by, const mispos_message& told, const ports::terminal_request& wish) {
    terminal_report made;
    made.total = amount(told.minor.value_or(0), wish.total.unit());
    made.code = told.code;
    made.text = told.text;
    made.receipt = told.receipt;
    made.trace = told.trace;
    made.date = told.date;
    made.time = told.time;
    made.terminal_id = told.terminal_id;
    made.authorization = told.authorization;
    made.masked_pan = told.masked_pan;
    made.card_name = told.card_name;
    if (is_one_of(by.approved, told.code)) {
        made.outcome = terminal_outcome::approved;
    } else if (is_one_of(by.doubtful, told.code)) {
        made.why = refusal(told, by).during(to_string(wish.what));
        made.host_unsure = true;
    } else {
        made.outcome = terminal_outcome::declined;
    }
    return made;
}

/// Of which trade a result is, beside what was asked for. An answer that echoes the question's own code tells none.
likeness kind_of(const mispos_description& by, const mispos_message& told, ports::terminal_verb wanted) {
    const auto is = [&](mispos_trade what) { return by.of(what) && by.of(what)->code == told.trade; };
    if (told.trade.empty() || is(mispos_trade::last)) return likeness::untold;
    return is(mispos_trade_of(wanted)) ? likeness::same : likeness::other;
}

/// The end of what has none.
deadline never() {
    return deadline::in(std::chrono::milliseconds::max());
}

/// As many digits as the description's field has.
std::string digits_of(std::uint64_t number, std::size_t size) {
    auto text = std::to_string(number);
    if (text.size() > size) text.erase(0, text.size() - size);
    return std::string(size - text.size(), '0') + text;
}

} // namespace

mispos_terminal::mispos_terminal(terminal_opener open, mispos_profile profile, ports::terminal_events events)
    : link_(std::make_unique<terminal_link>(std::move(open)))
    , profile_(std::move(profile))
    , can_(profile_.by.can())
    , events_(std::move(events))
    , numbers_(static_cast<std::uint64_t>(
          std::chrono::duration_cast<std::chrono::milliseconds>(monotonic_clock::now().time_since_epoch()).count())) {
}

mispos_terminal::~mispos_terminal() = default;

const ports::terminal_capabilities& mispos_terminal::capabilities() const noexcept {
    return can_;
}

bool mispos_terminal::attached() const noexcept {
    return link_->attached();
}

std::string mispos_terminal::identity() const {
    return terminal_id_.empty() ? std::string() : "mispos " + terminal_id_;
}

result<void> mispos_terminal::reach_host_by(ports::terminal_network* network) {
    if (!can_.passes_through) return terminal::reach_host_by(network);
    network_ = network;
    return {};
}

result<void> mispos_terminal::connect(const call& bounds) {
    return link_->connect(bounds);
}

std::string mispos_terminal::next_number() {
    return digits_of(++numbers_, profile_.by.asked(mispos_value::number)->size);
}

/// A call that is over ends no trade: the terminal is told to stop, where it can be.
bool mispos_terminal::may_stop(const error& why) const {
    const bool ended_early = why.code() == net_errc::timed_out || why.code() == net_errc::cancelled;
    return ended_early && can_.aborts && attached();
}

/// What has left for the host is seen to its end: no stop, and as much time as the terminal itself waits.
result<bytes> mispos_terminal::pass(const mispos_message& said) {
    if (network_ == nullptr) return cannot("pass through");
    passed_ = true;
    auto answer = network_->pass(said.payload.expose(), call(profile_.by.result));
    sign_ = monotonic_clock::now();
    return answer;
}

/// A message and all that follows, up to the result: what is for the host goes there and its answer comes back.
/// @param until when one that is told to stop is no longer heard, in whatever time it has to say what became of it
result<mispos_message> mispos_terminal::converse(
    secret_bytes request, mispos_part part, const call& bounds, const deadline& until) {
    const bool money = part == mispos_part::money;
    const auto& by = profile_.by;
    secret_bytes heard;
    std::chrono::milliseconds hush{0};
    call limits = bounds;
    bool stopping = false;
    bool at_host = false;
    for (;;) {
        mispos_exchange exchange(by, std::move(request), part, number_, profile_.unit, heard, hush);
        auto said = link_->run(exchange, limits);
        request = {};
        if (said && said->what == mispos_message::kind::result) {
            if (!said->terminal_id.empty()) terminal_id_ = said->terminal_id;
            return said;
        }
        if (said) {
            // Until then the terminal may repeat what it has just sent, as our ACK was lost.
            const auto repeated = deadline::in(by.acknowledge * (by.repeats + 1));
            auto answer = pass(*said);
            const auto& number = said->number.empty() ? number_ : said->number;
            auto back = answer ? mispos::pass_back(by, number, *answer) : result<secret_bytes>(answer.error());
            if (answer) wipe(*answer);
            part = back ? mispos_part::reply : mispos_part::silence;
            if (back) request = *std::move(back);
            hush = std::max(repeated.left(), by.inter_byte);
            if (network_ != nullptr && !std::exchange(at_host, true)) limits = call(by.longest);
            continue;
        }
        if (money && !stopping && may_stop(said.error())) {
            stopping = true;
            limits = call(until.no_later_than(by.stopping));
            part = mispos_part::cancel;
            continue;
        }
        link_->drop(); // what still comes belongs to nothing that is asked for later
        return said;
    }
}

result<mispos_message> mispos_terminal::ask(mispos_trade what, const call& bounds) {
    number_ = next_number();
    CIPHERLANE_TRY(auto request, mispos::request(profile_.by, what, number_));
    CIPHERLANE_CHECK(connect(bounds));
    auto said = converse(std::move(request), mispos_part::question, bounds, bounds.until());
    if (!said) return std::move(said).error().during(to_string(what));
    return said;
}

result<mispos_message> mispos_terminal::last(const call& bounds) {
    return ask(mispos_trade::last, bounds);
}

result<void> mispos_terminal::open(const call& bounds) {
    CIPHERLANE_CHECK(status(bounds));
    return {};
}

result<std::string> mispos_terminal::last_done(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    if (!can_.tells_last) return std::string();
    CIPHERLANE_TRY(const auto told, last(bounds));
    if (is_one_of(profile_.by.nothing, told.code)) return std::string(no_last_result);
    return name_of(told);
}

/// What became of a trade is a person's to find out where the terminal cannot be asked: one that is off, whose cable
/// is out, or that takes no frame of ours, must not be told of it.
result<void> mispos_terminal::see_it_is_there(const call& bounds) {
    if (can_.tells_last || !profile_.by.of(mispos_trade::status)) return {};
    const auto told = ask(mispos_trade::status, bounds);
    if (told) return {};
    const auto why = told.error();
    const bool is_there = why.is(condition::rejected_by_peer) || why.is(condition::bad_message);
    if (!is_there || why.code() == drivers_errc::not_acknowledged) return why;
    return {};
}

result<terminal_report> mispos_terminal::run(const ports::terminal_request& request, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    CIPHERLANE_CHECK(mispos::request(profile_.by, mispos_trade_of(request.what), next_number(), &request));
    CIPHERLANE_CHECK(see_it_is_there(bounds));
    number_ = next_number();
    CIPHERLANE_TRY(auto message, mispos::request(profile_.by, mispos_trade_of(request.what), number_, &request));
    CIPHERLANE_CHECK(connect(bounds));
    CIPHERLANE_CHECK(may_begin(bounds, profile_.least, to_string(request.what)));
    // What nothing stops is seen to its end, whatever becomes of the call; and so is one that cannot be asked for
    // later, once it is told to stop: else it would be a person's.
    const auto limits = can_.aborts ? before_it_is_stopped(bounds, profile_.by.stopping) : call(profile_.by.longest);
    const auto until = can_.tells_last ? bounds.until() : never();
    passed_ = false;
    const auto said = converse(std::move(message), mispos_part::money, limits, until);
    sign_ = monotonic_clock::now();
    if (!said) return unknown_report(request, said.error());
    auto report = report_of(profile_.by, *said, request);
    if (report.outcome == terminal_outcome::unknown) return report;
    if (kind_of(profile_.by, *said, request.what) == likeness::other)
        return unknown_report(request, refused(drivers_errc::wrong_answer).in_field("trade"));
    if (report.outcome != terminal_outcome::approved) return report;
    if (!said->minor) report.total = request.total;
    return report;
}

terminal_report mispos_terminal::recover(const ports::terminal_doubt& doubt, const call& bounds) {
    const auto& wish = doubt.wish;
    const auto& by = profile_.by;
    const one_call mine(under_way_);
    if (const auto free = mine.check(); !free) return unknown_report(wish, free.error());
    if (!can_.tells_last)
        return unknown_report(wish, refused(drivers_errc::not_supported)
                                        .in_field("last.code")
                                        .with_hint("its description has no question for the last transaction"));
    const auto ask_once = [&](const call& limits) -> result<last_told> {
        CIPHERLANE_TRY(const auto said, last(limits));
        last_told told;
        told.name = is_one_of(by.nothing, said.code) ? std::string(no_last_result) : name_of(said);
        told.kind = kind_of(by, said, wish.what);
        told.report = report_of(by, said, wish);
        told.total = likeness_of(told.report.total, wish.total);
        return told;
    };
    const auto host = network_ != nullptr && passed_ ? host_part::perhaps : host_part::none;
    return ask_last(doubt, {ask_once, over_at(by.longest, doubt, sign_), by.rest, host}, bounds);
}

result<ports::terminal_settlement> mispos_terminal::settle(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    number_ = next_number();
    CIPHERLANE_TRY(auto request, mispos::request(profile_.by, mispos_trade::settle, number_));
    CIPHERLANE_CHECK(connect(bounds));
    CIPHERLANE_CHECK(may_begin(bounds, profile_.least, to_string(mispos_trade::settle)));
    auto said = converse(std::move(request), mispos_part::money, call(profile_.by.longest), never());
    if (!said) return std::move(said).error().during(to_string(mispos_trade::settle));
    if (is_one_of(profile_.by.doubtful, said->code)) return refused(drivers_errc::no_answer).during("settle");
    if (!is_one_of(profile_.by.approved, said->code)) return refusal(*said, profile_.by).during("settle");
    ports::terminal_settlement closed;
    if (said->minor) closed.total = ports::batch_side{said->negative ? -*said->minor : *said->minor, 0};
    closed.text = said->text;
    return closed;
}

result<void> mispos_terminal::print_again(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    CIPHERLANE_TRY(const auto said, ask(mispos_trade::print_again, bounds));
    if (!is_one_of(profile_.by.approved, said.code)) return refusal(said, profile_.by).during("print again");
    return {};
}

result<ports::terminal_health> mispos_terminal::status(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    const bool asks = profile_.by.of(mispos_trade::status).has_value();
    if (!asks && !can_.tells_last) {
        CIPHERLANE_CHECK(connect(bounds)); // it has no question: its link is all there is
        return ports::terminal_health{true, {}, terminal_id_, {}};
    }
    CIPHERLANE_TRY(const auto said, ask(asks ? mispos_trade::status : mispos_trade::last, bounds));
    const bool ready = !asks || is_one_of(profile_.by.approved, said.code);
    return ports::terminal_health{ready, said.code, said.terminal_id, said.text};
}

result<void> mispos_terminal::abort(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    if (!can_.aborts) return cannot("abort");
    CIPHERLANE_CHECK(connect(bounds));
    static constexpr std::array eot{mispos_byte::eot};
    return link_->write(eot, bounds);
}

} // namespace cipherlane::drivers
