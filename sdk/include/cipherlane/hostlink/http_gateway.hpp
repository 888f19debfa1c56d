#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/hostlink/gateway/gateway_link.hpp>
#include <cipherlane/hostlink/host_connector.hpp>
#include <cipherlane/hostlink/notification_listener.hpp>
#include <cipherlane/ports/qr_gateway.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace cipherlane::hostlink {

struct http_gateway_settings {
    std::string address; ///< HOST:PORT
    std::string merchant_id;
    std::chrono::milliseconds connect_timeout{5'000};
    std::chrono::milliseconds response_time{10'000};
    std::shared_ptr<const net::tls_client> tls; ///< see net/tls.hpp; null: plain HTTP
    plain_http plain = plain_http::loopback_only;
    std::string name; ///< by which records find it again; empty: its address
    /// Under which it was before: what was paid through these is this gateway's.
    std::vector<std::string> earlier_addresses;

    /// @return `hostlink_errc::bad_setting` with the field; "tls" where plain HTTP would leave this machine.
    [[nodiscard]] result<void> validate() const;
};

/// A QR gateway over HTTPS or HTTP and JSON, as docs/14-gateway-api.md writes it down: one connection for each
/// request. One thread at a time.
class http_gateway final : public ports::qr_gateway {
  public:
    /// @param listener takes notifications; may be null, then `wait_notification` is `unsupported`. Must outlive
    /// this.
    /// @param connect makes the connections, if it is there.
    [[nodiscard]] static result<std::unique_ptr<http_gateway>> create(const http_gateway_settings& settings,
        notification_listener* listener, logger log = {}, host_connector connect = {});
    ~http_gateway() override;

    /// Name, or address, and merchant.
    [[nodiscard]] std::string identity() const override;
    [[nodiscard]] std::vector<std::string> earlier_identities() const override;
    [[nodiscard]] bool takes_serial_block() const noexcept override { return true; }
    [[nodiscard]] result<ports::qr_order> create(const ports::qr_order_request& request, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> query(std::string_view order_number, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> cancel(std::string_view order_number, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> refund(
        const ports::qr_refund_request& request, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> charge(
        const ports::qr_charge_request& request, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> reverse(std::string_view order_number, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> wait_notification(
        std::string_view order_number, const call& bounds) override;
    /// The gateway's public key as PEM. For rigs: a till gets it on another way than the one it protects.
    [[nodiscard]] result<std::string> public_key(const call& bounds);

  private:
    struct state;
    explicit http_gateway(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::hostlink
