#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cipherlane::simulation {

/// Days of a till at a gateway: the lane and the gateway's client as they are, the gateway's simulator called in
/// place, and between them what goes wrong. Time passes only when somebody waits.
struct gateway_days_wish {
    enum class speech : std::uint8_t { wechat, alipay, unionpay, netpay, own } speaks = speech::wechat;
    unsigned codes = 100;  ///< sales by a payer's code
    unsigned orders = 100; ///< sales by a code that is shown
    std::uint64_t seed = 1;
    std::string keys; ///< a folder for test keys
};

/// Their words: "wechat", …, "cipherlane" for the SDK's own interface (docs/14-gateway-api.md).
[[nodiscard]] std::span<const std::string_view> gateway_words() noexcept;
[[nodiscard]] std::optional<gateway_days_wish::speech> gateway_of_word(std::string_view word) noexcept;

/// What the books of both sides say in the end, and what happened on the way.
struct gateway_days_report {
    unsigned sales = 0;
    unsigned approved = 0;
    unsigned declined = 0;
    unsigned given_back = 0; ///< paid late, and returned
    unsigned refunds = 0;
    unsigned not_begun = 0; ///< refused before anything left, or of a till that was killed before
    unsigned unheard = 0;   ///< open, and the gateway has never heard of them: where it has no word for that
    unsigned kills = 0;
    unsigned requests = 0;
    unsigned requests_lost = 0;
    unsigned answers_lost = 0;
    unsigned pages = 0;         ///< of something in between
    unsigned odd_answers = 0;   ///< 202, not done yet, unsigned, forged
    unsigned late_payments = 0; ///< after the order was closed
    unsigned notices = 0;
    unsigned repeated_notices = 0;
    unsigned forged_notices = 0;
    // What must be nothing:
    unsigned unknown = 0; ///< after recovery, of what the gateway knew
    unsigned doubled = 0; ///< the payer has paid more than the till says
    unsigned unpaid = 0; ///< the till says more than the payer has paid: something forged was believed, or money lost
    unsigned believed = 0;  ///< notices that were forged and taken
    unsigned strangers = 0; ///< orders that were paid and that no record knows
    std::string first;      ///< the first of them, for people

    [[nodiscard]] bool clean() const noexcept { return unknown + doubled + unpaid + believed + strangers == 0; }
};

std::ostream& operator<<(std::ostream& to, const gateway_days_report& what);

/// Throws where the simulation itself cannot go on.
[[nodiscard]] gateway_days_report run_gateway_days(const gateway_days_wish& wish);

} // namespace cipherlane::simulation
