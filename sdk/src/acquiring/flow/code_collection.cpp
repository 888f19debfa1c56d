#include "flow/code_collection.hpp"

#include "flow/order_outcome.hpp"
#include "flow/unsent.hpp"
#include "flow/verdict.hpp"
#include "host/exchange.hpp"

#include <cipherlane/core/pause.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/record_life.hpp>

#include <utility>

namespace cipherlane::acquiring {
namespace {

using ports::journal_record;
using ports::journal_verdict;
using ports::order_phase;
using ports::qr_order_state;

/// The end of an order, as the payer sees it.
ports::payment_outcome outcome_shown(const payment& end) noexcept {
    using enum ports::payment_outcome;
    if (end.ok()) return approved;
    if (end.outcome == verdict::unknown) return unknown;
    const auto unpaid = ledger::ended_unpaid(end.phase);
    if (!unpaid) return declined;
    return *unpaid == ledger::unpaid_end::expired ? expired : cancelled;
}

/// What the code is shown on, cleared when this goes out of scope unless somebody has put something else there.
class shown_code {
  public:
    shown_code(lane_core& on, ports::display& where) noexcept
        : on_(on)
        , where_(where) {}
    shown_code(const shown_code&) = delete;
    shown_code& operator=(const shown_code&) = delete;
    ~shown_code() { clear(); }

    [[nodiscard]] result<void> show(
        const journal_record& record, const ports::qr_order& order, std::chrono::milliseconds valid_for) {
        ports::qr_view view;
        view.payload = order.code_url;
        view.total = record.requested;
        view.payee = on_.settings().short_name();
        view.valid_for = valid_for;
        shown_ = true; // a failed transfer may have left part of it
        auto done = where_.show_qr(view, call(on_.settings().timers.device));
        note("show QR", record.requested, done);
        return done;
    }
    void clear() {
        if (!std::exchange(shown_, false)) return;
        note("clear", std::nullopt, where_.clear(call(on_.settings().timers.device)));
    }
    void show_outcome(const payment& end) {
        const auto what = outcome_shown(end);
        if (!where_.capabilities().outcome) return clear();
        const auto done =
            where_.show(ports::outcome_view{what, end.requested, number_of(end)}, call(on_.settings().timers.device));
        note("show outcome", end.requested, done);
        if (done) shown_ = false; // it has replaced the code
    }

