#pragma once

#include "gateway-sim/notifier.hpp"
#include "gateway-sim/order_book.hpp"

#include <cipherlane/hostlink/gateway/wechat_platform.hpp>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <functional>
#include <memory>
#include <set>
#include <string>

namespace cipherlane::sim {

/// Test keys of a WeChat merchant and of the platform, in a folder: made at the first start.
/// merchant_key.pem, merchant_public.pem, platform_key.pem, platform_public.pem, api_v3.key
struct wechat_test_keys {
    std::string merchant_public; ///< PEM
    std::string api_v3_key;      ///< 32 characters
    std::string certificate;     ///< PEM, of the platform's key: new at each start
    std::shared_ptr<const notification_signer> platform;
    /// @return what `secret_file` says of a file.
    [[nodiscard]] static result<wechat_test_keys> keep(const std::string& folder);
};

/// The merchant that the simulated platform knows.
inline constexpr std::string_view wechat_test_mchid = "1999000001";
inline constexpr std::string_view wechat_test_appid = "wx0123456789abcdef";
/// A merchant whom that one may serve as a partner (服务商); its orders are told with both.
inline constexpr std::string_view wechat_test_sub_mchid = "1999000008";
inline constexpr std::string_view wechat_test_serial = "5AF1C0DE00000000000000000000000000000001";
inline constexpr std::string_view wechat_test_certificate = "7E57C0DE00000000000000000000000000000003";
inline constexpr std::string_view wechat_test_key_id = "PUB_KEY_ID_0119990000012026092100000001";

/// WeChat Pay's API v3 in front of the order book: checks what a merchant signs, signs what it answers, seals and
/// signs notices, answers 202 while a password is typed. What goes wrong on purpose is told by the fault's name.
class wechat_face {
  public:
    using request_type = boost::beast::http::request<boost::beast::http::string_body>;
    using response_type = boost::beast::http::response<boost::beast::http::string_body>;
    /// What happens to an order at a verb: the fault's name, empty for none.
    using hit = std::function<std::string(const char* verb, const std::string& number)>;

    wechat_face(
        wechat_test_keys keys, order_book& orders, hit faults, std::function<void(const gateway_order&)> paid);

    [[nodiscard]] response_type serve(const request_type& request);
    /// A notice that an order was paid.
    [[nodiscard]] std::string notice_of(const gateway_order& order) const;
    /// The header of a notice.
    [[nodiscard]] notice_header header_of(std::string_view body, signature how) const;

  private:
    /// What is answered, before it is signed.
    struct told {
        unsigned status = 200;
        nlohmann::json body; ///< null: none
        std::string fault;   ///< "unsigned", "forged"
    };
    [[nodiscard]] told route(const request_type& request);
    [[nodiscard]] told create(const nlohmann::json& wish);
    [[nodiscard]] told charge(const nlohmann::json& wish);
    [[nodiscard]] told query(const std::string& number);
    [[nodiscard]] told close(const std::string& number);
    [[nodiscard]] told reverse(const std::string& number);
    [[nodiscard]] told refund(const nlohmann::json& wish);
    [[nodiscard]] told query_refund(const std::string& number);
    /// A refund that was done, as it is told.
    [[nodiscard]] static nlohmann::json refund_json(const gateway_order& order, const std::string& name);
    [[nodiscard]] told bill(const std::string& target);
    [[nodiscard]] std::string bill_text();
    [[nodiscard]] nlohmann::json certificates() const;
    void check_signature(const request_type& request) const;
    [[nodiscard]] nlohmann::json order_json(const gateway_order& order, const std::string& fault) const;
    [[nodiscard]] response_type signed_answer(const told& what) const;

    wechat_test_keys keys_;
    hostlink::signature_key merchant_;
    order_book& orders_;
    hit faults_;
    std::function<void(const gateway_order&)> paid_;
    std::set<std::string> closed_;
    std::map<std::string, nlohmann::json> refunds_; ///< by their number, as they are told
};

} // namespace cipherlane::sim
