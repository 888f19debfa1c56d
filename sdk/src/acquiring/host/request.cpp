#include "host/request.hpp"

#include <cipherlane/core/zero_padded.hpp>
#include <cipherlane/iso8583/field59.hpp>
#include <cipherlane/iso8583/terminal_serial.hpp>
#include <cipherlane/iso8583/tpdu.hpp>
#include <cipherlane/ledger/numbers.hpp>

namespace cipherlane::acquiring {
namespace {

using iso8583::message;
using iso8583::transaction_row;
using ports::journal_record;

bool carries(const transaction_row& row, int field) noexcept {
    return row.required.contains(field) || row.optional.contains(field);
}

/// Field 62 of a trade in instalments. An upload of chip records has something else there, of which nothing is
/// public.
bool carries_instalment(const transaction_row& row) noexcept {
    return carries(row, 62) && row.what != iso8583::transaction::upload_ic;
}

void set_if(message& to, int field, std::string_view value) {
    if (!value.empty()) to.set(field, value);
}

// Which fields a request has, and what fields 49, 60 and 63 hold: Q/CUP 009.1 part 1, as far as it is public.

/// Field 63 of requests: one to three characters, padded to three. Of a trade, whose it was.
std::string operator_field(const request_source& from, const terminal_settings& terminal) {
    const bool told = from.record != nullptr && !from.record->operator_id.empty();
    std::string text = told ? from.record->operator_id : terminal.operator_id;
    text.resize(3, ' ');
    return text;
}

void set_envelope(message& to, const request_source& from, const terminal_settings& terminal) {
    // `validate` has seen to the form of both.
    to.set_tpdu(*iso8583::tpdu::parse(terminal.host.tpdu));
    to.set_header(terminal.host.header);
    to.set(11, ledger::six_digits(from.trace));
    to.set(41, from.record != nullptr ? from.record->terminal_id : terminal.terminal_id);
    to.set(42, from.record != nullptr ? from.record->merchant_id : terminal.merchant_id);
}

/// 60.1 and 60.3 on are the row's, or, in what repeats a trade, that trade's own.
void set_field60(
    message& to, const transaction_row& row, const request_source& from, const terminal_settings& terminal) {
    const auto batch = ledger::six_digits(from.batch);
    const bool repeats = from.record != nullptr && from.network.empty() && row.network == "000" &&
                         (row.type.empty() || row.type == from.record->transaction_code);
    if (repeats || row.type.empty()) {
        to.set(60, from.record->transaction_code + batch + from.record->field60_rest);
    } else {
        to.set(60, std::string(row.type) + batch + field60_rest(row, terminal, from.network));
    }
}

/// Field 59 holds tags in their order: one more goes to its place among those that stand there.
result<void> add_to_field59(message& to, std::string_view tag, std::string_view value) {
    iso8583::composite_writer joined(iso8583::field59_format());
    iso8583::composite_reader standing(iso8583::field59_format(), to.get(59));
    for (bool placed = false;;) {
        CIPHERLANE_TRY(const auto part, standing.next());
        if (!placed && (!part || tag < part->tag.view())) {
            CIPHERLANE_CHECK(joined.add(tag, value));
            placed = true;
        }
        if (!part) break;
        CIPHERLANE_CHECK(joined.add(part->tag.view(), part->value));
    }
    to.set(59, joined.text());
    return {};
}

/// What the cardholder has chosen to pay, in fields of its own or in the acquirer's tag of field 59.
void set_conversion(
    message& to, const transaction_row& row, const journal_record& record, const conversion_settings& how) {
    const auto& chosen = record.conversion;
    if (!chosen.chosen()) return;
    const auto unit = zero_padded(chosen.converted.unit().number, 3);
    if (how.form == conversion_form::fields) {
        if (!carries(row, 6)) return;
        to.set(6, chosen.converted.to_n12()).set(10, chosen.rate).set(51, unit);
        return;
    }
    if (!carries(row, 59)) return;
    // It fits: an amount, a rate and a currency are of fixed lengths.
    (void)add_to_field59(to, how.tag, chosen.converted.to_n12() + chosen.rate + unit);
}

/// What is hidden in it is the card's, and goes out only where the card is known.
void set_serial_block(message& to, const transaction_row& row, const request_source& from) {
    auto block = from.record->serial_block;
    if (const auto at = block.find(hidden_factor); at != std::string::npos) {
        if (from.card == nullptr) return;
        const auto number = from.card->account.expose();
        block.replace(at, hidden_factor.size(), number.substr(number.size() - hidden_factor.size()));
    }
    const int field = iso8583::field_of_terminal_serial(block);
    if (carries(row, field)) set_if(to, field, block);
}

void set_record(
    message& to, const transaction_row& row, const request_source& from, const terminal_settings& terminal) {
    const auto& record = *from.record;
    const auto set = [&](int field, std::string_view value) {
        if (carries(row, field)) set_if(to, field, value);
    };
    if (row.field3.empty()) set(3, record.processing_code);
    if (row.field25.empty()) set(25, record.condition_code);
    to.set(4, record.requested.to_n12());
    set(22, record.entry);
    set(23, record.sequence_number);
    set(61, record.field61);
    if (carries(row, 38)) set_if(to, 38, record.authorization);
    if (carries(row, 39)) {
        // A reversal: what the terminal had learned of the trade, and why it is undone.
        to.set(39, record.reversal_reason);
        if (terminal.serial_block.in_reversals) set_serial_block(to, row, from);
        set_conversion(to, row, record, terminal.conversion);
        if (!record.emv.empty()) to.set(55, byte_view(record.emv));
        return;
    }
    if (carries(row, 48)) to.set(48, record.requested.to_n12());
    if (carries(row, 55) && !record.chip.empty()) to.set(55, byte_view(record.chip));
    if (carries_instalment(row)) set_if(to, 62, record.instalment);
    // Messages that tell of a trade later, as an upload, have no MAC and no serial block either: the trade had it.
    if (row.seal == iso8583::sealing::mac) set_serial_block(to, row, from);
    set_conversion(to, row, record, terminal.conversion);
}

/// What names the trade that this one is about.
void set_original(message& to, const transaction_row& row, const journal_record& original) {
    if (carries(row, 32)) set_if(to, 32, original.acquirer);
    if (carries(row, 37)) set_if(to, 37, original.reference);
    if (carries(row, 38)) set_if(to, 38, original.authorization);
    // What the host has given fits: it was read from the same field.
    if (carries(row, 59) && !original.voucher.empty()) {
        (void)add_to_field59(to, iso8583::tag_payment_voucher, original.voucher);
    }
}

} // namespace

result<void> add_payment_code(message& to, std::string_view code) {
    return add_to_field59(to, iso8583::tag_payment_code, code);
}

std::string field60_rest(const transaction_row& row, const terminal_settings& terminal, std::string_view network,
    partial_approval partial) {
    if (!network.empty()) return std::string(network);
    if (row.network != "000") return std::string(row.network);
    // 60.3 a transaction, 60.4 the reader, 60.5 last transaction was no failed chip, 60.6 whether less may be
    // approved.
    return std::string("000") + terminal.reader_capability + (partial == partial_approval::accept ? "01" : "00");
}

message request(const transaction_row& row, const request_source& from, const terminal_settings& terminal) {
    message made;
    iso8583::prepare(made, row);
    set_envelope(made, from, terminal);
    if (from.record != nullptr) set_record(made, row, from, terminal);
    if (from.card != nullptr) {
        made.set(2, from.card->account.expose());
        if (carries(row, 14)) set_if(made, 14, from.card->expiry);
    }
    if (from.original != nullptr) set_original(made, row, *from.original);
    if (carries(row, 49)) {
        made.set(49, zero_padded((from.record != nullptr ? from.record->requested.unit() : terminal.unit).number, 3));
    }
    set_field60(made, row, from, terminal);
    if (carries(row, 63)) made.set(63, operator_field(from, terminal));
    return made;
}

} // namespace cipherlane::acquiring
