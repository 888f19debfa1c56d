#pragma once

#include "gateway-sim/notifier.hpp"
#include "gateway-sim/order_book.hpp"

#include <cipherlane/hostlink/gateway/alipay_signature.hpp>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <functional>
#include <memory>
#include <set>
#include <string>

namespace cipherlane::sim {

/// Test keys of an application and of Alipay, in a folder: made at the first start.
/// merchant_key.pem, merchant_public.pem, platform_key.pem, platform_public.pem
struct alipay_test_keys {
    std::string app_public; ///< PEM
    std::shared_ptr<const notification_signer> platform;
    /// @return what `secret_file` says of a file.
    [[nodiscard]] static result<alipay_test_keys> keep(const std::string& folder);
};

/// The application that the simulated gateway knows, and who sells.
inline constexpr std::string_view alipay_test_app = "2026000000000001";
inline constexpr std::string_view alipay_test_seller = "2088000000000009";
/// Of a merchant that the application may act for (服务商).
inline constexpr std::string_view alipay_test_token = "202609BBe1c0000000000000000000X09";

/// Alipay's gateway.do in front of the order book: checks what an application signs, signs its answers and notices. A
/// trade is made by the scan: until it is paid or closed an order is told as ACQ.TRADE_NOT_EXIST.
class alipay_face {
  public:
    using request_type = boost::beast::http::request<boost::beast::http::string_body>;
    using response_type = boost::beast::http::response<boost::beast::http::string_body>;
    /// What happens to an order at a verb: the fault's name, empty for none.
    using hit = std::function<std::string(const char* verb, const std::string& number)>;

    alipay_face(
        alipay_test_keys keys, order_book& orders, hit faults, std::function<void(const gateway_order&)> paid);

    [[nodiscard]] response_type serve(const request_type& request);
    /// A notice that an order was paid, signed: a form.
    [[nodiscard]] std::string notice_of(const gateway_order& order, signature how) const;

  private:
    struct told {
        nlohmann::json body;
        std::string fault; ///< "unsigned", "forged"
    };
    /// @param host by which the request came, where the bill lies, too.
    [[nodiscard]] told route(const std::string& method, const nlohmann::json& wish, const std::string& notify_url,
        const std::string& host);
    [[nodiscard]] told create(const nlohmann::json& wish, const std::string& notify_url);
    [[nodiscard]] told charge(const nlohmann::json& wish, const std::string& notify_url);
    [[nodiscard]] told query(const std::string& number);
    [[nodiscard]] told close(const std::string& number);
    [[nodiscard]] told cancel(const std::string& number);
    [[nodiscard]] told refund(const nlohmann::json& wish);
    [[nodiscard]] told query_refund(const nlohmann::json& wish);
    /// The day's business details and their sums, in an archive.
    [[nodiscard]] std::string bill_archive();
    [[nodiscard]] hostlink::parameters checked(const request_type& request) const;
    [[nodiscard]] response_type signed_answer(const std::string& method, const told& what) const;

    alipay_test_keys keys_;
    hostlink::signature_key app_;
    order_book& orders_;
    hit faults_;
    std::function<void(const gateway_order&)> paid_;
    std::set<std::string> late_;                    ///< whose payer pays once they are closed
    std::map<std::string, nlohmann::json> refunds_; ///< by their number
};

} // namespace cipherlane::sim
