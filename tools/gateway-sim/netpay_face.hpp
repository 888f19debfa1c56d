#pragma once

#include "gateway-sim/notifier.hpp"
#include "gateway-sim/order_book.hpp"

#include <cipherlane/hostlink/gateway/netpay_signature.hpp>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <functional>
#include <map>
#include <set>
#include <string>

namespace cipherlane::sim {

/// Test keys of an application, in a folder: made at the first start. app.key, notice.key
struct netpay_test_keys {
    std::string app;
    std::string notice;
    /// @return what `secret_file` says of a file.
    [[nodiscard]] static result<netpay_test_keys> keep(const std::string& folder);
};

/// Application, merchant and terminal that the simulated gateway knows, and the source in front of its numbers.
inline constexpr std::string_view netpay_test_app = "10037e6f6823b20801682b6a5e5a0006";
inline constexpr std::string_view netpay_test_mid = "898340149000005";
inline constexpr std::string_view netpay_test_tid = "88880001";
inline constexpr std::string_view netpay_test_source = "3194";

/// 银联商务's netpay in front of the order book: checks what an application signs, in both forms, and signs its
/// notices. Its answers have no signature.
class netpay_face {
  public:
    using request_type = boost::beast::http::request<boost::beast::http::string_body>;
    using response_type = boost::beast::http::response<boost::beast::http::string_body>;
    /// What happens to an order at a verb: the fault's name, empty for none.
    using hit = std::function<std::string(const char* verb, const std::string& number)>;

    netpay_face(
        netpay_test_keys keys, order_book& orders, hit faults, std::function<void(const gateway_order&)> paid);

    [[nodiscard]] response_type serve(const request_type& request);
    /// A notice that an order was paid, signed: a form.
    [[nodiscard]] std::string notice_of(const gateway_order& order, signature how) const;

  private:
    struct told {
        nlohmann::json body;
        std::string fault; ///< "other_merchant", "no_json"
    };
    struct kept_refund {
        std::int64_t amount = 0;
        std::string status;
    };
    [[nodiscard]] std::string content_of(const request_type& request) const;
    [[nodiscard]] told route(const std::string& path, const nlohmann::json& wish);
    [[nodiscard]] told create(const nlohmann::json& wish);
    [[nodiscard]] told query(const nlohmann::json& wish);
    [[nodiscard]] told close(const nlohmann::json& wish);
    [[nodiscard]] told refund(const nlohmann::json& wish);
    [[nodiscard]] told pay(const nlohmann::json& wish);
    [[nodiscard]] told query_code(const nlohmann::json& wish);
    [[nodiscard]] told void_code(const nlohmann::json& wish);
    [[nodiscard]] nlohmann::json payment_of(const gateway_order& order) const;

    netpay_test_keys keys_;
    order_book& orders_;
    hit faults_;
    std::function<void(const gateway_order&)> paid_;
    std::map<std::string, std::string> codes_;       ///< a code's id, by order
    std::map<std::string, std::string> code_owners_; ///< the other way
    std::map<std::string, std::int64_t> failed_;     ///< charges that were refused, with their amounts
    std::set<std::string> voided_;
    std::set<std::string> late_;                 ///< whose payer pays once they are told as closed
    std::map<std::string, kept_refund> refunds_; ///< by their number
};

} // namespace cipherlane::sim
