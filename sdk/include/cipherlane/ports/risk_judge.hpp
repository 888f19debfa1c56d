#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <cstdint>
#include <string>

namespace cipherlane::ports {

/// What whoever judges risk says of a payment.
enum class risk_word : std::uint8_t {
    accept,
    review, ///< somebody who may must look at it
    reject,
};

struct risk_opinion {
    risk_word word = risk_word::accept;
    std::string reason; ///< for the cashier and the log; one line
};

/// Judges a payment before its request leaves. No card number, track or PIN is in what it sees.
class risk_judge {
  public:
    risk_judge() = default;
    risk_judge(const risk_judge&) = delete;
    risk_judge& operator=(const risk_judge&) = delete;
    virtual ~risk_judge() = default;
    /// @param bounds its own deadline: what is said later is not heard. It must end soon after a stop.
    [[nodiscard]] virtual result<risk_opinion> judge(const journal_record& payment, const call& bounds) = 0;
};

} // namespace cipherlane::ports
