#include "flow/trade.hpp"

#include "card/card_entry.hpp"
#include "card/terminal_serial.hpp"
#include "flow/advice.hpp"
#include "flow/besides.hpp"
#include "flow/charge.hpp"
#include "flow/code_collection.hpp"
#include "flow/currency_offer.hpp"
#include "flow/guard.hpp"
#include "flow/host_trade.hpp"
#include "flow/key_in_use.hpp"
#include "flow/order_outcome.hpp"
#include "flow/original.hpp"
#include "flow/ready.hpp"
#include "flow/recovery.hpp"
#include "flow/reversal.hpp"
#include "flow/terminal_trade.hpp"
#include "flow/unsent.hpp"
#include "flow/unwanted.hpp"
#include "flow/verdict.hpp"
#include "host/request.hpp"
#include "lane/at_card.hpp"

#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ports/words.hpp>

#include <algorithm>
#include <optional>

namespace cipherlane::acquiring {
namespace {

using ledger::channel;
using ledger::delivery;
using ledger::need;
using ledger::trade_row;
using ports::journal_record;

constexpr std::size_t longest_key = 64;

bool is_key(std::string_view key) noexcept {
    return !key.empty() && key.size() <= longest_key;
}

/// What key and amount must be before anything is done with them.
result<void> check_request(const lane_core& on, std::string_view key, const amount& total) {
    const auto bad = [](std::string_view what, std::string_view expected) {
        return flow_error(acquiring_errc::bad_request, "request").in_field(what).with_hint(expected);
    };
    if (!is_key(key)) return bad("idempotency_key", "expected 1 to 64 characters");
    if (total.minor() <= 0 || total.minor() > amount::max_minor)
        return bad("total", "expected more than nothing, and at most 12 digits");
    if (total.unit() != on.settings().unit) return bad("total.unit", "expected the currency of the terminal");
    return {};
}

/// What a row needs besides amount and original.
result<void> check_needs(const trade_row& row, const trade_request& wish) {
    const auto bad = [](std::string_view what) {
        return flow_error(acquiring_errc::bad_request, "request").in_field(what);
    };
    if (!wish.gateway.empty() && !ledger::order_trades.contains(row.kind)) return bad("gateway");
    const auto printable = [](char c) { return c > ' ' && c <= '~'; };
    constexpr std::size_t longest_code = 350;
    const auto code = wish.payment_code.expose();
    const bool code_fits =
        !code.empty() && code.size() <= longest_code && std::all_of(code.begin(), code.end(), printable);
    if (row.needs.contains(need::code) && !code_fits) return bad("payment_code");
    const auto& by_telephone = wish.authorization;
    const bool called = row.needs.contains(need::authorisation) && !row.needs.contains(need::original);
    const bool called_fits = !by_telephone.empty() && by_telephone.size() <= 6 &&
                             std::all_of(by_telephone.begin(), by_telephone.end(), printable);
    if (called && !called_fits) return bad("authorization");
    if (!row.needs.contains(need::instalment)) return {};
    CIPHERLANE_TRY([[maybe_unused]] const auto field62, wish.instalment.to_field62());
    return {};
}

/// An instalment plan stands in field 62, where an SM4 PIN block does, or the terminal serial block: one message has
/// no room for two.
result<void> check_field62(const lane_core& on, const trade_row& row) {
    if (!row.needs.contains(need::instalment)) return {};
    const auto taken = [](std::string_view by) {
        return flow_error(acquiring_errc::bad_request, "request").in_field(by);
    };
    const bool pin = row.needs.contains(need::pin) && on.settings().keys.algorithm == key_algorithm::sm4;
    if (pin) return taken("keys.algorithm");
    const bool block = row.sends == delivery::online && row.role == ledger::trade_role::payment &&
                       on.settings().serial_block.carrier == serial_carrier::field62;
    if (block) return taken("serial_block.carrier");
    return {};
}

/// A trade under way: its row, what is wanted, and what it is made of.
struct work {
    const trade_row& row;
    const trade_request& wish;
    amount total;
    std::optional<journal_record> original;
    ports::qr_gateway* gateway = nullptr; ///< whom it goes to, of a trade of the gateway
};

/// What the trade is for: its own amount, or the whole of what it undoes.
result<work> prepare(lane_core& on, const trade_request& wish, const call& bounds) {
    work what{ledger::row_of(wish.kind), wish, wish.total, std::nullopt, nullptr};
    const auto& row = what.row;
    CIPHERLANE_CHECK(check_needs(row, wish));
    CIPHERLANE_CHECK(check_field62(on, row));
    if (row.needs.contains(need::amount)) CIPHERLANE_CHECK(check_request(on, wish.idempotency_key, wish.total));
    if (!row.needs.contains(need::original)) return what;
    CIPHERLANE_TRY(auto original, find_original(on, wish.handle, row.name, bounds));
    if (!row.needs.contains(need::amount)) what.total = original.approved;
    // What was never approved has no amount to undo.
    if (!row.originals.contains(original.kind) || what.total.minor() == 0) {
        return flow_error(acquiring_errc::original_not_approved, row.name).for_trace(original.trace);
    }
    CIPHERLANE_CHECK(check_request(on, wish.idempotency_key, what.total));
    what.original = std::move(original);
    return what;
}

/// A wish that nobody would look at is refused, not forgotten: the gateway hears of it, or who watches judges the
/// card or the code; of a card terminal's card nobody knows anything before it has paid.
result<void> check_funds(const lane_core& on, const work& what) {
    if (what.wish.funds == ports::order_funds::any || what.row.through == channel::gateway) return {};
    const bool pays_here = what.row.role == ledger::trade_role::payment && what.row.through == channel::host;
    if (pays_here && on.guard() != nullptr && on.guard()->judges_funds()) return {};
    return flow_error(acquiring_errc::bad_request, "request")
        .in_field("funds")
        .with_hint(
            "nothing keeps credit out of this trade: expected one of a gateway, or rules with \"order credit\"");
}

journal_record new_record(const lane_core& on, const work& what) {
    journal_record record;
    record.terminal_id = on.terminal_id();
    record.merchant_id = on.settings().merchant_id;
    record.idempotency_key = what.wish.idempotency_key;
    record.kind = what.row.kind;
    record.requested = what.total;
    record.approved = amount(0, what.total.unit());
    record.created_date = on.today();
    record.counterpart = what.gateway != nullptr ? what.gateway->identity() : on.counterpart(what.row.kind);
    record.operator_id = on.on_duty.operator_id.empty() ? on.settings().operator_id : on.on_duty.operator_id;
    record.shift = on.on_duty.shift;
    if (what.original) record.original = what.original->id;
    if (!what.row.needs.contains(need::original)) record.authorization = what.wish.authorization;
    return record;
}

/// What a request of the host is made of besides its record.
struct card_at_hand {
    std::optional<card_entry> entry;          ///< as it was read now, with its PIN
    std::optional<ports::stored_card> number; ///< none of a payment by payment code
    std::string serial_block;                 ///< of the device; empty where none goes out
    ports::conversion conversion;             ///< what the cardholder has chosen now

