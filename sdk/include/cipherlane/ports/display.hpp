#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/net/completion.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>

namespace cipherlane::ports {

/// A payment code to be shown, with the amount that belongs to it (动态码牌).
struct qr_view {
    std::string payload;
    amount total;
    std::string payee;
    std::chrono::milliseconds valid_for{0}; ///< 0: until cleared; else the display clears it by itself
};

/// How a payment ended for the one who pays; `unknown` where nobody can say yet whether the money has moved.
enum class payment_outcome : std::uint8_t { approved, declined, cancelled, expired, unknown };

/// An empty screen.
struct blank_view {};
struct amount_view {
    amount total;
};
struct text_view {
    std::string_view line1;
    std::string_view line2;
};
struct outcome_view {
    payment_outcome what = payment_outcome::cancelled;
    amount total;
    /// Its number, the same each time it is told and another one than that of any payment of another journal: a
    /// display that speaks tells it once. 0: not known.
    std::uint64_t payment = 0;
};
/// No content of its own: brings the remaining validity of the code on screen up to date, without touching the code.
struct remaining_view {
    std::chrono::seconds left{0};
};

/// What a display is to show. A view: what it refers to must outlive the call that it is given to.
using display_content = std::variant<blank_view, std::reference_wrapper<const qr_view>, amount_view, text_view,
    outcome_view, remaining_view>;

/// What a display can do; what it cannot is refused with `unsupported`.
struct display_capabilities {
    bool qr = false;
    bool amount = false;
    bool text = false;
    bool outcome = false;
    bool brightness = false;
    bool acknowledges = false; ///< says so when a command is carried out
    bool countdown = false;    ///< shows how long a code is still valid
    bool speaks = false;       ///< what it was told is said once and stands nowhere: it is not shown again
    bool repeats = false;      ///< says nothing back, and may be told the same again without anybody seeing it
    bool readable = false;     ///< what is shown can be checked (picture read back before it is sent)
};

/// A customer-facing display. Every call replaces the whole content: an amount never stays beside another code.
class display {
  public:
    display() = default;
    display(const display&) = delete;
    display& operator=(const display&) = delete;
    virtual ~display() = default;

    /// @return `unsupported` for a content that this display has no way to show, see `capabilities`.
    [[nodiscard]] virtual result<void> show(const display_content& what, const call& bounds) = 0;
    /// 0 (dark) to 100.
    [[nodiscard]] virtual result<void> set_brightness(int percent, const call& bounds) = 0;
    /// Asks the device whether it is there; its own name and version.
    [[nodiscard]] virtual result<std::string> heartbeat(const call& bounds) = 0;
    [[nodiscard]] virtual display_capabilities capabilities() const noexcept = 0;

    // `show` by the name of what is shown.
    [[nodiscard]] result<void> show_qr(const qr_view& view, const call& bounds) { return show(view, bounds); }
    [[nodiscard]] result<void> show_amount(const amount& total, const call& bounds) {
        return show(amount_view{total}, bounds);
    }
    [[nodiscard]] result<void> show_text(std::string_view line1, std::string_view line2, const call& bounds) {
        return show(text_view{line1, line2}, bounds);
    }
    [[nodiscard]] result<void> show_outcome(payment_outcome what, const amount& total, const call& bounds) {
        return show(outcome_view{what, total}, bounds);
    }
    [[nodiscard]] result<void> show_remaining(std::chrono::seconds left, const call& bounds) {
        return show(remaining_view{left}, bounds);
    }
    [[nodiscard]] result<void> clear(const call& bounds) { return show(blank_view{}, bounds); }
};

} // namespace cipherlane::ports
