#pragma once

#include <cipherlane/core/currency.hpp>
#include <cipherlane/iso8583/message_view.hpp>
#include <cipherlane/ports/conversion.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace cipherlane::sim {

/// The rates at which holders of cards of other currencies may pay in theirs (DCC), by the beginnings of card
/// numbers.
class rate_offers {
  public:
    /// @param rate field 10: how many of its last seven digits are decimals, then the seven digits. Throws
    /// `std::invalid_argument`.
    void set(const std::string& prefix, std::uint16_t currency_number, const std::string& rate);
    /// What a card would pay; nothing where no rate is set for it.
    [[nodiscard]] std::optional<ports::conversion> offer(const std::string& number, const amount& local) const;
    /// Whether what a request says of a conversion holds together, and of a payment of its own (no field 61) is what
    /// this host offers now.
    [[nodiscard]] bool fits(const iso8583::message_view& request) const;

  private:
    struct rate_row {
        currency unit;
        std::string rate;
    };
    std::map<std::string, rate_row, std::greater<>> rates_; ///< longer beginnings before those that they begin with
};

} // namespace cipherlane::sim
