#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/ports/pinpad.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// ABECS commands and answers without their link level (chapter 3): values in, payloads out, and back.
namespace abecs {

/// Two lines of 16 characters in the pad's Latin-1; longer lines are cut.
/// @return `unsendable_text` for characters outside Latin-1 if `unknown` is 0, else they become `unknown`.
[[nodiscard]] result<std::string> two_lines(std::string_view line1, std::string_view line2, char unknown);

/// A text in the pad's Latin-1. @return as above.
[[nodiscard]] result<std::string> to_latin1(std::string_view text, char unknown);

/// A line of the pad's Latin-1 as UTF-8; control characters become spaces.
[[nodiscard]] std::string from_latin1(std::string_view text);

[[nodiscard]] secret_bytes open_command();
/// `lines`: 32 characters as `two_lines` gives them.
[[nodiscard]] secret_bytes close_command(std::string_view lines);
[[nodiscard]] secret_bytes display_command(std::string_view lines);

/// GCR (section 3.6.1).
struct get_card {
    std::string_view acquirer_index = "00";
    std::string_view application_type = "99";
    amount total;
    std::string_view date; ///< YYMMDD
    std::string_view time; ///< hhmmss
    std::string_view table_version;
    std::optional<bool> contactless; ///< absent: the field is left out
};
[[nodiscard]] secret_bytes get_card_command(const get_card& what);
/// GCR without parameters: again, with the tables that the pad has.
[[nodiscard]] secret_bytes get_card_again_command();

enum class card_type : std::uint8_t { magnetic = 0, contact = 3, contactless_stripe = 5, contactless = 6 };

/// What GCR answers, as far as a sale needs it.
struct card_answer {
    card_type type = card_type::magnetic;
    std::string acquirer_index;
    std::string sequence_number; ///< 2 digits
    std::string expiry;          ///< YYMMDD, zeros if not known
    secret_bytes track1, track2, track3, account;
    bool fallback = false; ///< magnetic after a chip that failed
};
/// @return `bad_content` with the field's name and the offset.
[[nodiscard]] result<card_answer> parse_card(byte_view payload);

/// Master/working key method and key of GPN and GOC.
struct pin_key {
    int slot = 0;         ///< 0 to 99
    byte_view cryptogram; ///< 16 bytes: 3DES; 8 bytes: DES
};

/// GPN (section 3.3.11), one entry.
struct get_pin {
    pin_key key;
    std::string_view account; ///< digits
    int least = 4;
    int most = 12;
    std::string_view lines; ///< 32 characters
};
/// @return `bad_setting` naming the value that the command cannot carry.
[[nodiscard]] result<secret_bytes> get_pin_command(const get_pin& what);
/// The 8 bytes of the encrypted block.
[[nodiscard]] result<secret_bytes> parse_pin(byte_view payload);

/// GOC (section 3.6.3).
struct go_on_chip {
    /// Who is to decide: with `card` the pad is told that the host cannot be reached, and that amounts up to this one
    /// are below the floor limit; what the till may take offline is the till's rule.
    enum class decides : std::uint8_t { host, card };
    amount total;
    pin_key key; ///< may be empty with `card`: no PIN goes to the host
    byte_view tags;
    decides by = decides::host;
};
[[nodiscard]] result<secret_bytes> go_on_chip_command(const go_on_chip& what);

struct chip_answer {
    enum class decision : std::uint8_t { approved_offline = 0, declined = 1, online = 2 };
    decision what = decision::online;
    bool signature = false;
    bool pin_offline = false;
    secret_bytes pin_block; ///< empty if no PIN was taken for the host
    bytes emv;
};
[[nodiscard]] result<chip_answer> parse_chip(byte_view payload);

/// FNC (section 3.6.4).
struct finish_chip {
    ports::host_verdict verdict;
    std::string_view response_code; ///< two characters
    byte_view issuer_data;
    byte_view tags;
};
[[nodiscard]] result<secret_bytes> finish_chip_command(const finish_chip& what);
[[nodiscard]] result<ports::chip_report> parse_finish(byte_view payload);

/// The status of an answer to `command` (three characters).
/// @return `bad_content`; never the pad's refusal, which is the value.
[[nodiscard]] result<int> status_of(byte_view payload, std::string_view command);

} // namespace abecs
} // namespace cipherlane::drivers
