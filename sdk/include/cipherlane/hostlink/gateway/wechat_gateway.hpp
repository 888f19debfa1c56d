#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/hostlink/gateway/gateway_link.hpp>
#include <cipherlane/hostlink/gateway/wechat_platform.hpp>
#include <cipherlane/hostlink/host_connector.hpp>
#include <cipherlane/hostlink/notification_listener.hpp>
#include <cipherlane/ports/qr_gateway.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace cipherlane::hostlink::wechat {

struct gateway_settings : gateway_link {
    std::string merchant_id;          ///< the till's, in what it is told; WeChat's own is `merchant::mchid`
    std::string notify_url;           ///< https, without a query; empty: the listener's own
    std::string description = "收款"; ///< where an order has no subject
    /// How long a request whose answer was lost may still be on its way: until then "no such order" is no verdict on
    /// a charge.
    std::chrono::milliseconds longest_way{60'000};
    std::chrono::milliseconds refund_poll{1'000}; ///< between two questions after a refund
    /// Whether a sale may wait while certificates are fetched that it can do without; not where a
    /// `certificate_keeper` does so. Without any key, and for an answer whose key is not here, it waits all the same.
    bool refreshes_in_sale = true;

    /// @return `hostlink_errc::bad_setting` with the field.
    [[nodiscard]] result<void> validate() const;
};

/// WeChat Pay (微信支付), API v3: native orders, payment codes, refunds, as a direct merchant or a partner. Every
/// answer of 2xx is signed by the platform and names merchant, application and order, or it is none. One thread at a
/// time.
///
/// What stands in the port's words: an order that is (partly) refunded and was not by this till is `not_done_yet`, as
/// nothing says how much of it is left; a refund counts once WeChat says SUCCESS, until then it is `not_done_yet`.
class gateway final : public ports::qr_gateway {
  public:
    /// A day's bill as it came.
    struct downloaded_bill {
        std::string file;
        bool proved = true; ///< its digest is the announced one; else it is another file, or was changed on its way
    };

    /// @param listener takes notifications; may be null, then the till asks. Must outlive this, as the platform's
    /// clock must.
    /// @param connect makes the connections, if it is there.
    /// @return `hostlink_errc::bad_setting`; `bad_key` where our own key is given as the platform's.
    [[nodiscard]] static result<std::unique_ptr<gateway>> create(const gateway_settings& settings,
        std::shared_ptr<platform> known, std::shared_ptr<const request_signer> signer,
        notification_listener* listener, logger log = {}, host_connector connect = {});
    ~gateway() override;

    /// "wechat", the merchant and the one it serves.
    [[nodiscard]] std::string identity() const override;
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

    /// Fetches the platform's certificates now. `rejected_by_peer` with "404": a merchant with a public key alone.
    [[nodiscard]] result<void> refresh_certificates(const call& bounds);
    [[nodiscard]] std::optional<std::chrono::seconds> clock_offset() const override;

    enum class bill_kind : std::uint8_t { all, success, refund };
    /// The bill of a day, "2026-09-21", as it was published (UTF-8, CSV). One whose digest does not fit is kept, and
    /// said: nobody may build on it, and somebody may want to see it.
    /// @return `rejected_by_peer` where it is not ready or there is none.
    [[nodiscard]] result<downloaded_bill> bill(std::string_view day, bill_kind kind, const call& bounds);

  private:
    struct state;
    explicit gateway(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::hostlink::wechat
