#include "gateway-sim/order_book.hpp"

#include <cipherlane/core/currency.hpp>
#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/digest.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

namespace cipherlane::sim {
namespace {

constexpr std::int64_t least_valid = 30;
constexpr std::int64_t most_valid = 7200;
constexpr std::size_t longest_number = 32;
constexpr std::size_t token_digits = 32;

bool is_number(const std::string& text) {
    return !text.empty() && text.size() <= longest_number && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
    });
}

refusal bad(const std::string& member) {
    return {400, "bad_request", "member " + member + " is missing or wrong"};
}

std::string text_of(const nlohmann::json& request, const char* member) {
    if (!request.is_object() || !request.contains(member) || !request.at(member).is_string()) throw bad(member);
    return request.at(member).get<std::string>();
}

std::int64_t integer_of(const nlohmann::json& request, const char* member, std::int64_t least, std::int64_t most) {
    if (!request.is_object() || !request.contains(member) || !request.at(member).is_number_integer())
        throw bad(member);
    const auto value = request.at(member).get<std::int64_t>();
    if (value < least || value > most) throw bad(member);
    return value;
}

/// Does something with an order; a refusal then names it.
template <class Work>
auto naming(const std::string& order_number, const std::string& refund_number, Work work) -> decltype(work()) {
    try {
        return work();
    } catch (refusal& why) {
        why.order_number = order_number;
        why.refund_number = refund_number;
        throw;
    }
}

} // namespace

std::int64_t gateway_order::paid() const {
    std::int64_t sum = 0;
    for (const auto& one : payments)
        sum += one.amount;
    return sum;
}

std::int64_t gateway_order::refunded() const {
    std::int64_t sum = 0;
    for (const auto& one : payments)
        sum += one.refunded;
    return sum;
}

std::int64_t gateway_order::paid_twice() const {
    return std::max<std::int64_t>(0, paid() - refunded() - amount);
}

std::string gateway_order::transaction_number() const {
    const auto kept =
        std::find_if(payments.rbegin(), payments.rend(), [](const auto& one) { return one.refunded < one.amount; });
    if (kept != payments.rend()) return kept->transaction_number;
    return payments.empty() ? std::string() : payments.back().transaction_number;
}

nlohmann::json gateway_order::to_json() const {
    nlohmann::json told{{"order_number", number}, {"merchant_id", merchant_id}, {"terminal_id", terminal_id},
        {"amount", amount}, {"currency", currency}, {"subject", subject}, {"status", status}, {"code_url", code_url},
        {"created_at", created}, {"expires_at", expires}, {"transaction_number", transaction_number()},
        {"paid_at", paid_at}, {"refunded", refunded()}, {"paid_twice", paid_twice()}, {"paid", paid()},
        {"device_serial", device_serial}, {"credit", credit}};
    if (!payer.from.empty()) told["paid_from"] = payer.from;
    if (!payer.name.empty()) told["payer"] = payer.name;
    return told;
}

namespace {

/// What a payment code is known by afterwards: the code itself is the payer's, and stands in no file.
std::string mark_of(const std::string& code) {
    const auto made = crypto::digest(crypto::digest_algorithm::sha256, as_bytes(code));
    if (!made) throw std::runtime_error("no digest of a payment code: " + made.error().to_string());
    return to_hex(made->view());
}

} // namespace

order_book::order_book(
    std::function<std::int64_t()> now, std::function<std::string(std::size_t)> random_hex, std::string file)
    : now_(std::move(now))
    , random_hex_(std::move(random_hex))
    , file_(std::move(file)) {
    if (!file_.empty() && std::filesystem::exists(file_)) load();
    save(); // a ledger that cannot be written is told now, not at the first order
}

