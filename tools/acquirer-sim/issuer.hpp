#pragma once

#include "acquirer-sim/host_books.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <array>
#include <string>
#include <string_view>

namespace cipherlane::sim {

/// What a card payment asks of the issuer.
struct issuer_request {
    std::string_view number;
    std::string_view expiry; ///< YYMM, empty if the terminal did not send it
    std::int64_t amount = 0;
    byte_view pin_block; ///< ISO 9564 format 0 under the zone key; empty: no PIN
};

/// The simulated issuer behind the acquirer: knows its cards, their PINs and balances, and opens PIN blocks under the
/// zone key that the acquirer's cipher machine translates to.
class issuer {
  public:
    /// `zone_key` in clear, 16 bytes: a test key.
    issuer(host_books& books, secret_bytes zone_key)
        : books_(books)
        , zone_key_(std::move(zone_key)) {}

    /// Field 39 for a payment of this amount; nothing is booked. 00, 14 (no such card), 54 (expired), 55 (PIN), 51.
    [[nodiscard]] std::string decide(const issuer_request& request, std::string_view today_yymm);

  private:
    [[nodiscard]] bool pin_fits(const host_card& card, byte_view block) const;

    host_books& books_;
    secret_bytes zone_key_;
};

} // namespace cipherlane::sim
