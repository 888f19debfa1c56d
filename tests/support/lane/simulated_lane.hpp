#pragma once

#include "acquirer-sim/server.hpp"
#include "gateway-sim/server.hpp"
#include "hsm-sim/wire/server.hpp"
#include "support/lane/fake_devices.hpp"
#include "support/lane/lane_rig.hpp"
#include "support/memory_folder.hpp"
#include "support/temporary_folder.hpp"

#include <cipherlane/till/till.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace cipherlane::tests {

/// A reader in memory: gives the card that it is told to, without a PIN.
class table_reader : public ports::pinpad {
  public:
    std::string number;
    std::string expiry = "3012";
    std::optional<condition> refuses; ///< ends the card so: cancelled or timed out
    std::vector<bytes> master_keys;   ///< that it was given; it believes each
    [[nodiscard]] bool takes_master_key() const noexcept override { return true; }
    [[nodiscard]] result<void> load_master_key(const ports::wrapped_key& key, const call& bounds) override;

    [[nodiscard]] result<void> open(const call& bounds) override;
    [[nodiscard]] result<ports::card_data> read_card(const ports::card_request& request, const call& bounds) override;
    [[nodiscard]] result<secret_bytes> enter_pin(const ports::pin_request& request, const call& bounds) override;
    [[nodiscard]] result<void> finish(std::string_view line1, std::string_view line2, const call& bounds) override;
    [[nodiscard]] result<void> show(std::string_view line1, std::string_view line2, const call& bounds) override;
    [[nodiscard]] result<void> close(const call& bounds) override;
};

/// The simulators of a lane in this process, on sockets of their own, and a till that reaches them as any till does;
/// reader and display are fakes. Up in a few milliseconds, for tests that try one fault after the other.
class simulated_lane {
  public:
    /// @param profile of the cipher machine behind the host.
    explicit simulated_lane(const std::string& gateway_ledger = {}, const std::string& profile = "payshield");
    simulated_lane(const simulated_lane&) = delete;
    simulated_lane& operator=(const simulated_lane&) = delete;
    ~simulated_lane();

    /// The settings of the till; a test may change them before it opens one.
    till_settings settings;
    /// A till of these settings over these devices; its timeline is `seen`.
    [[nodiscard]] till open();

    /// One command for the host or the gateway. Throws what the simulator says.
    nlohmann::json host(const nlohmann::json& command);
    nlohmann::json gateway(const nlohmann::json& command);
    /// The host's faults from here on.
    void host_faults(const nlohmann::json& list) { host({{"cmd", "faults"}, {"set", list}}); }
    void pay(const std::string& order, const char* payer = "usual") {
        gateway({{"cmd", "pay"}, {"order_number", order}, {"payer", payer}});
    }
    void gateway_faults(const nlohmann::json& list) { gateway({{"cmd", "faults"}, {"set", list}}); }
    /// What the payer does when a code is on the display: `act` is called with the order's number.
    void when_shown(std::function<void(const std::string&)> act);
    /// What the card has left, minor units.
    [[nodiscard]] std::int64_t balance();
    /// State of the first trade in the host's books.
    [[nodiscard]] std::string state_at_host();
    /// The number of the order at the gateway that waits; of some order where none does.
    [[nodiscard]] std::string last_order();

    static constexpr std::int64_t balance_at_first = 500'000;

    table_reader reader;
    ports::pinpad* pad = nullptr; ///< in the place of `reader`, of tills that are opened from here on
    fault_script display_faults;
    fake_display display{display_faults};
    watched_timeline seen;
    ports::currency_chooser* chooser = nullptr; ///< of tills that are opened from here on
    memory_folder folder;                       ///< of the journal
    temporary_folder keys;                      ///< never beside the journal

  private:
    hsm_sim::unit unit_;
    std::unique_ptr<hsm_sim::server> machine_;
    boost::asio::io_context io_;
    std::unique_ptr<sim::acquirer_server> acquirer_;
    std::unique_ptr<sim::gateway_server> gateway_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::thread thread_;
};

} // namespace cipherlane::tests
