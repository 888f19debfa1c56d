#include "gateway-sim/own_face.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace cipherlane::sim {
namespace {

namespace http = boost::beast::http;

/// An order as the gateway tells it under a fault.
nlohmann::json altered(nlohmann::json order, const std::string& kind) {
    if (kind == "processing") order["status"] = "processing";
    if (kind == "other_amount") order["amount"] = order.at("amount").get<std::int64_t>() + 1;
    if (kind == "other_merchant") order["merchant_id"] = "OTHERMERCHANT01";
    if (kind == "no_json") order = {{"order_number", order.at("order_number")}};
    return order;
}

} // namespace

own_face::own_face(std::shared_ptr<const notification_signer> key, order_book& orders, hit faults,
    std::function<void(const gateway_order&)> paid)
    : key_(std::move(key))
    , sign_(signing_with(key_))
    , orders_(orders)
    , faults_(std::move(faults))
    , paid_(std::move(paid)) {}

own_face::response_type own_face::answer(unsigned status, const nlohmann::json& body) {
    response_type made(static_cast<http::status>(status), 11);
    made.set(http::field::content_type, "application/json");
    made.body() = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return made;
}

own_face::response_type own_face::refused(const refusal& why) {
    nlohmann::json body{{"code", why.code}, {"message", why.what()}};
    if (!why.order_number.empty()) body["order_number"] = why.order_number;
    if (!why.refund_number.empty()) body["refund_number"] = why.refund_number;
    return answer(why.status, body);
}

own_face::response_type own_face::serve(const request_type& request) {
    try {
        return route(request);
    } catch (const refusal& why) {
        return refused(why);
    } catch (const nlohmann::json::exception&) {
        return answer(400, {{"code", "bad_request"}, {"message", "the body is no JSON"}});
    }
}

own_face::response_type own_face::route(const request_type& request) {
    constexpr std::string_view root = "/orders";
    const std::string target(request.target());
    const bool post = request.method() == http::verb::post;
    if (!post && target == "/public-key") {
        response_type pem(http::status::ok, 11);
        pem.set(http::field::content_type, "application/x-pem-file");
        pem.body() = key_->public_pem();
        return pem;
    }
    if (post && target == root) return create(nlohmann::json::parse(request.body()));
    if (post && target == "/charges") return charge(nlohmann::json::parse(request.body()));
    if (!target.starts_with("/orders/")) throw refusal(404, "no_such_page", "no such page");
    auto number = target.substr(root.size() + 1);
    std::string verb;
    if (const auto slash = number.find('/'); slash != std::string::npos) {
        verb = number.substr(slash + 1);
        number.resize(slash);
    }
    if (!post && verb.empty()) return query(number);
    if (post && verb == "cancel") return cancel(number);
    if (post && verb == "reverse") return reverse(number, request.body());
    if (post && verb == "refund") return refund(number, nlohmann::json::parse(request.body()));
    throw refusal(404, "no_such_page", "no such page");
}

own_face::response_type own_face::create(const nlohmann::json& wish) {
    const auto kind = faults_("create", {});
    auto [order, fresh] = orders_.create(wish);
    if (kind == "paid_at_once") order = orders_.pay(order.number, order_book::payer::usual);
    return answer(fresh ? 201 : 200, altered(order.to_json(), kind));
}

own_face::response_type own_face::query(const std::string& number) {
    const auto kind = faults_("query", number);
    if (kind == "given_back") (void)orders_.give_back_all(number);
    return answer(200, altered(orders_.find(number).to_json(), kind));
}

own_face::response_type own_face::cancel(const std::string& number) {
    const auto kind = faults_("cancel", number);
    const auto order = orders_.cancel(number);
    if (kind == "paid_after_close") paid_(orders_.pay(number, order_book::payer::late));
    return answer(200, altered(order.to_json(), kind));
}

own_face::response_type own_face::charge(const nlohmann::json& wish) {
    const auto kind = faults_("charge", {});
    serials_.check(wish);
    const auto [order, fresh] = orders_.charge(wish);
    if (fresh && order.status == "paid") paid_(order);
    return answer(fresh ? 201 : 200, altered(order.to_json(), kind));
}

own_face::response_type own_face::reverse(const std::string& number, const std::string& body) {
    const auto kind = faults_("reverse", number);
    const auto wish = body.empty() ? nlohmann::json::object() : nlohmann::json::parse(body);
    const auto merchant = wish.is_object() ? wish.value("merchant_id", std::string()) : std::string();
    return answer(200, altered(orders_.reverse(number, merchant).to_json(), kind));
}

own_face::response_type own_face::refund(const std::string& number, const nlohmann::json& wish) {
    const auto kind = faults_("refund", number);
    auto order = orders_.refund(number, wish).to_json();
    order["refund_number"] = wish.at("refund_number");
    return answer(200, altered(std::move(order), kind));
}

std::string own_face::notice_of(const gateway_order& order) const {
    const nlohmann::json body{{"notification_id", random_hex(32)}, {"event", "paid"}, {"order", order.to_json()}};
    return body.dump();
}

} // namespace cipherlane::sim
