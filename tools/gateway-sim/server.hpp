#pragma once

#include "simkit/control_address.hpp"
#include "simkit/idle_watch.hpp"

#include <cipherlane/core/logger.hpp>
#include <cipherlane/core/result.hpp>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace cipherlane::sim {

struct gateway_settings {
    std::uint16_t port = 0;  ///< HTTP; 0: any free one
    control_address control; ///< of the rig
    std::uint64_t seed = 1;
    std::chrono::milliseconds idle = usual_idle_time; ///< for a till's next request on a connection
    std::string ledger;                               ///< JSON file of the orders, kept over a restart; empty: none
    std::string key_file; ///< PEM of the signing key, made if it is not there; empty: a new key at each start
    std::string
        wechat_keys; ///< folder of `wechat_test_keys`: then it speaks as WeChat Pay; empty: as the document says
    std::string alipay_keys;   ///< folder of `alipay_test_keys`: then it speaks as Alipay
    std::string netpay_keys;   ///< folder of `netpay_test_keys`: then it speaks as 银联商务
    std::string unionpay_keys; ///< folder of `unionpay_test_keys`: then it speaks as UnionPay
};

/// `cipherlane-gateway-sim`: the QR gateway of `docs/14-gateway-api.md` over HTTP. Paying is a command of its control
/// channel, `{"cmd":"pay","order_number":"…"}`, as a payer's wallet is not part of it.
class gateway_server {
  public:
    [[nodiscard]] static result<std::unique_ptr<gateway_server>> start(
        boost::asio::io_context& on, const gateway_settings& settings, logger log);
    gateway_server(const gateway_server&) = delete;
    gateway_server& operator=(const gateway_server&) = delete;
    ~gateway_server();

    [[nodiscard]] std::uint16_t port() const noexcept;
    /// "127.0.0.1:PORT" or "unix:PATH".
    [[nodiscard]] std::string control_place() const;
    /// Serves the control channel. On the thread of the io_context, or before it runs.
    [[nodiscard]] nlohmann::json control(const nlohmann::json& request);
    /// PEM of the key that signs notifications.
    [[nodiscard]] const std::string& public_key() const noexcept;

  private:
    struct impl;
    explicit gateway_server(std::shared_ptr<impl> body);
    std::shared_ptr<impl> impl_;
};

} // namespace cipherlane::sim
