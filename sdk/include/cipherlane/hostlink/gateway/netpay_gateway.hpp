#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/hostlink/gateway/gateway_link.hpp>
#include <cipherlane/hostlink/gateway/netpay_platform.hpp>
#include <cipherlane/hostlink/host_connector.hpp>
#include <cipherlane/hostlink/notification_listener.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/ports/qr_gateway.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace cipherlane::hostlink::netpay {

/// How a request is signed.
enum class request_form : std::uint8_t {
    body_sig,   ///< OPEN-BODY-SIG: a header over the body
    form_param, ///< OPEN-FORM-PARAM: the same as fields, in the address
};

struct gateway_settings : gateway_link {
    std::string bills_path = "/v1/netpay/bills/";
    std::string codes_path = "/v6/poslink/transaction/"; ///< of payers' codes
    request_form form = request_form::body_sig;
    std::string merchant_id;      ///< the till's, in what it is told
    std::string notify_url;       ///< empty: the listener's own
    std::string subject = "收款"; ///< where an order has none
    /// How long a request whose answer was lost may still be on its way: until then "no such order" is no verdict.
    std::chrono::milliseconds longest_way{60'000};
    std::chrono::milliseconds refund_poll{10'000}; ///< between two questions after a refund
    /// The `errCode` by which the query of a payer's code says that there is no such charge, as its merchant has seen
    /// it in the test system: netpay's own text names none. It counts on the charge's own day, as the query names no
    /// other, and not within 15 minutes of midnight, as the two clocks may differ. Empty: a charge that netpay does
    /// not know is a person's.
    std::string no_charge_code;

    /// @return `hostlink_errc::bad_setting` with the field.
    [[nodiscard]] result<void> validate() const;
};

/// 银联商务 (ChinaUMS), netpay: bills with a code to be scanned (C扫B), payers' codes (poslink), refunds. Answers are
/// not signed: TLS proves them, and they count if they name merchant, terminal, number and day. One thread at a time.
///
/// A bill's number is the source's four characters and the till's number, which therefore must have the till's form;
/// the day is in it. A refund of the same number is the same refund. A payer's code is undone by a void; a charge's
/// refund is refused here.
class gateway final : public ports::qr_gateway {
  public:
    /// @param listener takes notifications; may be null, then the till asks. Must outlive this, as `clock` must.
    /// @param connect makes the connections, if it is there.
    /// @return `hostlink_errc::bad_setting`.
    [[nodiscard]] static result<std::unique_ptr<gateway>> create(const gateway_settings& settings,
        std::shared_ptr<const platform> known, const ports::clock& clock, notification_listener* listener,
        logger log = {}, host_connector connect = {});
    ~gateway() override;

    /// "netpay", merchant and terminal.
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

} // namespace cipherlane::hostlink::netpay
