#include "flow/code_collection.hpp"

#include "flow/guard.hpp"
#include "flow/order_outcome.hpp"
#include "flow/order_watch.hpp"
#include "flow/own_code.hpp"
#include "flow/unsent.hpp"
#include "flow/verdict.hpp"
#include "host/exchange.hpp"

#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/record_life.hpp>

#include <algorithm>
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

/// Until the code and its end leave the display a moment passes.
constexpr std::chrono::milliseconds last_moment{500};

/// The last code can no longer be paid, by the gateway's word: the next one is asked for. Durable before it is, so
/// that whoever finds the record knows by which number to ask.
result<void> keep_renewal(lane_core& on, journal_record& record) {
    journal_verdict verdict(ports::record_state::sent, ports::decider::gateway);
    verdict.phase = order_phase::asked;
    verdict.renewals = record.renewals + 1;
    return write_step(on, record, verdict);
}

bool closed_unpaid(const result<ports::qr_order_status>& status) {
    return status && (status->state == qr_order_state::cancelled || status->state == qr_order_state::expired);
}

/// One order under way: its codes, one after the other, until it is paid or given up.
class collection {
  public:
    collection(lane_core& on, ports::display& display, ports::qr_gateway& gateway, const trade_request& what,
        journal_record& record, const call& bounds)
        : on_(on)
        , gateway_(gateway)
        , what_(what)
        , record_(record)
        , bounds_(bounds)
        , code_(on, display) {}

    [[nodiscard]] result<payment> run() {
        for (;;) {
            const auto asked = monotonic_clock::now();
            on_.left_at.try_emplace(record_.id, asked);
            const auto held = on_.journal().confirm_hold(on_.terminal_id(), on_.journal_call());
            if (!held) return end_unasked(held.error());
            const auto order = issue();
            if (!order) return end_without_code(order.error());
            // The number is new, so an order that is past waiting is somebody else's: it is neither shown nor
            // cancelled.
            if (at_end(order->state)) {
                return conclude_failure(on_, record_, flow_error(acquiring_errc::order_not_new, "order"));
            }
            if (const auto kept = keep_issued(on_, record_, order->expires); !kept) return give_up(kept.error());
            if (const auto shown = show(*order); !shown) return give_up(shown.error());
            const bool renews = outlives_code(asked);
            const auto news = watch_code(asked, renews);
            if (news.told) {
                auto end = conclude_order(on_, record_, *news.told);
                code_.show_outcome(end);
                return end;
            }
            code_.clear(); // nobody shall scan what is about to be closed
            const auto status = close_at_gateway(on_, record_, bounds_);
            if (!renews || bounds_.stopped() || !closed_unpaid(status)) return end_unpaid(status);
            if (const auto kept = keep_renewal(on_, record_); !kept) {
                auto end = end_unpaid(status);
                if (!end.why) end.why = kept.error();
                return end;
            }
        }
    }

  private:
    [[nodiscard]] result<ports::qr_order> issue() {
        const auto number = order_number(record_);
        ports::qr_order_request wish(number, record_.requested);
        wish.terminal_id = on_.terminal_id();
        wish.device_serial = on_.settings().block_serial();
        wish.subject = what_.subject;
        CIPHERLANE_TRY(wish.funds, funds_for(on_, record_, what_.funds));
        wish.valid_for = on_.settings().gateway.code_valid;
        wish.issued = on_.clock().now();
        on_.enter(stage::ordering);
        if (on_.settings().qr.codes == code_source::emv) {
            CIPHERLANE_TRY(wish.code, build_own_code(on_.settings(), number, record_.requested));
        }
        auto order = gateway_.create(wish, bounds_.no_later_than(on_.settings().gateway.response_time));
        note_from_gateway(on_, "order", record_, order ? "code" : order.error().code().message());
        if (order && !wish.code.empty()) order->code_url = std::move(wish.code);
        return order;
    }

