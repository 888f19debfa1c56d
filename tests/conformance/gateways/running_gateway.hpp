#pragma once

#include "gateway-sim/server.hpp"
#include "simkit/control_client.hpp"
#include "support/temporary_folder.hpp"
#include "support/whole_file.hpp"

#include <cipherlane/hostlink/gateway/alipay_gateway.hpp>
#include <cipherlane/hostlink/gateway/netpay_gateway.hpp>
#include <cipherlane/hostlink/gateway/unionpay_gateway.hpp>
#include <cipherlane/hostlink/gateway/wechat_gateway.hpp>
#include <cipherlane/hostlink/http_gateway.hpp>

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <thread>

namespace cipherlane::tests {

/// A simulated gateway on a thread of its own, with its rig.
class running_gateway {
  public:
    explicit running_gateway(const sim::gateway_settings& settings)
        : server_(sim::gateway_server::start(io_, settings, logger::none()).value())
        , rig_(sim::control_client::connect(server_->control_place()).value())
        , thread_([this] { io_.run(); }) {}
    running_gateway(const running_gateway&) = delete;
    running_gateway& operator=(const running_gateway&) = delete;
    ~running_gateway() {
        io_.stop();
        thread_.join();
    }
    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(server_->port()); }
    [[nodiscard]] const std::string& public_key() const { return server_->public_key(); }
    nlohmann::json ask(const nlohmann::json& request) { return rig_.ask(request); }
    /// What goes wrong at a verb, so many times.
    void plan(const std::string& kind, const std::string& verb, int times = 1) {
        ask({{"cmd", "faults"}, {"set", {{{"kind", kind}, {"match", verb}, {"times", times}}}}});
    }
    /// Two at once, each once.
    void plan_both(const std::string& kind, const std::string& verb, const std::string& then, const std::string& at) {
        ask({{"cmd", "faults"}, {"set", {{{"kind", kind}, {"match", verb}, {"times", 1}},
                                            {{"kind", then}, {"match", at}, {"times", 1}}}}});
    }
    /// With every request, so many times.
    void plan_with_all(const std::string& kind, int times) {
        ask({{"cmd", "faults"}, {"set", {{{"kind", kind}, {"match", "GET"}, {"times", times}},
                                            {{"kind", kind}, {"match", "POST"}, {"times", times}}}}});
    }
    void no_faults() { ask({{"cmd", "faults"}, {"set", nlohmann::json::array()}}); }
    void pay(const std::string& number, const std::string& payer = "usual") {
        ask({{"cmd", "pay"}, {"order_number", number}, {"payer", payer}});
    }
    /// The gateway says what it was, and whose.
    void pay_from(const std::string& number, const std::string& from, const std::string& who) {
        ask({{"cmd", "pay"}, {"order_number", number}, {"from", from}, {"who", who}});
    }
    [[nodiscard]] nlohmann::json order(const std::string& number) {
        const auto all = ask({{"cmd", "orders"}});
        for (const auto& one : all.at("orders"))
            if (one.at("order_number") == number) return one;
        return {};
    }

  private:
    boost::asio::io_context io_;
    std::unique_ptr<sim::gateway_server> server_;
    sim::control_client rig_;
    std::thread thread_;
};

/// A gateway's client with the simulator that it speaks to, made with the folder of test keys.
struct gateway_under_test {
    std::string name;
    std::unique_ptr<running_gateway> simulator;
    std::unique_ptr<hostlink::notification_listener> listener{};
    std::unique_ptr<ports::qr_gateway> client{};
    bool tells_terminal = true; ///< with a notice
    bool timed = false;         ///< takes only numbers that say when they were made
    bool closes = true;         ///< an order can be closed before its code ends
};

inline constexpr const char* till_merchant = "TESTMERCH000001";

[[nodiscard]] gateway_under_test make_own_gateway();
[[nodiscard]] gateway_under_test make_wechat_gateway();
[[nodiscard]] gateway_under_test make_alipay_gateway();
[[nodiscard]] gateway_under_test make_unionpay_gateway();
[[nodiscard]] gateway_under_test make_netpay_gateway();
/// Once `make_netpay_gateway` has made the keys.
[[nodiscard]] std::string netpay_key_file(const char* name);
[[nodiscard]] std::unique_ptr<hostlink::netpay::gateway> make_netpay_client(
    const hostlink::netpay::gateway_settings& settings, hostlink::notification_listener* listener = nullptr,
    const ports::clock* clock = nullptr);
/// An order's or a refund's ("REFUND-…") number as the till makes them, with its time; always the same.
[[nodiscard]] std::string timed_number(const std::string& name);
/// Once `make_unionpay_gateway` has made the keys.
[[nodiscard]] std::string unionpay_key_file(const char* name);
[[nodiscard]] std::shared_ptr<const hostlink::unionpay::platform> unionpay_test_platform(
    const std::string& served = {});
/// With the same keys, reached as `settings` say. @param served of the merchant that a platform serves.
[[nodiscard]] std::unique_ptr<hostlink::unionpay::gateway> make_unionpay_client(
    const hostlink::unionpay::gateway_settings& settings, hostlink::notification_listener* listener = nullptr,
    const std::string& served = {});
/// Once `make_wechat_gateway` has made the keys.
[[nodiscard]] std::shared_ptr<hostlink::wechat::platform> wechat_test_platform();
/// Without any key; of a partner where it names whom that one serves.
[[nodiscard]] std::shared_ptr<hostlink::wechat::platform> wechat_empty_platform(const std::string& sub_mchid = {});
[[nodiscard]] std::string wechat_key_file(const char* name);
[[nodiscard]] std::string alipay_key_file(const char* name);
/// With the same keys, reached as `settings` say; nobody listens for it.
[[nodiscard]] std::unique_ptr<hostlink::alipay::gateway> make_alipay_client(
    const hostlink::alipay::gateway_settings& settings, hostlink::notification_listener* listener = nullptr,
    hostlink::host_connector connect = {});
/// With the same keys, reached as `settings` say; nobody listens for it.
[[nodiscard]] std::unique_ptr<hostlink::wechat::gateway> make_wechat_client(
    const hostlink::wechat::gateway_settings& settings, hostlink::notification_listener* listener = nullptr,
    hostlink::host_connector connect = {});

} // namespace cipherlane::tests
