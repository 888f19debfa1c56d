#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/core/numeric_text.hpp>
#include <cipherlane/ledger/conversion.hpp>
#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/ports/words.hpp>

#include <ostream>

namespace cipherlane::acquiring {
namespace {

verdict verdict_of(ledger::outcome of) noexcept {
    switch (of) {
    case ledger::outcome::approved: return verdict::approved;
    case ledger::outcome::declined: return verdict::declined;
    case ledger::outcome::reversed: return verdict::reversed;
    case ledger::outcome::not_sent: return verdict::not_sent;
    case ledger::outcome::voided: return verdict::voided;
    case ledger::outcome::returned: return verdict::refunded;
    case ledger::outcome::stored: return verdict::stored;
    case ledger::outcome::unknown: break;
    }
    return verdict::unknown;
}

/// As far as the journal tells: who said no, or had no answer.
std::optional<not_paid> unpaid_by(const ports::journal_record& record, verdict outcome) noexcept {
    const bool through_gateway = ledger::row_of(record.kind).through == ledger::channel::gateway;
    const auto asked = through_gateway ? stage::ordering : stage::sending;
    switch (outcome) {
    case verdict::declined:
        if (const auto end = ledger::ended_unpaid(record.phase)) {
            const bool by_payer = *end == ledger::unpaid_end::expired;
            return not_paid{by_payer ? actor::cardholder : actor::till, stage::scanning};
        }
        return not_paid{through_gateway ? actor::gateway : actor::host, asked};
    case verdict::reversed: return not_paid{actor::host, asked};
    case verdict::not_sent: return not_paid{actor::till, asked};
    default: return std::nullopt;
    }
}

/// hhmmss of our own clock; empty where the record was never begun.
std::string created_time(const ports::journal_record& record) {
    if (record.created == std::chrono::system_clock::time_point()) return {};
    return ports::to_civil(record.created).hhmmss();
}

} // namespace

std::string_view to_string(verdict value) noexcept {
    switch (value) {
    case verdict::approved: return "approved";
    case verdict::declined: return "declined";
    case verdict::reversed: return "reversed";
    case verdict::unknown: return "unknown";
    case verdict::not_sent: return "not sent";
    case verdict::voided: return "voided";
    case verdict::refunded: return "refunded";
    case verdict::stored: return "stored";
    }
    return "?";
}

std::string_view words_of(verdict value, language in) noexcept {
    using ports::word;
    switch (value) {
    case verdict::approved: return word("end.approved", in);
    case verdict::declined: return word("end.declined", in);
    case verdict::reversed: return word("end.reversed", in);
    case verdict::unknown: return word("end.unknown", in);
    case verdict::not_sent: return word("end.not_sent", in);
    case verdict::voided: return word("end.voided", in);
    case verdict::refunded: return word("end.refunded", in);
    case verdict::stored: return word("end.stored", in);
    }
    return {};
}

payment to_payment(const ports::journal_record& record) {
    payment value;
    value.outcome = verdict_of(ledger::outcome_of(record.state));
    value.handle = record.id;
    value.key = record.idempotency_key;
    value.original = record.original;
    value.kind = record.kind;
    value.terminal_id = record.terminal_id;
    value.merchant_id = record.merchant_id;
    value.requested = record.requested;
    const amount none(0, record.requested.unit());
    const bool went_back = ledger::states::went_back.contains(record.state);
    value.approved = value.ok() || went_back ? record.approved : none;
    value.refunded = went_back ? record.approved : none;
    value.unpaid = unpaid_by(record, value.outcome);
    value.trace = record.trace;
    value.batch = record.batch;
    value.masked_pan = record.masked_pan;
    value.entry = record.entry;
    value.host_code = record.host_code;
    value.host_text = record.host_text;
    value.reference = record.reference;
    value.authorization = record.authorization;
    value.date = record.host_date.empty() ? record.created_date : record.host_date;
    // Without a host's time, as of a code, the date is that of our own clock, and so is the time.
    value.time = record.host_date.empty() && record.host_time.empty() ? created_time(record) : record.host_time;
    value.order_number = ledger::number_at_gateway(record);
    value.phase = record.phase;
    value.voucher = record.voucher;
    if (record.instalment.size() > 2)
        value.periods = static_cast<int>(number_of(record.instalment.substr(0, 2)).value_or(0));
    value.small_amount = record.small_amount;
    // The choice was made for what was asked for; less may have been approved.
    const bool some = value.approved.minor() != 0;
    value.conversion =
        ledger::share_of(record.conversion, record.requested, some ? value.approved : record.requested);
    value.operator_id = record.operator_id;
    value.shift = record.shift;
    value.note = record.note;
    return value;
}

std::ostream& operator<<(std::ostream& out, const payment& value) {
    out << ledger::row_of(value.kind).name << ' ' << value.requested.to_string() << ' ' << to_string(value.outcome);
    if (!value.host_code.empty()) out << ' ' << value.host_code;
    out << ", trace " << value.trace;
    if (value.why) out << " (" << value.why->to_string() << ')';
    return out;
}

} // namespace cipherlane::acquiring
