#pragma once

#include "simulation/fingerprint.hpp"

#include <cipherlane/ports/qr_gateway.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::simulation {

/// A QR gateway's orders and its payers, in memory: the judge's witness of what payers were charged.
class wallet {
  public:
    struct refund {
        std::int64_t minor = 0;
        std::string key;     ///< the till's name for it, told by the world
        std::string payment; ///< which one it gives back
    };
    /// One payer's payment of an order.
    struct payment {
        std::string number;
        std::int64_t minor = 0;
        bool noticed = false; ///< the till has kept the notice of it
    };
    struct order {
        std::int64_t minor = 0;
        ports::qr_order_state state = ports::qr_order_state::waiting;
        std::chrono::milliseconds expires{0}; ///< since the day began
        std::string key;
        std::string merchant_id; ///< over HTTP
        std::string terminal_id;
        bool noticed = false; ///< the notice of its payment has been delivered
        bool charged = false; ///< by the payer's own code
        std::vector<payment> payments;
        std::map<std::string, refund> refunds;
        [[nodiscard]] std::int64_t refunded_of(std::string_view payment) const {
            std::int64_t sum = 0;
            for (const auto& one : refunds)
                sum += one.second.payment == payment ? one.second.minor : 0;
            return sum;
        }
        /// The payment that the order names: the last that was not given back, else the last.
        [[nodiscard]] std::string named() const;
        [[nodiscard]] std::int64_t refunded() const {
            std::int64_t sum = 0;
            for (const auto& one : refunds)
                sum += one.second.minor;
            return sum;
        }
    };

    /// The order; an earlier one of the same number if there is one.
    order& create(
        const std::string& number, std::int64_t minor, std::chrono::milliseconds expires, const std::string& key);
    /// Null if there is none. What has passed its time is expired by then.
    [[nodiscard]] order* find(std::string_view number, std::chrono::milliseconds now);
    /// Whether a gateway takes money by a code that is closed or paid.
    enum class taking : std::uint8_t { once_in_time, always };
    /// Whoever has scanned the code confirms. Nothing happens once it is too late, or paid.
    void pay(std::string_view number, std::chrono::milliseconds now, taking how = taking::once_in_time);
    /// What is undone: closed where nobody has paid, given back where somebody has.
    void undo(order& of);
    /// The same refund number is the same refund. False if it is more than is left of the payment, which is the one
    /// that the order names where none is named.
    [[nodiscard]] bool give_back(order& of, const std::string& number, std::int64_t minor, const std::string& key,
        const std::string& payment = {});
    [[nodiscard]] std::map<std::string, order, std::less<>>& orders() noexcept { return orders_; }

    void add_to(fingerprint& state) const;

    [[nodiscard]] const std::map<std::string, order, std::less<>>& orders() const noexcept { return orders_; }

  private:
    std::map<std::string, order, std::less<>> orders_;
};

} // namespace cipherlane::simulation
