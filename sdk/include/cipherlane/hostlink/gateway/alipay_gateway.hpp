#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/hostlink/gateway/alipay_platform.hpp>
#include <cipherlane/hostlink/gateway/gateway_link.hpp>
#include <cipherlane/hostlink/host_connector.hpp>
#include <cipherlane/hostlink/notification_listener.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/ports/qr_gateway.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace cipherlane::hostlink::alipay {

struct gateway_settings : gateway_link {
    std::string path = "/gateway.do";
    std::string merchant_id;      ///< the till's, in what it is told
    std::string notify_url;       ///< empty: the listener's own
    std::string subject = "收款"; ///< where an order has none
    /// How long a request whose answer was lost may still be on its way: until then "no such trade" is no verdict on
    /// a charge.
    std::chrono::milliseconds longest_way{60'000};
    /// How long a code that somebody else may have asked for, as the till before a restart, can be scanned: until
    /// then "no such trade" means that nobody has scanned it.
    std::chrono::seconds longest_code{7'200};
    std::chrono::milliseconds refund_poll{10'000}; ///< between two questions after a refund

    /// @return `hostlink_errc::bad_setting` with the field.
    [[nodiscard]] result<void> validate() const;
};

/// Alipay (支付宝), open API at gateway.do: precreated orders, payment codes, refunds. An answer counts if its very
/// bytes are signed by Alipay and name the order. One thread at a time.
///
/// A trade is made by the scan, not by the order: until somebody scans there is none, and the order is `waiting`
/// until its code ends. A refund counts once Alipay has moved the money (`fund_change` Y, or REFUND_SUCCESS).
class gateway final : public ports::qr_gateway {
  public:
    /// A day's bill (业务明细), as its archive has it: CSV in GBK.
    struct downloaded_bill {
        std::string details; ///< a line for each payment and refund: the form `alipay-bill` of reconciliation
        std::string summary; ///< 业务明细(汇总); empty: the archive has none
    };

    /// @param listener takes notifications; may be null, then the till asks. Must outlive this, as `clock` must.
    /// @param connect makes the connections, if it is there.
    /// @return `hostlink_errc::bad_setting`; `bad_key` where the application's own key is given as Alipay's.
    [[nodiscard]] static result<std::unique_ptr<gateway>> create(const gateway_settings& settings,
        std::shared_ptr<const platform> known, std::shared_ptr<const request_signer> signer,
        const ports::clock& clock, notification_listener* listener, logger log = {}, host_connector connect = {});
    ~gateway() override;

    /// "alipay" and the application.
    [[nodiscard]] std::string identity() const override;
    [[nodiscard]] std::optional<std::chrono::seconds> clock_offset() const override;
    [[nodiscard]] result<ports::qr_order> create(const ports::qr_order_request& request, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> query(std::string_view order_number, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> cancel(std::string_view order_number, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> charge(
        const ports::qr_charge_request& request, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> reverse(std::string_view order_number, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> refund(
        const ports::qr_refund_request& request, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> wait_notification(
        std::string_view order_number, const call& bounds) override;

    /// The bill of a day, "2026-09-21": ready at 9:00 of the next one. Alipay's signed answer says where it lies, at
    /// whatever host, within 30 s; what is there has no signature: TLS by `gateway_link::tls` proves it, and without
    /// TLS nothing but this machine is asked.
    /// @return `rejected_by_peer` where it is not ready or there is none; `unreadable_answer` of what is no archive.
    [[nodiscard]] result<downloaded_bill> bill(std::string_view day, const call& bounds);

  private:
    struct state;
    explicit gateway(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::hostlink::alipay
