#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/ports/terminal.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherlane::drivers {

/// What messages of a MIS-POS terminal may carry.
enum class mispos_value : std::uint8_t {
    kind,   ///< request, message to the host, or result
    trade,  ///< its code
    number, ///< of the request, echoed in its result
    amount,
    original, ///< receipt number of what is voided or completed
    till,
    cashier,
    payload, ///< of a result: further elements; of a message to the host: that message
    code,    ///< of a result
    receipt,
    trace,
    batch,
    reference,
    authorization,
    date, ///< MMDD
    time, ///< hhmmss
    terminal_id,
    card_number,
    card_name,
    text,
};
inline constexpr std::size_t mispos_values = static_cast<std::size_t>(mispos_value::text) + 1;
[[nodiscard]] std::string_view to_string(mispos_value value) noexcept;

/// How a value is written.
enum class mispos_form : std::uint8_t {
    digits, ///< packed, zeros in front
    text,   ///< GBK; of a fixed size: blanks behind
    money,  ///< text with a decimal point: "RMB  0.20"
    raw,    ///< as it is
    block,  ///< four digits of length, two characters of result code, data
};

/// Where a value stands and how.
struct mispos_field {
    std::uint16_t tag = 0;
    mispos_form form = mispos_form::raw;
    std::size_t size = 0; ///< digits or bytes; 0: any
};

/// What a terminal may be asked for.
enum class mispos_trade : std::uint8_t {
    sale,
    sale_void,
    refund,
    pre_auth,
    pre_auth_void,
    completion,
    settle,
    last, ///< what its last transaction was
    status,
    print_again,
};
inline constexpr std::size_t mispos_trades = static_cast<std::size_t>(mispos_trade::print_again) + 1;
/// "sale", as the section is called.
[[nodiscard]] std::string_view to_string(mispos_trade value) noexcept;
[[nodiscard]] mispos_trade mispos_trade_of(ports::terminal_verb verb) noexcept;

/// Tags and bytes that go out as they are.
using mispos_constants = std::vector<std::pair<std::uint16_t, bytes>>;

/// An acquirer's MIS-POS (收银一体化): a frame that all share, and what differs between them as data. The file's form
/// is in docs/13-devices.md.
struct mispos_description {
    std::string name;  ///< "ums"
    std::string title; ///< for people

    std::size_t largest = 2'048; ///< bytes of content that a message of the terminal may have
    int repeats = 2;             ///< of a frame, after NAK or silence
    std::chrono::milliseconds acknowledge{3'000};
    std::chrono::milliseconds inter_byte{500};
    std::chrono::milliseconds answer{30'000}; ///< from the ACK to the answer of a question
    std::chrono::milliseconds result{
        180'000}; ///< from the ACK to the result of a trade, or to a message for the host
    /// From EOT to the result: more than the terminal waits for its host. EOT leaves that much before the call ends,
    /// and at most a quarter of it; only a terminal that cannot be asked afterwards is heard beyond that.
    std::chrono::milliseconds stopping{90'000};
    std::chrono::milliseconds rest{1'000};      ///< between two questions of `recover`
    std::chrono::milliseconds longest{240'000}; ///< that a trade may be under way at the terminal
    enum class cancelling : std::uint8_t { none, eot } cancel = cancelling::none; ///< what stops one that waits

    std::string request_kind = "00";
    std::string result_kind = "02";
    std::string host_kind{}; ///< a message for the host; empty: the terminal has a line of its own

    using fields = std::array<std::optional<mispos_field>, mispos_values>;
    fields request{};
    fields told{};
    mispos_constants constants{}; ///< of each request
    std::string till = "01";
    std::string cashier = "01";

    std::vector<std::string> approved{"00"};
    std::vector<std::string> doubtful{}; ///< neither yes nor no: what became of it is asked for
    std::vector<std::string> busy{};     ///< it is at something else: says nothing of what was asked for before
    std::vector<std::string> nothing{};  ///< to the question for the last transaction: there is none

    struct trade {
        std::string code;
        mispos_constants constants{};
    };
    std::array<std::optional<trade>, mispos_trades> trades{};

    [[nodiscard]] const std::optional<trade>& of(mispos_trade what) const noexcept {
        return trades[static_cast<std::size_t>(what)];
    }
    [[nodiscard]] const std::optional<mispos_field>& asked(mispos_value what) const noexcept {
        return request[static_cast<std::size_t>(what)];
    }
    [[nodiscard]] ports::terminal_capabilities can() const;
};

/// Reads a description.
/// @param source stands for the text in errors, e.g. the file's name
/// @return `bad_setting` with "source:line" as endpoint and the key as field ("request.amount", "trade.sale.code"):
/// not TOML, a key that is not known, a value of the wrong type or out of range, a trade that cannot work.
[[nodiscard]] result<mispos_description> parse_mispos_description(std::string_view text, std::string_view source);
/// Reads a description from a file. @return as above; `bad_setting` naming the file if it cannot be read.
[[nodiscard]] result<mispos_description> load_mispos_description(const std::string& file);

} // namespace cipherlane::drivers
