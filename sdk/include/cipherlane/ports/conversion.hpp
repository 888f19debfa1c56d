#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>

#include <cstdint>
#include <string>

namespace cipherlane::ports {

/// In which currency a cardholder has chosen to pay (动态货币转换, DCC). The numbers are stored: never renumber.
enum class currency_choice : std::uint8_t {
    not_asked = 0,
    local = 1,     ///< the terminal's: the offer was refused
    converted = 2, ///< the card's, at the rate that the host has offered
};

/// What a host offers the holder of a card of another currency, and what became of it.
struct conversion {
    currency_choice choice = currency_choice::not_asked;
    amount converted; ///< in the card's currency (fields 6 and 51)
    std::string rate; ///< field 10: how many of its last seven digits are decimals, then the seven digits
    [[nodiscard]] bool chosen() const noexcept { return choice == currency_choice::converted; }
    friend bool operator==(const conversion&, const conversion&) = default;
};

/// Asks a cardholder in which currency to pay, on a screen of the application's where the PIN pad has no command for
/// it. Both amounts, the rate and both currencies must be shown, with neither choice made beforehand.
class currency_chooser {
  public:
    currency_chooser() = default;
    currency_chooser(const currency_chooser&) = delete;
    currency_chooser& operator=(const currency_chooser&) = delete;
    virtual ~currency_chooser() = default;

    /// `local` or `converted`. `cancelled` ends the payment with nothing sent; any other error, such as `timed_out`,
    /// means that nobody has chosen: the payment goes on in the terminal's currency.
    [[nodiscard]] virtual result<currency_choice> choose(
        const amount& local, const conversion& offer, const call& bounds) = 0;
};

} // namespace cipherlane::ports
