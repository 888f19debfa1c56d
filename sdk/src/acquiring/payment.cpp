#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <ostream>

namespace cipherlane::acquiring {
namespace {

verdict verdict_of(ports::record_state state) noexcept {
    switch (state) {
    case ports::record_state::approved:
    case ports::record_state::voided: return verdict::approved;
    case ports::record_state::not_sent: return verdict::not_sent;
    case ports::record_state::declined: return verdict::declined;
    case ports::record_state::reversed: return verdict::reversed;
    case ports::record_state::prepared:
    case ports::record_state::reversal_pending:
    case ports::record_state::reversal_refused:
    case ports::record_state::unknown: break;
    }
    return verdict::unknown;
}

} // namespace

std::string_view to_string(verdict value) noexcept {
    switch (value) {
    case verdict::approved: return "approved";
    case verdict::declined: return "declined";
    case verdict::reversed: return "reversed";
    case verdict::unknown: return "unknown";
    case verdict::not_sent: return "not sent";
    }
    return "?";
}

payment to_payment(const ports::journal_record& record) {
    payment value;
    value.outcome = verdict_of(record.state);
    value.handle = record.id;
    value.kind = record.kind;
    value.terminal_id = record.terminal_id;
    value.merchant_id = record.merchant_id;
    value.requested = record.requested;
    value.approved = value.ok() ? record.approved : amount(0, record.requested.unit());
    value.trace = record.trace;
    value.batch = record.batch;
    value.masked_pan = record.masked_pan;
    value.entry = record.entry;
    value.host_code = record.host_code;
    value.host_text = record.host_text;
    value.reference = record.reference;
    value.authorization = record.authorization;
    value.date = record.host_date.empty() ? record.created_date : record.host_date;
    value.time = record.host_time;
    value.order_number = record.order_number;
    value.phase = record.phase;
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