    /// The codes before it, if there were any, are closed, and this one was never asked for: nobody can pay.
    [[nodiscard]] result<payment> end_unasked(const error& why) {
        if (record_.renewals == 0) return write_not_sent(on_, record_, why);
        ports::qr_order_status closed;
        closed.state = qr_order_state::cancelled;
        auto end = conclude_order(on_, record_, closed);
        if (!end.why) end.why = why;
        return end;
    }

    [[nodiscard]] result<payment> end_without_code(const error& why) {
        if (nothing_left(why)) return end_unasked(why);
        if (why.is(condition::rejected_by_peer)) return conclude_failure(on_, record_, why);
        return give_up(why);
    }

    [[nodiscard]] result<void> show(const ports::qr_order& order) {
        const auto now = on_.clock().now();
        // Of a gateway that does not agree what day it is the word is not one on its code.
        const bool told = order.expires > now && order.expires <= now + std::chrono::days(1);
        const auto ends = told ? order.expires : now + on_.settings().gateway.code_valid;
        // No longer than the gateway takes it, and no longer than the till waits for it.
        const auto valid = std::min<std::chrono::milliseconds>(
            std::chrono::ceil<std::chrono::milliseconds>(ends - now), on_.settings().gateway.code_valid);
        CIPHERLANE_CHECK(code_.show(record_, order, valid));
        on_.enter(stage::scanning, ends);
        return {};
    }

    /// What is left of a code by the till's own count, from before it was asked for.
    [[nodiscard]] std::chrono::milliseconds life(monotonic_clock::time_point asked) const {
        const auto gone = std::chrono::floor<std::chrono::milliseconds>(monotonic_clock::now() - asked);
        return std::max<std::chrono::milliseconds>(
            on_.settings().gateway.code_valid - gone, std::chrono::milliseconds(0));
    }

    /// What is left of the caller's time, less what the closing takes.
    [[nodiscard]] std::chrono::milliseconds patience() const {
        return std::max<std::chrono::milliseconds>(
            bounds_.until().left() - on_.settings().gateway.response_time, std::chrono::milliseconds(0));
    }

    /// Whether the next code would still have some life once this one and its closing are over.
    [[nodiscard]] bool outlives_code(monotonic_clock::time_point asked) const {
        const bool another = record_.renewals + 1 < on_.settings().qr.most_codes;
        return another && patience() > life(asked) + 2 * on_.settings().gateway.response_time;
    }

    [[nodiscard]] order_news watch_code(monotonic_clock::time_point asked, bool renews) {
        const auto before = renews ? std::chrono::milliseconds(on_.settings().qr.renew_before) : last_moment;
        const auto left = std::max<std::chrono::milliseconds>(life(asked) - before, std::chrono::milliseconds(0));
        auto news = watch(on_, gateway_, record_, bounds_.no_later_than(std::min(left, patience())));
        if (news.told || !news.paying || bounds_.stopped()) return news;
        // Somebody is at it: nobody else shall scan the code, and who is may finish.
        code_.clear();
        return watch(on_, gateway_, record_,
            bounds_.no_later_than(std::min<std::chrono::milliseconds>(on_.settings().qr.password, patience())));
    }

    /// Nobody has scanned the code, or can: it is closed, and what the gateway says decides.
    [[nodiscard]] payment give_up(const error& why) {
        code_.clear();
        auto end = conclude_closing(on_, record_, close_at_gateway(on_, record_, bounds_));
        if (!end.why) end.why = why;
        return end;
    }

    [[nodiscard]] payment end_unpaid(const result<ports::qr_order_status>& status) {
        auto end = conclude_closing(on_, record_, status);
        if (end.outcome == verdict::declined) {
            end.unpaid = not_paid{bounds_.stopped() ? actor::cashier : actor::cardholder, stage::scanning};
        }
        code_.show_outcome(end);
        return end;
    }

    lane_core& on_;
    ports::qr_gateway& gateway_;
    const trade_request& what_;
    journal_record& record_;
    const call& bounds_;
    shown_code code_;
};

} // namespace

result<payment> collect(lane_core& on, ports::display& display, ports::qr_gateway& gateway, const trade_request& what,
    journal_record& record, const call& bounds) {
    return collection(on, display, gateway, what, record, bounds).run();
}

} // namespace cipherlane::acquiring
