#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/drivers/terminal/zvt/zvt_apdu.hpp>
#include <cipherlane/ports/terminal.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::drivers {

/// The contents of ZVT's messages (PA00P015 13.08): values in, data out, and back. No framing, no state.
namespace zvt {

/// What every till of a shop has: the password, six digits.
inline constexpr std::string_view usual_password = "000000";

/// A message that the till sends.
struct command {
    std::uint16_t code = 0;
    bytes data;
};

/// 06 00. The terminal sends notices to the till, receipts too where they are printed there, and starts no payment by
/// itself.
[[nodiscard]] result<command> registration(std::string_view password, const currency& unit, bool receipts_at_till);
/// 06 01, 06 22, 06 23, 06 25, 06 30, 06 31 by the verb.
/// @return `bad_setting` for an amount beyond twelve digits, a receipt number that is not up to four digits.
[[nodiscard]] result<command> trade(std::string_view password, const ports::terminal_request& wish);
/// 06 20: the last transaction's status information, not printed; or its receipt.
enum class repeat : std::uint8_t { status_alone, with_receipt };
[[nodiscard]] result<command> repeat_receipt(std::string_view password, repeat what);
[[nodiscard]] result<command> end_of_day(std::string_view password);
[[nodiscard]] result<command> status_enquiry(std::string_view password);
[[nodiscard]] command diagnosis();

/// 04 0F.
struct status {
    std::optional<std::uint8_t> result; ///< 00: carried out
    std::optional<std::int64_t> minor;
    std::string trace;
    std::string time;
    std::string date;
    std::string receipt;
    std::string terminal_id;
    std::string authorization;
    std::string masked_pan;
    std::string card_name;
    std::string text;
    std::optional<std::uint16_t> unit; ///< currency number; not told: the euro
};
/// @return `bad_content`.
[[nodiscard]] result<status> parse_status(byte_view data);

/// 06 0F: bare, with a status byte alone, with fields, or with a version's text and a status byte.
struct end {
    std::optional<std::uint8_t> code; ///< the status byte
    std::string terminal_id;
    std::string version;
};
[[nodiscard]] result<end> parse_completion(byte_view data);

/// 04 FF.
struct progress {
    std::uint8_t code = 0;
    std::optional<std::uint8_t> minutes; ///< in which the terminal will say more
    std::string text;
};
[[nodiscard]] result<progress> parse_progress(byte_view data);

/// 06 D1 has one line, 06 D3 any number.
struct print {
    std::vector<std::string> lines;
    bool last = false;
};
[[nodiscard]] result<print> parse_line(byte_view data);
[[nodiscard]] result<print> parse_block(byte_view data);

/// "6C": as people at the terminal read it.
[[nodiscard]] std::string code_text(std::uint8_t code);
/// What a result code means, in a few words; empty for one that is not in the table.
[[nodiscard]] std::string_view words_of(std::uint8_t result_code) noexcept;

} // namespace zvt
} // namespace cipherlane::drivers
