#pragma once

#include "gateway-sim/notifier.hpp"
#include "gateway-sim/order_book.hpp"

#include <cipherlane/hostlink/gateway/unionpay_signature.hpp>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace cipherlane::sim {

/// Test keys and certificates of a merchant and of UnionPay, in a folder: made at the first start.
/// merchant_key.pem, merchant_certificate.pem, platform_key.pem, platform_certificate.pem, root_key.pem, root.pem
struct unionpay_test_keys {
    std::string merchant_certificate; ///< PEM
    std::string certificate;          ///< UnionPay's, as it comes with every answer
    std::shared_ptr<const notification_signer> platform;
    /// @return what `secret_file` says of a file.
    [[nodiscard]] static result<unionpay_test_keys> keep(const std::string& folder);
};

/// The merchant that the simulated gateway knows.
inline constexpr std::string_view unionpay_test_merchant = "777290058110048";

/// UnionPay's acp 5.1.0 in front of the order book: checks what a merchant signs, signs what it answers, with its
/// certificate, and its notices. A trade is known by number and time, and made by the scan: until then its query is
/// answered 34.
class unionpay_face {
  public:
    using request_type = boost::beast::http::request<boost::beast::http::string_body>;
    using response_type = boost::beast::http::response<boost::beast::http::string_body>;
    /// What happens to an order at a verb: the fault's name, empty for none.
    using hit = std::function<std::string(const char* verb, const std::string& number)>;

    unionpay_face(
        unionpay_test_keys keys, order_book& orders, hit faults, std::function<void(const gateway_order&)> paid);

    [[nodiscard]] response_type serve(const request_type& request);
    /// A notice that an order was paid, signed: a form.
    [[nodiscard]] std::string notice_of(const gateway_order& order, signature how) const;

  private:
    struct told {
        hostlink::parameters body;
        std::string fault; ///< "unsigned", "forged", …
    };
    /// A trade beside the orders: a refund, and what undoes a charge.
    struct side_trade {
        std::int64_t amount = 0;
        std::string code; ///< `origRespCode`
    };
    [[nodiscard]] told route(const std::string& target, const hostlink::parameters& wish);
    [[nodiscard]] told create(const hostlink::parameters& wish);
    [[nodiscard]] told charge(const hostlink::parameters& wish);
    [[nodiscard]] told query(const hostlink::parameters& wish);
    [[nodiscard]] told undo(const hostlink::parameters& wish, const std::string& number);
    [[nodiscard]] told refund(const hostlink::parameters& wish);
    [[nodiscard]] std::string order_of(const std::string& transaction_number);
    void check_signature(const hostlink::parameters& wish) const;
    void sign(hostlink::parameters& all, signature how) const;
    [[nodiscard]] response_type signed_answer(const hostlink::parameters& wish, told what) const;

    unionpay_test_keys keys_;
    hostlink::signature_key merchant_;
    std::string cert_id_;
    order_book& orders_;
    hit faults_;
    std::function<void(const gateway_order&)> paid_;
    std::map<std::string, side_trade> beside_; ///< by `orderId`
};

} // namespace cipherlane::sim
