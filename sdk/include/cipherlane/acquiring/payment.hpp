#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/error.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::acquiring {

/// How a payment ended.
enum class verdict : std::uint8_t {
    approved,
    declined, ///< the host (or gateway) said no, or the payer did: no money moved
    reversed, ///< the outcome was not known and has been undone on the host's side: no money moved
    unknown,  ///< not decided. Never treat as declined, never repeat with another key: `recovery` decides it, or a
              ///< person by `decision`
    not_sent, ///< told by `recovery` alone: certain that no byte left; no money moved, the key may be used again
};

[[nodiscard]] std::string_view to_string(verdict value) noexcept;

/// Whether this answer is new or comes from the journal.
enum class told : std::uint8_t {
    fresh,
    recorded, ///< the idempotency key had been used: nothing was sent, this is what happened then
};

/// The outcome of a payment, as the journal has it. A decline is an outcome, not an error.
struct payment {
    verdict outcome = verdict::unknown;
    std::uint64_t handle = 0; ///< names the record to `void_payment`, `refund` and `recovery`
    acquiring::told told = told::fresh;
    ports::trade kind = ports::trade::sale;
    std::string terminal_id;
    std::string merchant_id;
    amount requested;
    amount approved;           ///< less than `requested` after a partial approval; zero unless approved
    std::uint32_t trace = 0;   ///< 凭证号
    std::uint32_t batch = 0;   ///< 批次号
    std::string masked_pan;    ///< empty without a card
    std::string entry;         ///< field 22
    std::string host_code;     ///< field 39; empty if no answer was believed
    std::string host_text;     ///< untrusted, UTF-8
    std::string reference;     ///< field 37, 参考号; the gateway's transaction number
    std::string authorization; ///< field 38
    std::string date;          ///< YYYYMMDD
    std::string time;          ///< hhmmss
    std::string order_number;  ///< QR only
    ports::order_phase phase = ports::order_phase::none; ///< of its order at the gateway; `none` without one
    std::string note;                                    ///< why a person decided it so; else empty
    std::optional<error> why;                            ///< with `reversed` and `unknown`: what went wrong

    [[nodiscard]] bool ok() const noexcept { return outcome == verdict::approved; }
};

/// What a journal record says about its payment.
[[nodiscard]] payment to_payment(const ports::journal_record& record);

std::ostream& operator<<(std::ostream& out, const payment& value);

} // namespace cipherlane::acquiring