void order_book::load() {
    std::ifstream in(file_);
    const auto all = nlohmann::json::parse(in, nullptr, false);
    try {
        // A list alone is of a gateway that forgot which codes were used.
        const auto& orders = all.is_array() ? all : all.at("orders");
        if (!all.is_array()) charged_codes_ = all.at("used_codes").get<std::map<std::string, std::string>>();
        for (const auto& one : orders) {
            gateway_order order;
            order.number = one.at("order_number");
            order.merchant_id = one.at("merchant_id");
            order.terminal_id = one.at("terminal_id");
            order.amount = one.at("amount");
            order.currency = one.at("currency");
            order.subject = one.at("subject");
            order.notify_url = one.at("notify_url");
            order.code_url = one.at("code_url");
            order.status = one.at("status");
            order.created = one.at("created_at");
            order.expires = one.at("expires_at");
            order.paid_at = one.at("paid_at");
            order.device_serial = one.value("device_serial", std::string());
            order.credit = one.value("credit", true);
            order.charged = one.value("charged", false);
            order.payer = {one.value("paid_from", std::string()), one.value("payer", std::string())};
            for (const auto& paid : one.at("payments"))
                order.payments.push_back({paid.at("transaction_number"), paid.at("amount"), paid.at("refunded")});
            for (const auto& [refund, back] : one.at("refunds").items())
                order.refunds[refund] = {back.at("transaction_number"), back.at("amount")};
            orders_.emplace(order.number, order);
        }
    } catch (const nlohmann::json::exception&) {
        throw std::runtime_error(file_ + " is no ledger of this gateway");
    }
}

/// Whole or not at all: a gateway that is killed while it writes has the file before.
void order_book::save() {
    if (std::exchange(fails_next_, false))
        throw std::runtime_error("the ledger cannot be written, as the rig wants it");
    if (file_.empty()) return;
    nlohmann::json orders = nlohmann::json::array();
    for (const auto& [number, order] : orders_) {
        auto one = order.to_json();
        one["notify_url"] = order.notify_url;
        one["charged"] = order.charged;
        one["payments"] = nlohmann::json::array();
        for (const auto& paid : order.payments)
            one["payments"].push_back({{"transaction_number", paid.transaction_number}, {"amount", paid.amount},
                {"refunded", paid.refunded}});
        one["refunds"] = nlohmann::json::object();
        for (const auto& [refund, back] : order.refunds)
            one["refunds"][refund] = {{"transaction_number", back.transaction_number}, {"amount", back.amount}};
        orders.push_back(std::move(one));
    }
    const nlohmann::json all{{"orders", std::move(orders)}, {"used_codes", charged_codes_}};
    const std::string fresh = file_ + ".new";
    std::ofstream out(fresh, std::ios::trunc);
    out << all.dump(1) << '\n';
    std::error_code failed;
    if (out.flush()) std::filesystem::rename(fresh, file_, failed);
    if (!out || failed) throw std::runtime_error("cannot write " + file_);
}

/// Changes an order and has it on file, or leaves both as they were.
template <class Change>
gateway_order order_book::change(gateway_order& order, Change make) {
    const auto before = order;
    make();
    try {
        save();
    } catch (...) {
        order = before;
        throw;
    }
    return order;
}

gateway_order& order_book::at(const std::string& number) {
    const auto found = orders_.find(number);
    if (found == orders_.end()) throw refusal(404, "no_such_order", "no order of this number");
    auto& order = found->second;
    if (order.status == "waiting" && now_() >= order.expires) order.status = "expired";
    return order;
}

std::pair<gateway_order, bool> order_book::create(const nlohmann::json& request) {
    const auto number = text_of(request, "order_number");
    if (!is_number(number)) throw bad("order_number");
    return naming(number, {}, [&] { return make(number, request); });
}

