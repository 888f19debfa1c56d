#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/core/wiped_text.hpp>
#include <cipherlane/ports/scanner.hpp>
#include <cipherlane/qr/code_kind.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <span>
#include <string>

namespace cipherlane::drivers {

/// A scanned text that is a payer's payment code (付款码).
struct payment_code {
    wiped_text text;
    qr::code_kind kind = qr::code_kind::unionpay_payment_code;
    std::string masked; ///< its first six and last four characters, for people and logs
};

/// Lets payment codes through, each once, and nothing else that a scanner may read.
///
/// Goods are refused by their symbology (EAN, UPC) and their lengths, merchants' codes by their kind. A code lives
/// about a minute: one that was scanned too long ago is refused, and so is one that was let through before, for as
/// long as it might still be paid with. Of what was let through a keyed digest is kept, not the code.
///
/// Thread-safe.
class payment_code_gate {
  public:
    struct limits {
        std::chrono::milliseconds fresh{60'000}; ///< how old a scan may be
        std::chrono::minutes remembered{10};     ///< for how long a code is known again
    };

    /// @param rules must outlive the gate; see `qr::code_rules`
    /// @return what the system's random source says.
    [[nodiscard]] static result<payment_code_gate> create(
        limits how, std::span<const qr::code_rule> rules = qr::code_rules());
    payment_code_gate(payment_code_gate&& other) noexcept;
    payment_code_gate& operator=(payment_code_gate&&) = delete;
    ~payment_code_gate();

    /// @return `not_a_payment_code`; `code_used`; `code_too_old`. Neither has the code in it.
    [[nodiscard]] result<payment_code> pass(ports::scanned_code&& scanned);
    [[nodiscard]] result<payment_code> pass(ports::scanned_code&& scanned, monotonic_clock::time_point now);

  private:
    using digest = std::array<std::uint8_t, 32>;
    struct seen {
        digest what;
        monotonic_clock::time_point until;
    };
    payment_code_gate(limits how, std::span<const qr::code_rule> rules, secret_bytes key);

    limits limits_;
    std::span<const qr::code_rule> rules_;
    secret_bytes key_;
    std::mutex mutex_;
    std::deque<seen> seen_;
};

} // namespace cipherlane::drivers
