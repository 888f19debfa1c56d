#pragma once

#include "acquirer-sim/issuer.hpp"
#include "acquirer-sim/ledger.hpp"
#include "acquirer-sim/security.hpp"
#include "simkit/fault_plan.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/logger.hpp>
#include <cipherlane/iso8583/field60.hpp>
#include <cipherlane/iso8583/message.hpp>
#include <cipherlane/iso8583/message_view.hpp>
#include <cipherlane/iso8583/transaction.hpp>

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::sim {

/// What goes back to a terminal, and what goes wrong with it on purpose.
struct host_reply {
    bytes message; ///< with its length; empty: nothing is sent
    std::chrono::milliseconds delay{0};
    int copies = 1;
    bool hang_up_first = false; ///< close instead of answering
};

/// The simulated acquirer without its sockets: one request message in, one reply out (`cup-pos`).
///
/// Checks the MAC before it believes a field, translates each PIN, books in the ledger, makes the answer's MAC. Asks
/// the cipher machine at most three times a sale. Not thread-safe; throws `std::runtime_error` if the ledger fails.
class host_core {
  public:
    using wall_clock = std::function<std::chrono::system_clock::time_point()>;

    host_core(ledger& books, security& keys, issuer& bank, fault_plan& faults, logger log, wall_clock now);

    /// `body`: a message without its length.
    [[nodiscard]] host_reply handle(byte_view body);

    /// Serves `state`, `cards`, `trades`, `counters`, `sign_in_again` and `faults` of the control channel.
    [[nodiscard]] nlohmann::json control(const nlohmann::json& request);

  private:
    struct exchange; // one request and the answer that is being made for it

    void dispatch(exchange& on);
    void sign_in(exchange& on);
    void sale(exchange& on);
    void balance(exchange& on);
    void void_sale(exchange& on);
    void refund(exchange& on);
    void pre_auth(exchange& on);
    void pre_auth_void(exchange& on);
    void completion(exchange& on);
    void completion_void(exchange& on);
    void reversal(exchange& on);
    void settle(exchange& on);
    void upload(exchange& on);
    void upload_refund(exchange& on);
    void upload_end(exchange& on);

    [[nodiscard]] bool mac_fits(exchange& on);
    [[nodiscard]] std::optional<bytes> translated_pin(exchange& on);
    void book(exchange& on, ledger_trade trade, std::int64_t money);
    /// A sale's or a pre-authorisation's own part: PIN, account, money from the card.
    void charge(exchange& on, ports::trade kind);
    /// What has the same trace was there already, or was reversed before it came: neither may move money.
    [[nodiscard]] bool known(const exchange& on);
    /// What a request of that kind names as its original, if it may be one.
    [[nodiscard]] std::optional<ledger_trade> original_of(const exchange& on, ports::trade kind);
    [[nodiscard]] bytes seal(exchange& on);
    [[nodiscard]] host_reply deliver(exchange& on);

    ledger& books_;
    security& keys_;
    issuer& bank_;
    fault_plan& faults_;
    logger log_;
    wall_clock now_;
    std::map<std::string, std::uint64_t> counters_;
    bool ask_sign_in_ = false;
};

} // namespace cipherlane::sim
