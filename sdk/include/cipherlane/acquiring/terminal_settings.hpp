#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/language.hpp>
#include <cipherlane/core/result.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace cipherlane::acquiring {

/// The cipher of a terminal's keys.
enum class key_algorithm : std::uint8_t { tdes, sm4 };

/// Who makes and checks MACs: see `ports::sealer`. Of these, `software` alone is built; `validate` refuses the
/// others.
enum class sealer_kind : std::uint8_t { software, pinpad, cipher_machine };

/// When a trade whose outcome is not known is reversed. Either way its record blocks the next online trade.
enum class reversal_time : std::uint8_t {
    at_once,           ///< right after the failed trade, if its call leaves the time; else before the next one
    before_next_trade, ///< never earlier
};

/// What a reversal that the host answered with an unexpected code becomes.
enum class unexpected_reversal_code : std::uint8_t {
    ends_it,      ///< the record ends as `reversal_refused`, an alert is raised (what terminals in the field do)
    keeps_pending ///< it is sent again before the next trade, and blocks until then
};

/// Keys and how the host's dialect uses them.
struct key_settings {
    key_algorithm algorithm = key_algorithm::tdes;
    int master_slot = 0;              ///< where the PIN pad holds the master key (TMK)
    std::string sign_in_code = "003"; ///< field 60.3: 001 single-length keys, 003 double, 004 with a track key
    bool sm4_mac_ascii = false;       ///< SM4 only: field 64 as 8 hex characters instead of 8 raw bytes (doubtful)
};

/// The acquirer's host.
struct host_settings {
    std::string address = "127.0.0.1:0"; ///< HOST:PORT
    std::string tpdu = "6000030000";
    std::string header = "603100310730"; ///< 12 digits; the 6th is the host's
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds response_time{50'000};
    bool keep_connection = false; ///< else one connection for each exchange
};

struct timer_settings {
    std::chrono::milliseconds card{60'000}; ///< for the card to be presented
    std::chrono::milliseconds pin{60'000};
    std::chrono::milliseconds device{5'000}; ///< for a display or PIN pad to take a text
    std::chrono::milliseconds journal{10'000};
};

struct reversal_settings {
    reversal_time when = reversal_time::at_once;
    std::uint32_t sends = 3; ///< in one go; then the trade is refused and the reversal tried again next time
    unexpected_reversal_code unexpected = unexpected_reversal_code::ends_it;
    /// Field 55 tags that a reversal carries, from the request's.
    std::string emv_tags = "95 9F1E 9F10 9F36 DF31";
};

struct settlement_settings {
    /// Sends the end message (60.3 = 207) after a balanced 0500 too. Doubtful: hosts that want nothing more after a
    /// balanced total are said to exist.
    bool end_when_balanced = true;
    std::uint32_t erase_cards_after_days = 30;
};

struct journal_settings {
    std::string file = "till.db";
    std::string key_file = "till.key"; ///< 32 bytes as hex, mode 0600
};

struct gateway_settings {
    std::string address;                        ///< HOST:PORT; empty: no gateway
    bool tls = false;                           ///< without it only this machine is talked to, unless:
    bool plain_anywhere = false;                ///< a private line of which somebody is sure
    std::string ca_file;                        ///< PEM: whom TLS trusts; empty: the system's authorities
    std::string notify_address = "127.0.0.1:0"; ///< where notifications are taken
    std::string public_key_file;                ///< PEM: checks notifications
    std::chrono::seconds code_valid{180};       ///< how long a code may be paid; 60 to 300 s is good practice
    std::chrono::milliseconds poll{2'000};      ///< a query when no notification came for so long
    std::chrono::milliseconds response_time{10'000};
};

/// On receipts.
enum class receipt_language : std::uint8_t { both, english, chinese };

/// In which language people are spoken to.
struct wording_settings {
    language pinpad = language::english; ///< many pads have Latin letters alone
    receipt_language receipt = receipt_language::both;
};

struct device_settings {
    std::string driver; ///< empty: none
    std::string path;   ///< "/dev/serial/by-id/…" or HOST:PORT
};

/// All about one terminal (TID): what a till needs to open a lane. A plain value with defaults; `validate` says what
/// does not fit. The same fields come from a file by `load_terminal`.
struct terminal_settings {
    std::string terminal_id; ///< field 41, 8 characters
    std::string merchant_id; ///< field 42, 15 characters
    std::string merchant_name;
    std::string operator_id = "01"; ///< field 63 of requests, 2 or 3 characters
    std::string serial_number;      ///< field 62 of the sign-in; empty: not sent
    char reader_capability = '5';   ///< field 60.4: 0 unknown, 2 magnetic, 5 with chip, 6 with contactless
    currency unit = cny;            ///< decimals as ISO 4217 has them
    bool queue = false;             ///< a trade waits for the one under way; else it is refused as `busy`
    key_settings keys;
    host_settings host;
    timer_settings timers;
    reversal_settings reversal;
    settlement_settings settlement;
    journal_settings journal;
    gateway_settings gateway;
    sealer_kind sealer = sealer_kind::software;
    device_settings pinpad;
    device_settings display;
    wording_settings wording;

    /// @return `acquiring_errc::bad_settings` (`misuse`) with the setting's path, e.g. "host.tpdu";
    /// `sealer_not_built` (`unsupported`).
    [[nodiscard]] result<void> validate() const;
};

/// Reads settings from TOML; what is not there keeps its default, what is not known is refused, so that no misspelt
/// setting goes unnoticed. Validates.
/// @return `acquiring_errc::no_file` (with the byte offset of a syntax error) or `bad_settings` with the path.
[[nodiscard]] result<terminal_settings> parse_terminal(std::string_view toml);
[[nodiscard]] result<terminal_settings> load_terminal(const std::string& path);

} // namespace cipherlane::acquiring
