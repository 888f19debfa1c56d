#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace cipherlane::iso8583 {

/// What a terminal does with an answer code (field 39).
enum class response_action : std::uint8_t {
    approve,         ///< A
    approve_defect,  ///< A, with something to look at: A2, A4, A5, A6
    approve_partial, ///< 10: field 4 of the answer is what was approved (general knowledge, doubtful)
    refuse_fatal,    ///< B: refused, the text tells the operator what is wrong
    decline,         ///< C
    capture,         ///< D: keep the card
    sign_in_again,   ///< A0 and its like: keys or batch are out of step
};

/// What an answer code proves about what was asked for.
enum class proof : std::uint8_t {
    done,     ///< it was done
    not_done, ///< it was refused: it was not done, and will not be
    again,    ///< of a reversal: the host could not look at it now; the same may be sent at once
    nothing,  ///< neither: it may have been done, or may yet be
};

struct response_code {
    std::string_view code;
    response_action action;
    proof of_trade;           ///< as the answer to a request that moves money
    proof of_reversal;        ///< as the answer to a reversal
    std::string_view text;    ///< English, for operators
    std::string_view chinese; ///< for receipts and displays
};

/// All codes with a row of their own.
[[nodiscard]] std::span<const response_code> response_codes() noexcept;
/// The row of `code`; for a code without one, a row with no code that does not approve and proves nothing of a trade.
[[nodiscard]] const response_code& response_of(std::string_view code) noexcept;

/// True for every action that moved money.
[[nodiscard]] constexpr bool approved(response_action what) noexcept {
    return what == response_action::approve || what == response_action::approve_defect ||
           what == response_action::approve_partial;
}
[[nodiscard]] bool approved(std::string_view code) noexcept;

/// Why a reversal is sent (field 39 of 0400).
inline constexpr std::string_view reversal_no_answer = "98";
inline constexpr std::string_view reversal_terminal_failed = "96";
inline constexpr std::string_view reversal_bad_mac = "A0";
inline constexpr std::string_view reversal_other = "06";

} // namespace cipherlane::iso8583
