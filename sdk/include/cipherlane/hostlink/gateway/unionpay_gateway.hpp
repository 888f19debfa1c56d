#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/hostlink/gateway/gateway_link.hpp>
#include <cipherlane/hostlink/gateway/unionpay_platform.hpp>
#include <cipherlane/hostlink/host_connector.hpp>
#include <cipherlane/hostlink/notification_listener.hpp>
#include <cipherlane/ports/qr_gateway.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace cipherlane::hostlink::unionpay {

struct gateway_settings : gateway_link {
    std::string path = "/gateway/api/backTransReq.do";
    std::string query_path = "/gateway/api/queryTrans.do";
    std::string merchant_id; ///< the till's, in what it is told
    std::string notify_url;  ///< `backUrl`; empty: the listener's own
    /// How long a request whose answer was lost may still be on its way: until then "no such trade" (34) is no
    /// verdict on a charge.
    std::chrono::milliseconds longest_way{120'000};
    /// How long a code that somebody else may have asked for, as the till before a restart, can be scanned, from the
    /// time in its number: until then 34 means that nobody has scanned it.
    std::chrono::seconds longest_code{7'200};
    std::chrono::milliseconds refund_poll{10'000}; ///< between two questions after a refund

    /// @return `hostlink_errc::bad_setting` with the field.
    [[nodiscard]] result<void> validate() const;
};

/// UnionPay (银联), acp 5.1.0, 二维码: codes to be scanned (主扫), payment codes (被扫), refunds. An answer counts if
/// the certificate in it leads to the given root, it signs the whole, and merchant, number and time are ours. One
/// thread at a time.
///
/// UnionPay knows a trade by its number and its time. The number therefore has its time in it, behind its first eight
/// characters ("TEST000120260921221320…"), as the till makes them: another number is `bad_setting`, with nothing
/// sent. There is no closing: `cancel` tells what has become of the order, `waiting` while its code can be scanned.
/// A code's text is told once: asked for again by another till its order is `not_done_yet`. A charge is undone by a
/// reversal (冲正) where its end is not known, by a void (消费撤销, same day) where it was paid.
class gateway final : public ports::qr_gateway {
  public:
    /// @param listener takes notifications; may be null, then the till asks. Must outlive this.
    /// @param connect makes the connections, if it is there.
    /// @return `hostlink_errc::bad_setting`; `bad_key` where the signer's key is not that of the certificate.
    [[nodiscard]] static result<std::unique_ptr<gateway>> create(const gateway_settings& settings,
        std::shared_ptr<const platform> known, std::shared_ptr<const request_signer> signer,
        notification_listener* listener, logger log = {}, host_connector connect = {});
    ~gateway() override;

    /// "unionpay" and the merchant.
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

  private:
    struct state;
    explicit gateway(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::hostlink::unionpay
