#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/ports/terminal.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// The messages of ECR17: fixed positions, ASCII. Values in, text out, and back.
namespace ecr17 {

/// Who speaks to whom.
struct address {
    std::string terminal_id = "00000000"; ///< eight digits; zeros: any
    std::string till_id = "00000001";     ///< eight characters
};

/// How a payment is asked for.
enum class payment_form : std::uint8_t {
    with_amount, ///< X: its result has the amount
    plain,       ///< P, which older terminals have alone: its result has none
};

/// X or P payment, p pre-authorisation, S reversal, c closure of a pre-authorisation.
/// @return `not_supported`; `bad_setting` for an amount beyond eight digits, a number of the original that is none.
[[nodiscard]] result<std::string> trade(
    const address& who, const ports::terminal_request& wish, payment_form form = payment_form::with_amount);
[[nodiscard]] std::string status(const address& who);        ///< s
[[nodiscard]] std::string last_result(const address& who);   ///< G
[[nodiscard]] std::string close(const address& who);         ///< C
[[nodiscard]] std::string totals_of_day(const address& who); ///< T: of the day that is open and stays so
[[nodiscard]] std::string verification(const address& who);  ///< H: a card, judged without money
/// R: the last receipt once more, to the till or on the terminal's own paper.
[[nodiscard]] std::string reprint(const address& who, bool at_till);
[[nodiscard]] std::string printing(const address& who); ///< E: receipts come to the till; holds for one procedure

/// Whether an answer of code `told` may answer a request of code `asked`.
[[nodiscard]] bool answers(char asked, char told) noexcept;
/// Whether a request of that code may move money: it must not be carried out twice.
[[nodiscard]] bool moves(char asked) noexcept;

/// Results of two digits.
inline constexpr std::string_view carried_out = "00";
inline constexpr std::string_view refused = "01";

/// An answer with a result.
struct outcome {
    char code = 0;
    std::string result; ///< two digits
    std::string text;   ///< of a refusal
    std::string masked_pan;
    std::string authorization;
    std::string when;        ///< DDDhhmm
    std::string stan;        ///< six digits
    std::string online;      ///< six digits
    std::string reservation; ///< of a pre-authorisation: nine digits
    std::string terminal_id;
    std::optional<std::int64_t> minor; ///< where the message has an amount
    /// Of what is carried out: of which trade it is. Nothing where no trade of ours is answered so.
    std::optional<ports::terminal_verb> what;
};
/// @return `bad_content` naming what is missing.
[[nodiscard]] result<outcome> parse_outcome(std::string_view message);

/// The answer to C, by the host's count, or to T, by the terminal's.
struct totals {
    std::string result;
    std::optional<std::int64_t> minor;
    std::string text;
};
[[nodiscard]] result<totals> parse_totals(std::string_view message);

/// The answer to s: its state digit, 2 is operative.
struct state {
    std::string terminal_id;
    char code = '0';
    std::string version;
};
[[nodiscard]] result<state> parse_status(std::string_view message);

/// The text of an S message: lines, 7D begins a new one, 7F one in large letters; 1B ends the receipt.
struct receipt_part {
    std::string text;
    bool last = false;
};
[[nodiscard]] receipt_part parse_receipt(std::string_view message);

} // namespace ecr17
} // namespace cipherlane::drivers
