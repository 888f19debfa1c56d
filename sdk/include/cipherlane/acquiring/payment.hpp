#pragma once

#include <cipherlane/acquiring/not_paid.hpp>
#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/error.hpp>
#include <cipherlane/core/language.hpp>
#include <cipherlane/core/result.hpp>
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
    voided,   ///< was approved, then undone by a void: the money went back
    refunded, ///< was approved, then given back in full by refunds
    stored,   ///< done at the till without the host, which is told until it answers: `recovery` and the settlement do
};

[[nodiscard]] std::string_view to_string(verdict value) noexcept;
/// The same for cashiers and cardholders: "APPROVED", "交易成功".
[[nodiscard]] std::string_view words_of(verdict value, language in) noexcept;

/// Whether this answer is new or comes from the journal.
enum class told : std::uint8_t {
    fresh,
    recorded, ///< the idempotency key had been used: nothing was sent, this is what happened then
};

/// The outcome of a payment, as the journal has it. A decline is an outcome, not an error.
struct payment {
    verdict outcome = verdict::unknown;
    std::uint64_t handle = 0;   ///< names the record to `void_payment`, `refund` and `recovery`
    std::string key;            ///< the caller's, see `sale_request`
    std::uint64_t original = 0; ///< the handle of the payment that this one undoes; 0 for a payment of its own
    acquiring::told told = told::fresh;
    ports::trade kind = ports::trade::sale;
    std::string terminal_id;
    std::string merchant_id;
    amount requested;
    amount approved; ///< less than `requested` after a partial approval; zero unless it was approved
    /// What refunds have certainly given back of it since, or a void. Told by `recovery` and where a key is used
    /// again.
    amount refunded;
    std::uint32_t trace = 0;                             ///< 凭证号
    std::uint32_t batch = 0;                             ///< 批次号
    std::string masked_pan;                              ///< empty without a card
    std::string entry;                                   ///< field 22
    std::string host_code;                               ///< field 39; empty if no answer was believed
    std::string host_text;                               ///< untrusted, UTF-8
    std::string reference;                               ///< field 37, 参考号; the gateway's transaction number
    std::string authorization;                           ///< field 38
    std::string date;                                    ///< YYYYMMDD
    std::string time;                                    ///< hhmmss
    std::string order_number;                            ///< QR only
    std::string voucher;                                 ///< of a payment by payment code: the host's number of it
    int periods = 0;                                     ///< of a sale in instalments
    ports::conversion conversion;                        ///< the currency that the cardholder has chosen
    bool small_amount = false;                           ///< taken without PIN and signature (小额免密免签)
    ports::order_phase phase = ports::order_phase::none; ///< of its order at the gateway; `none` without one
    std::string operator_id;                             ///< who did it (操作员号); empty: not told
    std::uint32_t shift = 0;                             ///< of that operator; 0: without sign-on
    bool settlement_overdue = false;                     ///< the hour set for the settlement has passed: settle
    std::string note;                                    ///< why a person decided it so; else empty
    std::optional<not_paid> unpaid;                      ///< with `declined`, `reversed`, `not_sent`: by whose doing
    std::optional<error> why;                            ///< with `reversed` and `unknown`: what went wrong

    /// True while the money is the merchant's, on the host's word: not yet of what is only `stored`.
    [[nodiscard]] bool ok() const noexcept { return outcome == verdict::approved; }
    /// False while somebody must still act: it is unknown, or stored and the host has not answered. The journal's own
    /// word for it is `ledger::states::decided`.
    [[nodiscard]] bool decided() const noexcept { return outcome != verdict::unknown && outcome != verdict::stored; }
    /// Why it is not paid, in words for the cashier: the host's for a decline, else what went wrong. Empty with `ok`.
    [[nodiscard]] std::string reason(language in) const;
};

/// Who ended a payment and at which stage, whether it ended as an error or as a payment. Nothing for what is paid,
/// was paid and given back, or is not decided.
[[nodiscard]] std::optional<not_paid> why_not_paid(const result<payment>& end) noexcept;
[[nodiscard]] not_paid why_not_paid(const error& why) noexcept;
/// `payment::reason`, and for an error its words.
[[nodiscard]] std::string reason(const result<payment>& end, language in);

/// What a journal record says about its payment.
[[nodiscard]] payment to_payment(const ports::journal_record& record);

std::ostream& operator<<(std::ostream& out, const payment& value);

} // namespace cipherlane::acquiring
