#pragma once

#include <cipherlane/acquiring/partial_approval.hpp>
#include <cipherlane/acquiring/terminal_settings.hpp>
#include <cipherlane/iso8583/message.hpp>
#include <cipherlane/iso8583/transaction.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cipherlane::acquiring {

/// What a request to the host is made of, besides its row and the terminal. Which of it goes out is the row's to say.
struct request_source {
    /// Of a message that is no trade.
    request_source(std::uint32_t trace_number, std::uint32_t open_batch)
        : trace(trace_number)
        , batch(open_batch) {}
    /// Of a trade, or of what is sent about it later.
    explicit request_source(const ports::journal_record& of)
        : trace(of.trace)
        , batch(of.batch)
        , record(&of) {}

    std::uint32_t trace;
    std::uint32_t batch;
    const ports::journal_record* record = nullptr;
    const ports::stored_card* card = nullptr;        ///< fields 2 and 14
    const ports::journal_record* original = nullptr; ///< fields 32, 37, 38 and 59 name it
    std::string_view network;                        ///< 60.3 where the row leaves a choice
};

/// The request of a row: every message to the host is made here, but for what only a card and its reader give.
/// Terminal, merchant, currency and field 60 of a trade are those of its record, so that whatever is sent about it
/// later says the same, whatever the settings have become.
[[nodiscard]] iso8583::message request(
    const iso8583::transaction_row& row, const request_source& from, const terminal_settings& terminal);

/// Field 60 of a row from 60.3 on: network code, and with transactions what the terminal can read.
[[nodiscard]] std::string field60_rest(const iso8583::transaction_row& row, const terminal_settings& terminal,
    std::string_view network = {}, partial_approval partial = partial_approval::refuse);

/// Stands in a record's terminal serial block for the last six digits of its card number, which the journal has
/// sealed alone.
inline constexpr std::string_view hidden_factor = "\x01\x01\x01\x01\x01\x01";

/// Puts the payer's payment code into field 59, behind the terminal serial block where that stands there.
[[nodiscard]] result<void> add_payment_code(iso8583::message& to, std::string_view code);

} // namespace cipherlane::acquiring