namespace {

/// By its number in ISO 4217.
std::string currency_of(const nlohmann::json& request) {
    auto number = text_of(request, "currency");
    if (number.size() != 3 || !all_digits(number)) throw bad("currency");
    if (!find_currency(static_cast<std::uint16_t>(std::stoi(number)))) throw bad("currency");
    return number;
}

/// What the requests for an order and for a charge have in common.
gateway_order order_of(const std::string& number, const nlohmann::json& request) {
    gateway_order order;
    order.number = number;
    order.merchant_id = text_of(request, "merchant_id");
    order.terminal_id = text_of(request, "terminal_id");
    order.amount = integer_of(request, "amount", 1, 999'999'999'999);
    order.currency = currency_of(request);
    order.subject = text_of(request, "subject");
    order.notify_url = text_of(request, "notify_url");
    if (request.contains("credit")) {
        if (!request.at("credit").is_boolean()) throw bad("credit");
        order.credit = request.at("credit").get<bool>();
    }
    if (request.contains("device_serial")) order.device_serial = text_of(request, "device_serial");
    return order;
}

void refuse_other(const gateway_order& known, const gateway_order& asked) {
    if (known.amount != asked.amount || known.currency != asked.currency || known.merchant_id != asked.merchant_id ||
        known.charged != asked.charged) {
        throw refusal(409, "order_differs", "an order of this number has another amount, currency or merchant");
    }
}

} // namespace

std::pair<gateway_order, bool> order_book::keep(gateway_order order) {
    const auto [place, fresh] = orders_.emplace(order.number, std::move(order));
    try {
        save();
    } catch (...) {
        orders_.erase(place);
        throw;
    }
    return {place->second, fresh};
}

void order_book::add_payment(gateway_order& order) {
    order.status = "paid";
    order.paid_at = now_();
    order.payments.push_back({std::to_string(order.paid_at) + random_hex_(8), order.amount, 0});
}

std::pair<gateway_order, bool> order_book::make(const std::string& number, const nlohmann::json& request) {
    auto order = order_of(number, request);
    const auto valid = integer_of(request, "valid_seconds", least_valid, most_valid);
    if (orders_.contains(order.number)) {
        const auto& known = at(order.number);
        refuse_other(known, order);
        return {known, false};
    }
    order.created = now_();
    order.expires = order.created + valid;
    // A code that the till has built is taken as it is; the payer's wallet finds the order by the number in it.
    order.code_url = request.contains("code") ? text_of(request, "code")
                                              : "https://qr.95516.com/00010001/" + random_hex_(token_digits);
    return keep(std::move(order));
}

std::pair<gateway_order, bool> order_book::charge(const nlohmann::json& request) {
    const auto number = text_of(request, "order_number");
    if (!is_number(number)) throw bad("order_number");
    return naming(number, {}, [&] { return make_charge(number, request); });
}

std::pair<gateway_order, bool> order_book::make_charge(const std::string& number, const nlohmann::json& request) {
    auto order = order_of(number, request);
    order.charged = true;
    const auto code = text_of(request, "payment_code");
    if (orders_.contains(number)) {
        const auto& known = at(number);
        if (!known.is_tomb()) refuse_other(known, order);
        return {known, false};
    }
    const auto [used, fresh] =
        charged_codes_.emplace(mark_of(code), number); // good for one try, whatever becomes of it
    if (!fresh) throw refusal(409, "code_used", "this code has been used");
    const auto wallet = wallets_.find(code);
    const auto manner = wallet == wallets_.end() ? wallet_manner::pays : wallet->second;
    order.created = now_();
    order.expires = order.created + most_valid;
    order.code_url = "charged";
    order.status = "processing";
    if (manner == wallet_manner::pays) add_payment(order);
    try {
        if (manner != wallet_manner::refuses) return keep(std::move(order));
        save();
    } catch (...) {
        charged_codes_.erase(used);
        throw;
    }
    throw refusal(409, "code_refused", "the payer's bank refuses");
}

gateway_order order_book::entomb(const std::string& number, const std::string& merchant_id) {
    gateway_order tomb;
    tomb.number = number;
    tomb.merchant_id = merchant_id;
    tomb.currency = "156";
    tomb.code_url = "charged";
    tomb.status = "cancelled";
    tomb.created = tomb.expires = now_();
    tomb.charged = true;
    return keep(std::move(tomb)).first;
}

gateway_order order_book::reverse(const std::string& number, const std::string& merchant_id) {
    if (!merchant_id.empty() && is_number(number) && !orders_.contains(number)) return entomb(number, merchant_id);
    auto& order = naming(number, {}, [&]() -> gateway_order& { return at(number); });
    if (order.status == "paid") return give_back_all(number);
    if (order.status != "waiting" && order.status != "processing") return order;
    return change(order, [&] { order.status = "cancelled"; });
}

gateway_order order_book::find(const std::string& number) {
    return naming(number, {}, [&] { return at(number); });
}

gateway_order order_book::cancel(const std::string& number) {
    auto& order = naming(number, {}, [&]() -> gateway_order& { return at(number); });
    if (order.status != "waiting") return order;
    return change(order, [&] { order.status = "cancelled"; });
}

gateway_order order_book::refund(const std::string& number, const nlohmann::json& request) {
    const auto refund_number = text_of(request, "refund_number");
    if (!is_number(refund_number)) throw bad("refund_number");
    return naming(number, refund_number, [&] { return give_back(number, refund_number, request); });
}

gateway_order order_book::give_back(
    const std::string& number, const std::string& refund_number, const nlohmann::json& request) {
    auto& order = at(number);
    const auto amount = integer_of(request, "amount", 1, 999'999'999'999);
    if (order.payments.empty()) throw refusal(409, "not_paid", "the order is not paid");
    if (const auto known = order.refunds.find(refund_number); known != order.refunds.end()) {
        if (known->second.amount != amount) throw refusal(409, "refund_differs", "this refund has another amount");
        return order;
    }
    const auto named =
        request.contains("transaction_number") ? text_of(request, "transaction_number") : order.transaction_number();
    const auto payment = std::find_if(order.payments.begin(), order.payments.end(),
        [&](const auto& one) { return one.transaction_number == named; });
    if (payment == order.payments.end()) throw refusal(404, "no_such_payment", "no payment of this number");
    if (payment->refunded + amount > payment->amount) {
        throw refusal(409, "refund_too_large", "more than what is left of the payment");
    }
    return change(order, [&] {
        payment->refunded += amount;
        order.refunds[refund_number] = {named, amount};
        if (order.refunded() == order.paid()) order.status = "refunded";
    });
}

gateway_order order_book::give_back_all(const std::string& number) {
    auto& order = at(number);
    if (order.status != "paid") throw refusal(409, "not_paid", "the order is " + order.status);
    return change(order, [&] {
        for (auto& one : order.payments)
            one.refunded = one.amount;
        order.refunds["gateway"] = {order.transaction_number(), order.amount};
        order.status = "refunded";
    });
}

std::optional<gateway_order> order_book::find_refund(const std::string& refund_number) const {
    for (const auto& [number, order] : orders_)
        if (order.refunds.contains(refund_number)) return order;
    return std::nullopt;
}

gateway_order order_book::pay(const std::string& number, payer who, const gateway_payer& told) {
    auto& order = at(number);
    const bool closed = order.status == "cancelled" || order.status == "expired";
    const bool waits = order.status == "waiting" || order.status == "processing";
    const bool fits = who == payer::usual ? waits : who == payer::late ? closed : order.status == "paid";
    if (!fits) throw refusal(409, "not_waiting", "the order is " + order.status);
    return change(order, [&] {
        add_payment(order);
        order.payer = told;
    });
}

nlohmann::json order_book::list() {
    nlohmann::json all = nlohmann::json::array();
    for (const auto& entry : orders_)
        all.push_back(at(entry.first).to_json());
    return all;
}

} // namespace cipherlane::sim