    [[nodiscard]] const ports::stored_card* known() const noexcept { return number ? &*number : nullptr; }
};

/// The card that was read now, or the original's: from the seal; once that has been erased the card must be there
/// again.
result<card_at_hand> card_for(
    lane_core& on, const work& what, const ports::wrapped_key& pin_key, const call& bounds) {
    card_at_hand card;
    if (what.row.needs.contains(need::card)) {
        const auto pins =
            what.row.needs.contains(need::small_amounts) ? pin_rule::not_for_small_amounts : pin_rule::always;
        const auto by = what.row.needs.contains(need::offline_approval) ? approval::card : approval::host;
        CIPHERLANE_TRY(auto entry, what.row.needs.contains(need::pin)
                                       ? take_card(on, what.total, pin_key, pins, bounds)
                                       : take_card_alone(on, what.total, pin_key, by, bounds));
        card.number.emplace(entry.card.account.clone(), entry.card.expiry);
        card.entry.emplace(std::move(entry));
        return card;
    }
    const bool by_code = (what.original ? ledger::row_of(what.original->kind) : what.row).needs.contains(need::code);
    if (by_code) return card;
    if (what.original->card_sealed) {
        CIPHERLANE_TRY(auto sealed, on.journal().card(what.original->id, bounds));
        card.number.emplace(std::move(sealed));
        return card;
    }
    CIPHERLANE_TRY(auto read, read_card_alone(on, what.total, pin_key, bounds));
    // Many cards have one mask.
    CIPHERLANE_TRY(const auto same, on.journal().is_card_of(what.original->id, read.account, bounds));
    if (read.account.masked() != what.original->masked_pan || !same.value_or(true)) {
        return flow_error(acquiring_errc::no_original, what.row.name)
            .in_field("card")
            .for_trace(what.original->trace);
    }
    card.number.emplace(std::move(read.account), std::move(read.expiry));
    return card;
}

/// Sales and pre-authorisations say which device they come from.
result<void> add_serial_block(lane_core& on, const work& what, card_at_hand& card, const call& bounds) {
    if (what.row.role != ledger::trade_role::payment || what.row.sends != delivery::online) return {};
    const bool by_code = what.row.needs.contains(need::code);
    if (!by_code && !card.number) return {};
    const auto number = by_code ? what.wish.payment_code.expose() : card.number->account.expose();
    CIPHERLANE_TRY(auto block, terminal_serial_block(on, number, bounds));
    card.serial_block = by_code ? std::move(block) : without_card_digits(std::move(block), number);
    return {};
}

/// Field 61 of an authorisation by telephone: no batch, trace and date, mode 01 (by telephone; general knowledge,
/// doubtful), no organisation.
std::string no_original_field61() {
    return std::string(16, '0') + "01";
}

/// For a part of the amount only a payment may be approved: what it then is for is the payer's to make up.
partial_approval partial_of(const work& what) {
    return what.row.role == ledger::trade_role::payment ? what.wish.partial : partial_approval::refuse;
}

journal_record new_host_record(const lane_core& on, const work& what, const card_at_hand& card) {
    const auto& message = ledger::message_of(what.row);
    auto record = new_record(on, what);
    record.mti = message.mti;
    record.processing_code = message.field3;
    record.condition_code = message.field25;
    record.transaction_code = message.type;
    record.field60_rest = field60_rest(message, on.settings(), {}, partial_of(what));
    if (what.original) refer_to(record, *what.original);
    record.serial_block = card.serial_block;
    if (!what.original) record.conversion = card.conversion;
    const auto& needs = what.row.needs;
    // The plan was checked when the trade was prepared.
    if (needs.contains(need::instalment)) record.instalment = *what.wish.instalment.to_field62();
    if (message.required.contains(61) && record.field61.empty()) record.field61 = no_original_field61();
    if (needs.contains(need::code)) {
        record.entry = "032";
        record.masked_pan = mask_pan(what.wish.payment_code.expose());
    }
    if (!card.entry) return record;
    record.entry = entry_field(*card.entry);
    record.sequence_number = card.entry->card.sequence_number.value_or("");
    record.masked_pan = card.entry->card.account.masked();
    record.emv = reversal_emv(on, card.entry->card.emv);
    record.chip = told_emv(on, card.entry->card.emv);
    record.small_amount = card.entry->small_amount;
    return record;
}

exchange_end send(
    lane_core& on, const work& what, const journal_record& record, const card_at_hand& card, const call& bounds) {
    const auto& row = ledger::message_of(what.row);
    request_source from(record);
    from.card = card.known();
    if (what.original) from.original = &*what.original;
    auto message = request(row, from, on.settings());
    const auto cannot = [](const error& why) {
        exchange_end end;
        end.why = why;
        return end;
    };
    if (what.row.needs.contains(need::code)) {
        const auto added = add_payment_code(message, what.wish.payment_code.expose());
        if (!added) return cannot(added.error());
    }
    if (card.entry) {
        if (const auto filled = fill_from_card(message, on, *card.entry); !filled) return cannot(filled.error());
    }
    on.enter(stage::sending);
    return exchange(on, message, row, what.row.name, record.masked_pan, bounds);
}

/// Journal first, host second: from `begin` on a crash leaves a record that says how to undo this. What the host
/// answered stays in `answer`, for the card.
result<payment> through_host(lane_core& on, work& what, const call& bounds) {
    if (what.row.needs.contains(need::card)) {
        CIPHERLANE_TRY([[maybe_unused]] auto* const pinpad, on.pinpad());
    }
    CIPHERLANE_TRY(const auto terminal, ready_for_host(on, bounds));
    if (what.original) {
        // Doubts have been settled meanwhile: an earlier trade of the same original may have come to its end.
        CIPHERLANE_TRY(what.original, find_original(on, what.wish.handle, what.row.name, bounds));
        CIPHERLANE_CHECK(check_original(on, what.row, *what.original, what.total, terminal.batch, bounds));
    }
    CIPHERLANE_CHECK(check_room(on, what.row.kind, what.total, bounds));
    CIPHERLANE_TRY(auto* const host, on.host());
    host->connect_ahead();
    CIPHERLANE_TRY(auto card, card_for(on, what, terminal.pin_key, bounds));
    std::optional<journal_record> record;
    at_card waits; // from before the verdict is on file until the card has spoken
    exchange_end answer;
    auto end = [&]() -> result<payment> {
        if (card.entry && what.row.needs.contains(need::currency_choice)) {
            CIPHERLANE_TRY(card.conversion, offer_currency(on, *card.entry, what.total, bounds));
        }
        CIPHERLANE_CHECK(add_serial_block(on, what, card, bounds));
        CIPHERLANE_CHECK(check_time(on, bounds));
        auto fresh = new_host_record(on, what, card);
        fresh.at_card = card.entry.has_value();
        CIPHERLANE_TRY(auto passed, let_through(on, fresh, bounds));
        CIPHERLANE_CHECK(check_time(on, bounds)); // whoever was asked may have taken long
        if (what.row.needs.contains(need::code)) CIPHERLANE_CHECK(check_fresh(on, what.wish.payment_code));
        CIPHERLANE_TRY(record, begin_record(on, fresh, card.known(), bounds));
        passed.is_used();
        if (card.entry) waits = at_card(on.journal(), record->id);
        on.left_at.insert_or_assign(record->id, monotonic_clock::now());
        if (const auto marked = mark_sent(on, *record); !marked) return write_not_sent(on, *record, marked.error());
        answer = send(on, what, *record, card, bounds);
        return conclude(on, *record, answer, partial_of(what), bounds);
    }();
    if (!card.entry) return end;
    end = finish_with_card(on, record, std::move(end), answer, card.entry->card.mode, bounds);
    if (record) card_has_spoken(on, record->id);
    return end;
}

/// What the original of a stored trade must be now.
result<void> check_stored(lane_core& on, work& what, std::uint32_t batch, const call& bounds) {
    if (what.row.needs.contains(need::offline_approval)) CIPHERLANE_CHECK(check_offline_limits(on, what.total));
    if (what.original) CIPHERLANE_CHECK(check_original(on, what.row, *what.original, what.total, batch, bounds));
    return check_room(on, what.row.kind, what.total, bounds);
}

/// It is over for a card of which the host will not be told.
void end_card(lane_core& on, const card_at_hand& card) {
    ports::chip_verdict over(ports::host_verdict::unreachable);
    over.line1 = ports::word("pad.declined", on.settings().wording.pinpad);
    (void)finish_card(on, card.entry->card.mode, over);
}

/// A stored trade that is on file, or how it ended before that: whatever it was, the card hears that it is over.
struct stored_begin {
    std::optional<journal_record> record; ///< none: nothing will be told to the host
    result<payment> end;
};

stored_begin begin_stored(lane_core& on, const work& what, const card_at_hand& card, const call& bounds) {
    const auto refused = [](result<payment> why) { return stored_begin{std::nullopt, std::move(why)}; };
    const bool by_chip = what.row.needs.contains(need::offline_approval);
    if (by_chip && !card.entry->card.approved_offline)
        return refused(flow_error(acquiring_errc::offline_declined, what.row.name));
    const auto fresh = new_host_record(on, what, card);
    if (const auto fits = check_sendable(on, fresh, what.original, card.known()); !fits) return refused(fits.error());
    auto passed = let_through(on, fresh, bounds);
    if (!passed) return refused(passed.error());
    auto record = begin_record(on, fresh, card.known(), bounds);
    if (!record) return refused(record.error());
    passed->is_used();
    if (const auto marked = mark_sent(on, *record); !marked)
        return refused(write_not_sent(on, *record, marked.error()));
    auto stored = to_payment(*record);
    return {*std::move(record), std::move(stored)};
}

/// Done here and durable, then told to the host: at once, but of what the card itself has approved, whose holder need
/// not wait for it.
result<payment> without_host(lane_core& on, work& what, const call& bounds) {
    if (what.row.needs.contains(need::card)) {
        CIPHERLANE_TRY([[maybe_unused]] auto* const pinpad, on.pinpad());
    }
    on.enter(stage::preparing);
    CIPHERLANE_CHECK(check_not_settling(on, bounds));
    CIPHERLANE_TRY(const auto terminal, on.journal().terminal(on.terminal_id(), bounds));
    CIPHERLANE_CHECK(check_stored(on, what, terminal.batch, bounds));
    CIPHERLANE_TRY(const auto card, card_for(on, what, terminal.pin_key, bounds));
    auto [record, end] = begin_stored(on, what, card, bounds);
    if (!record) {
        if (card.entry) end_card(on, card);
        return std::move(end);
    }
    if (card.entry) {
        finish_pinpad(on, ports::word("pad.approved", on.settings().wording.pinpad), what.total.to_string());
    }
    if (what.row.needs.contains(need::offline_approval) || !on.host()) return std::move(end);
    // A reversal that waits goes before anything else.
    std::optional<error> why;
    if (const auto undone = undo_doubts(on, bounds); undone) {
        why = send_advice(on, *record, bounds);
    } else {
        why = undone.error();
    }
    auto value = to_payment(*record);
    value.why = std::move(why);
    return value;
}

result<payment> through_gateway(lane_core& on, work& what, const call& bounds) {
    if (what.original) {
        CIPHERLANE_TRY(what.gateway, on.gateway_of(*what.original));
    } else {
        CIPHERLANE_TRY(what.gateway, on.gateway_for(what.wish.gateway, what.wish.payment_code.expose()));
    }
    on.enter(stage::preparing);
    const bool orders = ledger::order_trades.contains(what.row.kind);
    const bool charges = ledger::charge_trades.contains(what.row.kind);
    besides spare(on, on.settings().gateway.response_time, bounds);
    send_oldest_return(on, spare);
    if (orders) {
        if (!charges && on.display() == nullptr) return flow_error(acquiring_errc::no_device, "display");
        CIPHERLANE_CHECK(settle_orders(on, what.gateway, bounds));
        if (bounds.until().left() < on.settings().gateway.response_time) {
            return flow_error(acquiring_errc::too_little_time, to_string(stage::ordering));
        }
    } else {
        CIPHERLANE_TRY(what.original, find_original(on, what.wish.handle, what.row.name, bounds));
        CIPHERLANE_CHECK(check_original(on, what.row, *what.original, what.total, what.original->batch, bounds));
    }
    CIPHERLANE_CHECK(check_room(on, what.row.kind, what.total, bounds));
    auto fresh = new_record(on, what);
    CIPHERLANE_TRY(fresh.order_number, new_order_number(on));
    if (charges) fresh.masked_pan = mask_pan(what.wish.payment_code.expose());
    CIPHERLANE_TRY(auto passed, let_through(on, fresh, bounds));
    std::optional<ports::charge_serial> serial; // before time and code are looked at: a pad may take long
    if (charges) {
        CIPHERLANE_TRY(serial, charge_serial(on, *what.gateway, what.wish.payment_code.expose(), bounds));
        CIPHERLANE_CHECK(check_fresh(on, what.wish.payment_code));
    }
    if (orders && bounds.until().left() < on.settings().gateway.response_time)
        return flow_error(acquiring_errc::too_little_time, to_string(stage::ordering));
    CIPHERLANE_TRY(auto record, begin_record(on, fresh, nullptr, bounds));
    passed.is_used();
    if (const auto marked = mark_sent(on, record); !marked) return write_not_sent(on, record, marked.error());
    if (!orders) return send_refund(on, record, *what.original, bounds);
    if (charges) return charge(on, *what.gateway, what.wish, serial, record, bounds);
    return collect(on, *on.display(), *what.gateway, what.wish, record, bounds);
}

/// What the terminal had done last is durable before it is told to take money: by it a later run tells what
/// became of this payment from what was before.
result<payment> through_terminal(lane_core& on, work& what, const call& bounds) {
    CIPHERLANE_TRY(auto* const terminal, on.terminal());
    on.enter(stage::preparing);
    CIPHERLANE_CHECK(check_not_settling(on, bounds));
    CIPHERLANE_TRY(const auto taken, settle_terminal(on, bounds));
    if (taken) {
        // The cashier may be ringing it up again: once they have seen that it was taken, this one may be asked for.
        return flow_error(acquiring_errc::terminal_pending, "earlier payment")
            .for_trace(*taken)
            .with_hint("the terminal has carried it out: see whether this one is the same, then ask again");
    }
    if (what.original) {
        CIPHERLANE_TRY(const auto state, on.journal().terminal(on.terminal_id(), bounds));
        CIPHERLANE_TRY(what.original, find_original(on, what.wish.handle, what.row.name, bounds));
        CIPHERLANE_CHECK(check_original(on, what.row, *what.original, what.total, state.batch, bounds));
    }
    CIPHERLANE_CHECK(check_room(on, what.row.kind, what.total, bounds));
    CIPHERLANE_TRY(auto before, terminal->last_done(bounds));
    auto fresh = new_record(on, what); // the terminal has said by now who it is
    fresh.device_before = std::move(before);
    if (what.original) fresh.masked_pan = what.original->masked_pan;
    CIPHERLANE_TRY(auto passed, let_through(on, fresh, bounds));
    CIPHERLANE_TRY(auto record, begin_record(on, fresh, nullptr, bounds));
    passed.is_used();
    if (const auto marked = mark_sent(on, record); !marked) return write_not_sent(on, record, marked.error());
    return ask_terminal(on, *terminal, record, bounds);
}

/// What the journal has of a key that was used. What goes wrong now is no error: that would mean that nothing is
/// pending, and nobody may take an undecided payment for one that never was.
/// @param settled whether the journal could write what earlier trades had left.
payment tell_again(lane_core& on, const journal_record& record, const result<void>& settled, const call& bounds) {
    // Nobody is asked about an undecided one while the journal cannot write what they say.
    const bool waits = !settled && ledger::states::undecided.contains(record.state);
    if (auto value =
            waits ? result<payment>(settled.error()) : recover(on, record, recovered_for::its_caller, bounds)) {
        return *std::move(value);
    } else {
        auto left = to_payment(record);
        left.outcome = verdict::unknown;
        left.approved = amount(0, record.requested.unit());
        left.unpaid.reset();
        left.told = told::recorded;
        left.why = error(value.error()).for_trace(record.trace);
        return left;
    }
}

} // namespace

result<payment> run_trade(lane_core& on, const trade_request& asked, const call& bounds) {
    auto wish = asked;
    if (on.has_terminal()) wish.kind = ledger::at_terminal(asked.kind);
    const auto* const row = ledger::find_row(wish.kind);
    // What only the flow itself tells the host is nobody's to ask for.
    if (row == nullptr || ledger::own_trades.contains(row->kind))
        return flow_error(acquiring_errc::bad_request, "request").in_field("kind");
    const auto settled = settle_unsent(on);
    // The key first: what it has is told, whatever the settings would say to the same request now.
    if (is_key(wish.idempotency_key)) {
        CIPHERLANE_TRY(const auto earlier, key_in_use(on.journal(), on.terminal_id(), wish, bounds));
        const bool begun = earlier && on.unsent_keys.count(wish.idempotency_key) == 0;
        if (begun) return tell_again(on, *earlier, settled, bounds);
    }
    CIPHERLANE_TRY(auto what, prepare(on, wish, bounds));
    CIPHERLANE_CHECK(check_funds(on, what));
    const auto original = what.original ? what.original->id : 0;
    if (!settled) return settled.error();
    CIPHERLANE_TRY(on.on_duty,
        may_begin(
            on, {ports::deed::trade, wish.idempotency_key, wish.kind, what.total, original, wish.funds}, bounds));
    if (what.row.needs.contains(need::code)) CIPHERLANE_CHECK(check_fresh(on, wish.payment_code));
    on.begin_stages(wish.idempotency_key, what.total);
    if (what.row.sends == delivery::stored) return without_host(on, what, bounds);
    switch (what.row.through) {
    case channel::host: return through_host(on, what, bounds);
    case channel::gateway: return through_gateway(on, what, bounds);
    case channel::terminal: break;
    }
    return through_terminal(on, what, bounds);
}

} // namespace cipherlane::acquiring