  private:
    /// A handle comes again with a new journal.
    [[nodiscard]] std::uint64_t number_of(const payment& end) const {
        const auto journal = on_.journal().identity();
        if (journal.empty()) return end.handle;
        const auto sum =
            crypto::digest(crypto::digest_algorithm::sha256, as_bytes(journal + "/" + std::to_string(end.handle)));
        if (!sum) return end.handle;
        std::uint64_t number = 0;
        for (const auto byte : sum->view().first(sizeof number))
            number = number << 8U | byte;
        return number;
    }
    void note(std::string what, std::optional<amount> total, const result<void>& done) {
        timeline_entry entry;
        entry.from = party::till;
        entry.to = party::display;
        entry.what = std::move(what);
        entry.total = total;
        entry.result = done ? std::string() : done.error().code().message();
        on_.note(std::move(entry));
    }
    lane_core& on_;
    ports::display& where_;
    bool shown_ = false;
};

void note_from_gateway(lane_core& on, std::string what, const journal_record& record, std::string result) {
    timeline_entry entry;
    entry.from = party::gateway;
    entry.to = party::till;
    entry.what = std::move(what);
    entry.result = std::move(result);
    entry.total = record.requested;
    entry.trace = record.trace;
    on.note(std::move(entry));
}

/// From here on somebody may pay: whatever happens to this run, a later one knows that the gateway has the order.
result<void> keep_issued(lane_core& on, journal_record& record, const ports::qr_order& order) {
    journal_verdict verdict(ports::record_state::sent, ports::decider::gateway);
    verdict.phase = order_phase::issued;
    if (order.expires.time_since_epoch().count() > 0) verdict.expires = order.expires;
    CIPHERLANE_CHECK(on.journal().decide(record.id, verdict, on.journal_call()));
    ledger::apply(record, verdict);
    return {};
}

bool at_end(const result<ports::qr_order_status>& status) {
    return status && status->state != qr_order_state::waiting;
}

/// Notification or query, whichever tells first, until `bounds` ends. Nothing if nobody told.
std::optional<ports::qr_order_status> watch(
    lane_core& on, ports::qr_gateway& gateway, const journal_record& record, const call& bounds) {
    const auto number = order_number(record);
    while (!bounds.until().passed() && !bounds.stopped()) {
        const auto turn = bounds.no_later_than(on.settings().gateway.poll);
        const auto told = gateway.wait_notification(number, turn);
        if (told) note_from_gateway(on, "notification", record, std::string(to_string(told->state)));
        if (at_end(told)) return *told;
        if (!told && !told.error().is(condition::timed_out)) pause(turn); // no notifications here: poll
        if (bounds.until().passed() || bounds.stopped()) break;
        const auto asked = gateway.query(number, bounds.no_later_than(on.settings().gateway.response_time));
        if (at_end(asked)) {
            note_from_gateway(on, "query", record, std::string(to_string(asked->state)));
            return *asked;
        }
    }
    return std::nullopt;
}

/// Until when the payer may take: the code's end, or the caller's deadline less what the cancelling takes.
call watching(const lane_core& on, const call& bounds) {
    const auto left = bounds.until().left() - on.settings().gateway.response_time;
    return bounds.no_later_than(std::min<std::chrono::milliseconds>(
        on.settings().gateway.code_valid, std::max<std::chrono::milliseconds>(left, std::chrono::milliseconds(0))));
}

} // namespace

result<payment> collect(lane_core& on, ports::display& display, ports::qr_gateway& gateway,
    const std::string& subject, journal_record& record, const call& bounds) {
    ports::qr_order_request wish(order_number(record), record.requested);
    wish.terminal_id = on.terminal_id();
    wish.subject = subject;
    wish.valid_for = on.settings().gateway.code_valid;
    on.enter(stage::ordering);
    if (const auto held = on.journal().confirm_hold(on.terminal_id(), on.journal_call()); !held)
        return write_not_sent(on, record, held.error());
    const auto order = gateway.create(wish, bounds.no_later_than(on.settings().gateway.response_time));
    note_from_gateway(on, "order", record, order ? "code" : order.error().code().message());
    if (!order) {
        if (nothing_left(order.error())) return write_not_sent(on, record, order.error());
        if (order.error().is(condition::rejected_by_peer)) return conclude_failure(on, record, order.error());
        return cancel_order(on, record);
    }
    // The number is new, so an order that is past waiting is somebody else's: it is neither shown nor cancelled.
    if (order->state != qr_order_state::waiting) {
        return conclude_failure(
            on, record, flow_error(acquiring_errc::order_not_new, "order").with_peer_code("not new"));
    }
    if (const auto kept = keep_issued(on, record, *order); !kept) {
        auto end = cancel_order(on, record); // nobody has seen the code
        if (!end.why) end.why = kept.error();
        return end;
    }
    const auto now = on.clock().now();
    const auto ends = order->expires > now ? order->expires : now + on.settings().gateway.code_valid;
    shown_code code(on, display);
    // No longer than the gateway takes it, and no longer than the till waits for it.
    const auto valid = std::min<std::chrono::milliseconds>(
        std::chrono::ceil<std::chrono::milliseconds>(ends - now), on.settings().gateway.code_valid);
    if (const auto shown = code.show(record, *order, valid); !shown) {
        code.clear();
        auto end = cancel_order(on, record);
        if (!end.why) end.why = shown.error();
        return end;
    }
    on.enter(stage::scanning, ends);
    const auto told = watch(on, gateway, record, watching(on, bounds));
    if (!told) code.clear(); // nobody shall scan what is about to be closed
    auto end = told ? conclude_order(on, record, *told) : cancel_order(on, record);
    if (!told && end.outcome == verdict::declined) {
        end.unpaid = not_paid{bounds.stopped() ? actor::cashier : actor::cardholder, stage::scanning};
    }
    code.show_outcome(end);
    return end;
}

} // namespace cipherlane::acquiring
