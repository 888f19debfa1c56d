#pragma once

#include "gateway-sim/notification_signer.hpp"
#include "gateway-sim/notifier.hpp"
#include "gateway-sim/order_book.hpp"
#include "gateway-sim/serial_rules.hpp"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <functional>
#include <memory>
#include <string>

namespace cipherlane::sim {

/// The interface of docs/14-gateway-api.md in front of the order book. What goes wrong on purpose is told by the
/// fault's name.
class own_face {
  public:
    using request_type = boost::beast::http::request<boost::beast::http::string_body>;
    using response_type = boost::beast::http::response<boost::beast::http::string_body>;
    /// What happens to an order at a verb: the fault's name, empty for none. May throw a `refusal`.
    using hit = std::function<std::string(const char* verb, const std::string& number)>;

    own_face(std::shared_ptr<const notification_signer> key, order_book& orders, hit faults,
        std::function<void(const gateway_order&)> paid);

    /// Throws what the order book's file does.
    [[nodiscard]] response_type serve(const request_type& request);
    /// From now on charges of this terminal must carry a right terminal serial cryptogram.
    void expect_serial(const std::string& terminal_id, const std::string& key) { serials_.expect(terminal_id, key); }
    /// A notice that an order was paid.
    [[nodiscard]] std::string notice_of(const gateway_order& order) const;
    /// The header of a notice.
    [[nodiscard]] notice_header header_of(std::string_view body, signature how) const { return sign_(body, how); }

    [[nodiscard]] static response_type answer(unsigned status, const nlohmann::json& body);
    [[nodiscard]] static response_type refused(const refusal& why);

  private:
    [[nodiscard]] response_type route(const request_type& request);
    [[nodiscard]] response_type create(const nlohmann::json& wish);
    [[nodiscard]] response_type query(const std::string& number);
    [[nodiscard]] response_type cancel(const std::string& number);
    [[nodiscard]] response_type charge(const nlohmann::json& wish);
    [[nodiscard]] response_type reverse(const std::string& number, const std::string& body);
    [[nodiscard]] response_type refund(const std::string& number, const nlohmann::json& wish);

    std::shared_ptr<const notification_signer> key_;
    notice_signing sign_;
    order_book& orders_;
    serial_rules serials_;
    hit faults_;
    std::function<void(const gateway_order&)> paid_;
};

} // namespace cipherlane::sim
