#include "simulation/gateway_desk.hpp"

#include "simulation/gateway_line.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace cipherlane::simulation {
namespace {

using json = nlohmann::json;
using ports::qr_order_state;

constexpr std::string_view orders_path = "/orders";
constexpr std::string_view charges_path = "/charges";

std::int64_t in_seconds(std::chrono::system_clock::time_point when) {
    return std::chrono::duration_cast<std::chrono::seconds>(when.time_since_epoch()).count();
}

bool was_paid(const wallet::order& one) {
    return one.state == qr_order_state::paid || one.state == qr_order_state::refunded;
}

json order_of(const world& in, const std::string& number, const wallet::order& one) {
    json made{{"order_number", number}, {"merchant_id", one.merchant_id}, {"terminal_id", one.terminal_id},
        {"amount", one.minor}, {"currency", "156"}, {"subject", ""},
        {"status", one.state == qr_order_state::paying ? "processing" : std::string(ports::to_string(one.state))},
        {"code_url", "https://pay.example/" + number}, {"created_at", 0},
        {"expires_at", in_seconds(in.outside.now() + (one.expires - in.time.elapsed()))}, {"transaction_number", ""},
        {"paid_at", 0}, {"refunded", one.refunded()}};
    if (!was_paid(one)) return made;
    made["transaction_number"] = one.named();
    made["paid_at"] = 1;
    return made;
}

json body_of(const http_request& request) {
    const auto text = as_text(request.body);
    return json::parse(text.begin(), text.end());
}

desk_answer refused(
    std::string status, std::string_view code, const std::string& number, const std::string& refund_number = {}) {
    json body{{"code", code}, {"message", "refused"}, {"order_number", number}};
    if (!refund_number.empty()) body["refund_number"] = refund_number;
    return {std::move(status), body.dump()};
}

/// "POST /orders/X1/refund HTTP/1.1" in its parts.
struct target {
    bool post = false;
    bool charges = false;
    std::string number;
    std::string verb;
};

target target_of(const http_request& request) {
    target found;
    const auto blank = request.line.find(' ');
    found.post = request.line.substr(0, blank) == "POST";
    const auto path = request.line.substr(blank + 1, request.line.find(' ', blank + 1) - blank - 1);
    found.charges = path == charges_path;
    if (found.charges || path.size() <= orders_path.size()) return found;
    found.number = path.substr(orders_path.size() + 1);
    const auto slash = found.number.find('/');
    if (slash == std::string::npos) return found;
    found.verb = found.number.substr(slash + 1);
    found.number.resize(slash);
    return found;
}

} // namespace

desk_answer gateway_desk::answer(const http_request& request) {
    const auto what = target_of(request);
    if (what.number.empty()) return what.charges ? charge(request) : create(request);
    if (!what.post) return query(what.number);
    if (what.verb == "cancel") return cancel(what.number);
    return what.verb == "reverse" ? reverse(what.number, request) : refund(what.number, request);
}

std::string gateway_desk::refund_number_of(const http_request& request) {
    return target_of(request).verb == "refund" ? body_of(request).at("refund_number").get<std::string>()
                                               : std::string();
}

desk_answer gateway_desk::create(const http_request& request) {
    const auto wish = body_of(request);
    const auto number = wish.at("order_number").get<std::string>();
    const auto minor = wish.at("amount").get<std::int64_t>();
    const auto merchant = wish.at("merchant_id").get<std::string>();
    const std::chrono::seconds valid(wish.at("valid_seconds").get<std::int64_t>());
    const auto now = world_.time.elapsed();
    const bool known = world_.gateway_books.find(number, now) != nullptr;
    auto& one = world_.gateway_books.create(number, minor, now + valid, world_.key);
    if (known && (one.minor != minor || one.merchant_id != merchant))
        return refused("409 Conflict", "order_differs", number);
    one.merchant_id = merchant;
    one.terminal_id = wish.at("terminal_id").get<std::string>();
    return {known ? "200 OK" : "201 Created", order_of(world_, number, one).dump()};
}

desk_answer gateway_desk::query(const std::string& number) {
    const auto* one = world_.gateway_books.find(number, world_.time.elapsed());
    if (one == nullptr) return refused("404 Not Found", "no_such_order", number);
    return {"200 OK", order_of(world_, number, *one).dump()};
}

desk_answer gateway_desk::cancel(const std::string& number) {
    auto* one = world_.gateway_books.find(number, world_.time.elapsed());
    if (one != nullptr && one->state == qr_order_state::waiting) one->state = qr_order_state::cancelled;
    return query(number);
}

desk_answer gateway_desk::charge(const http_request& request) {
    const auto wish = body_of(request);
    const auto number = wish.at("order_number").get<std::string>();
    if (wish.at("payment_code").get<std::string>().empty()) return refused("400 Bad Request", "bad_request", number);
    const bool known = world_.gateway_books.find(number, world_.time.elapsed()) != nullptr;
    auto& one = charge_wallet(world_, number, wish.at("amount").get<std::int64_t>());
    one.merchant_id = wish.at("merchant_id").get<std::string>();
    one.terminal_id = wish.at("terminal_id").get<std::string>();
    return {known ? "200 OK" : "201 Created", order_of(world_, number, one).dump()};
}

desk_answer gateway_desk::reverse(const std::string& number, const http_request& request) {
    auto* one = world_.gateway_books.find(number, world_.time.elapsed());
    if (one != nullptr) world_.gateway_books.undo(*one);
    entomb(world_, number, body_of(request).at("merchant_id").get<std::string>());
    return query(number);
}

desk_answer gateway_desk::refund(const std::string& number, const http_request& request) {
    const auto wish = body_of(request);
    const auto refund_number = wish.at("refund_number").get<std::string>();
    const auto minor = wish.at("amount").get<std::int64_t>();
    auto* one = world_.gateway_books.find(number, world_.time.elapsed());
    if (one == nullptr) return refused("404 Not Found", "no_such_order", number, refund_number);
    if (!was_paid(*one)) return refused("409 Conflict", "not_paid", number, refund_number);
    const auto& whose = world_.refund_keys[refund_number];
    const auto which = wish.value("transaction_number", std::string());
    if (!world_.gateway_books.give_back(*one, refund_number, minor, whose, which))
        return refused("409 Conflict", "refund_too_large", number, refund_number);
    auto told = order_of(world_, number, *one);
    told["refund_number"] = refund_number;
    return {"200 OK", told.dump()};
}

} // namespace cipherlane::simulation
