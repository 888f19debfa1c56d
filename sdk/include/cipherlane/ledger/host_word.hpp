#pragma once

#include <cipherlane/ports/journal_record.hpp>

#include <cstdint>
#include <string_view>

namespace cipherlane::ledger {

/// What the end of a payment says of the host that was asked for it, whatever it says of the payment.
enum class host_word : std::uint8_t {
    served, ///< it did its work: approved, or told what the issuer said
    failed, ///< not reached, without an answer that was believed in time, or out of order by its own word
    silent, ///< not decided: it may have been taken
};

/// Of a record as it is now.
[[nodiscard]] host_word word_on_host(const ports::journal_record& record) noexcept;

/// Whether a host says by this code (field 39) that it does not work for this terminal now: merchant, terminal or MAC
/// unknown to it (03, 97, A0, 99), in its cut-over (90), out of order (96), or with nobody behind it (68, 92, 98).
/// Which codes those are is this library's reading; 91 is the issuer's own.
[[nodiscard]] bool is_the_hosts_own(std::string_view code) noexcept;

} // namespace cipherlane::ledger
