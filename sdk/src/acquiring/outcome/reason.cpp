#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/iso8583/response_code.hpp>
#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/words.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::acquiring {
namespace {

using ports::word_key;

/// What an error of a flow says about the payment that was not made.
struct error_row {
    acquiring_errc code;
    actor by;
    stage at; ///< where the error itself does not say
    word_key words;
};

constexpr auto errors = std::to_array<error_row>({
    {acquiring_errc::cashier_cancelled, actor::cashier, stage::preparing, "reason.cashier_cancelled"},
    {acquiring_errc::cardholder_cancelled, actor::cardholder, stage::card, "reason.cardholder_cancelled"},
    {acquiring_errc::no_card, actor::cardholder, stage::card, "reason.no_card"},
    {acquiring_errc::no_pin, actor::cardholder, stage::pin, "reason.no_pin"},
    {acquiring_errc::too_little_time, actor::till, stage::preparing, "reason.too_little_time"},
    {acquiring_errc::deadline_passed, actor::till, stage::preparing, "reason.too_little_time"},
    {acquiring_errc::busy, actor::till, stage::preparing, "reason.busy"},
    {acquiring_errc::reversal_pending, actor::host, stage::preparing, "reason.reversal_pending"},
    {acquiring_errc::order_pending, actor::gateway, stage::preparing, "reason.order_pending"},
    {acquiring_errc::terminal_pending, actor::till, stage::preparing, "reason.terminal_pending"},
    {acquiring_errc::settlement_due, actor::till, stage::preparing, "reason.settlement_due"},
    {acquiring_errc::batch_full, actor::till, stage::preparing, "reason.batch_full"},
    {acquiring_errc::host_silent, actor::host, stage::preparing, "reason.host_silent"},
    {acquiring_errc::sign_in_refused, actor::host, stage::preparing, "reason.sign_in"},
    {acquiring_errc::host_ahead, actor::till, stage::preparing, "reason.sign_in"},
    {acquiring_errc::bad_working_keys, actor::host, stage::preparing, "reason.sign_in"},
    {acquiring_errc::check_value_wrong, actor::host, stage::preparing, "reason.sign_in"},
    {acquiring_errc::pin_key_missing, actor::till, stage::pin, "reason.sign_in"},
    {acquiring_errc::not_decided, actor::host, stage::sending, "reason.outcome_unknown"},
    {acquiring_errc::other_counterpart, actor::till, stage::preparing, "reason.other_counterpart"},
    {acquiring_errc::declined_by_card, actor::card, stage::finishing, "reason.declined_by_card"},
    {acquiring_errc::partial_refused, actor::till, stage::sending, "reason.partial_refused"},
    {acquiring_errc::no_original, actor::till, stage::preparing, "reason.no_original"},
    {acquiring_errc::original_not_approved, actor::till, stage::preparing, "reason.original_not_approved"},
    {acquiring_errc::amount_too_large, actor::till, stage::preparing, "reason.amount_too_large"},
    {acquiring_errc::no_device, actor::till, stage::preparing, "reason.no_device"},
    {acquiring_errc::offline_limit, actor::till, stage::preparing, "reason.offline_limit"},
    {acquiring_errc::offline_declined, actor::card, stage::card, "reason.offline_declined"},
    {acquiring_errc::code_too_old, actor::cardholder, stage::preparing, "reason.code_too_old"},
    {acquiring_errc::reservation_expired, actor::till, stage::preparing, "reason.reservation_expired"},
});

struct condition_row {
    condition what;
    word_key words;
};

constexpr auto conditions = std::to_array<condition_row>({
    {condition::timed_out, "reason.timed_out"},
    {condition::cancelled, "reason.cancelled"},
    {condition::link_lost, "reason.link_lost"},
    {condition::bad_message, "reason.bad_message"},
    {condition::rejected_by_peer, "reason.rejected_by_peer"},
    {condition::misuse, "reason.misuse"},
    {condition::outcome_unknown, "reason.outcome_unknown"},
    {condition::unsupported, "reason.unsupported"},
    {condition::local_fault, "reason.local_fault"},
});

const error_row* row_of(const error& why) noexcept {
    const auto at =
        std::find_if(errors.begin(), errors.end(), [&](const auto& row) { return row.code == why.code(); });
    return at != errors.end() ? &*at : nullptr;
}

std::string words_of(const error& why, language in) {
    if (const auto* row = row_of(why)) return std::string(ports::word(row->words, in));
    for (const auto& row : conditions) {
        if (why.is(row.what)) return std::string(ports::word(row.words, in));
    }
    return why.code().message();
}

/// What the flow was at, where it has said so.
std::optional<stage> stage_named(std::string_view operation) noexcept {
    for (int i = 0; i <= static_cast<int>(stage::paying); ++i) {
        if (to_string(static_cast<stage>(i)) == operation) return static_cast<stage>(i);
    }
    return std::nullopt;
}

/// The words for an order that came to its end unpaid, and for one that somebody has paid after that; nothing where
/// it was neither.
std::optional<word_key> words_of(ports::trade kind, verdict outcome, ports::order_phase phase) noexcept {
    const auto end = ledger::ended_unpaid(phase);
    if (!end) return std::nullopt;
    if (outcome != verdict::declined) return word_key("reason.paid_late");
    if (*end == ledger::unpaid_end::expired) return word_key("reason.order_expired");
    const bool charged = ledger::charge_trades.contains(kind);
    return charged ? word_key("reason.charge_reversed") : word_key("reason.order_cancelled");
}

} // namespace

std::optional<not_paid> why_not_paid(const result<payment>& end) noexcept {
    if (!end) return why_not_paid(end.error());
    return end->unpaid;
}

not_paid why_not_paid(const error& why) noexcept {
    if (const auto* row = row_of(why)) return {row->by, stage_named(why.operation()).value_or(row->at)};
    switch (why.where()) {
    case layer::hostlink: return {actor::host, stage::sending};
    case layer::drivers: return {actor::till, stage::card};
    default: return {actor::till, stage_named(why.operation()).value_or(stage::preparing)};
    }
}

std::string payment::reason(language in) const {
    if (ok()) return {};
    if (unpaid && unpaid->by == actor::cashier) return std::string(ports::word("reason.cashier_cancelled", in));
    if (const auto words = words_of(kind, outcome, phase)) return std::string(ports::word(*words, in));
    // A terminal's codes are its own.
    const bool at_terminal = ledger::terminal_trades.contains(kind);
    if (outcome == verdict::declined && at_terminal && !host_text.empty()) return printable_text(host_text);
    if (outcome == verdict::declined && !at_terminal && host_code.size() == 2) {
        const auto& code = iso8583::response_of(host_code);
        return std::string(in == language::chinese ? code.chinese : code.text);
    }
    if (why) return words_of(*why, in);
    return std::string(words_of(outcome, in));
}

std::string reason(const result<payment>& end, language in) {
    return end ? end->reason(in) : words_of(end.error(), in);
}

} // namespace cipherlane::acquiring
