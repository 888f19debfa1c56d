#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/language.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::acquiring {

/// How far a trade has come: what a till's screen shows.
enum class stage : std::uint8_t {
    preparing, ///< a sign-in, or what an earlier trade has left over
    card,      ///< the card is asked for
    pin,       ///< the PIN is asked for
    currency,  ///< the cardholder is asked in which currency to pay
    sending,   ///< the request is with the host
    undoing,   ///< what the host did, or may have done, is being reversed
    finishing, ///< card and cardholder are told
    ordering,  ///< the gateway is asked for a code, or to give money back
    scanning,  ///< the code is shown until `stage_event::expires`
    closing,   ///< the order is being closed at the gateway
    paying,    ///< the payer confirms at their own device, as by a password
};

/// "card", "PIN", "scanning".
[[nodiscard]] std::string_view to_string(stage value) noexcept;
/// The same for a till's screen: "insert, swipe or tap the card", "请插卡、刷卡或挥卡".
[[nodiscard]] std::string_view words_of(stage value, language in) noexcept;

/// Whether a stop request still ends the trade without any money having moved.
enum class cancelling : std::uint8_t { possible, too_late };

/// A trade has come to a stage.
struct stage_event {
    stage at = stage::preparing;
    cancelling cancel = cancelling::possible;
    std::string key; ///< the caller's name for the payment; empty for a balance
    amount total;
    /// Until when the code may be paid, with `scanning`.
    std::optional<std::chrono::system_clock::time_point> expires;
};

} // namespace cipherlane::acquiring
