#include "order_json.hpp"

#include "json_reader.hpp"
#include "payer_words.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/zero_padded.hpp>
#include <cipherlane/hostlink/errc.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::hostlink {
namespace {

namespace json = boost::json;

/// Seconds since 1970 up to the year 2100: a clock adds them without running over.
constexpr std::int64_t latest_time = 4'102'444'800;
/// Of a currency's number (ISO 4217).
constexpr std::size_t number_digits = 3;

result<ports::qr_order_state> state_of(std::string_view word) {
    using ports::qr_order_state;
    for (const auto state : {qr_order_state::waiting, qr_order_state::paid, qr_order_state::cancelled,
             qr_order_state::expired, qr_order_state::refunded}) {
        if (word == ports::to_string(state)) return state;
    }
    // The payer's wallet is at it, a password is being typed: not paid yet, and may be.
    if (word == "processing") return qr_order_state::paying;
    return unreadable_member("status");
}

/// "amount" in the unit that "currency" names by its number.
result<amount> total_of(const json_reader& read) {
    CIPHERLANE_TRY(const auto minor, read.number("amount"));
    CIPHERLANE_TRY(const auto number, read.text("currency"));
    if (minor > amount::max_minor) return unreadable_member("amount");
    if (number.size() != number_digits || !all_digits(number)) return unreadable_member("currency");
    const auto unit = find_currency(static_cast<std::uint16_t>(std::stoi(number)));
    if (!unit) return unreadable_member("currency");
    return amount(minor, *unit);
}

result<ports::qr_order_status> status_of(const json::object& order) {
    const json_reader read(order);
    ports::qr_order_status status;
    CIPHERLANE_TRY(status.order_number, read.name("order_number"));
    CIPHERLANE_TRY(status.merchant_id, read.text("merchant_id"));
    CIPHERLANE_TRY(status.terminal_id, read.text("terminal_id"));
    CIPHERLANE_TRY(const auto word, read.text("status"));
    CIPHERLANE_TRY(status.state, state_of(word));
    CIPHERLANE_TRY(const auto total, total_of(read));
    status.paid = amount(0, total.unit());
    if (status.state == ports::qr_order_state::paid || status.state == ports::qr_order_state::refunded) {
        status.paid = total;
        CIPHERLANE_TRY(status.transaction_number, read.name("transaction_number"));
        status.payer.pays = funding_of_word(read.text_or_none("paid_from"));
        status.payer.name = payer_mark(status.merchant_id, read.text_or_none("payer"));
    }
    return status;
}

} // namespace

namespace {

/// What an order and a charge have in common.
template <class Request>
json::object write_common(const Request& request, std::string_view merchant_id, std::string_view notify_url) {
    json::object order;
    order["order_number"] = request.order_number;
    order["merchant_id"] = json::string_view(merchant_id.data(), merchant_id.size());
    order["terminal_id"] = request.terminal_id;
    if (!request.device_serial.empty()) order["device_serial"] = request.device_serial;
    order["amount"] = request.total.minor();
    order["currency"] = zero_padded(request.total.unit().number, 3);
    order["subject"] = request.subject;
    if (request.funds == ports::order_funds::no_credit) order["credit"] = false;
    order["notify_url"] = json::string_view(notify_url.data(), notify_url.size());
    return order;
}

void add_serial_block(json::object& charge, const ports::charge_serial& block) {
    charge["serial_num"] = block.serial;
    if (!block.cryptogram.empty()) {
        charge["encrypt_rand_num"] = block.factor;
        charge["secret_text"] = block.cryptogram;
    }
    if (!block.version.empty()) charge["app_version"] = block.version;
}

} // namespace

std::string write_order(
    const ports::qr_order_request& request, std::string_view merchant_id, std::string_view notify_url) {
    auto order = write_common(request, merchant_id, notify_url);
    order["valid_seconds"] = request.valid_for.count();
    if (request.issued.time_since_epoch().count() > 0) {
        order["issued_at"] =
            std::chrono::duration_cast<std::chrono::seconds>(request.issued.time_since_epoch()).count();
    }
    if (!request.code.empty()) order["code"] = request.code;
    return json::serialize(order);
}

std::string write_charge(
    const ports::qr_charge_request& request, std::string_view merchant_id, std::string_view notify_url) {
    constexpr std::string_view member = ",\"payment_code\":\"";
    auto charge = write_common(request, merchant_id, notify_url);
    if (request.serial_block) add_serial_block(charge, *request.serial_block);
    auto text = json::serialize(charge);
    text.pop_back();
    // Nothing of the code stays behind in a buffer that was too small. It is printable; quotes are escaped.
    const auto code = request.code.expose();
    text.reserve(text.size() + member.size() + 2 * code.size() + 2);
    text += member;
    for (const char one : code) {
        if (one == '"' || one == '\\') text += '\\';
        text += one;
    }
    text += "\"}";
    return text;
}

std::string write_refund(const ports::qr_refund_request& request) {
    json::object refund;
    refund["refund_number"] = request.refund_number;
    refund["amount"] = request.total.minor();
    if (!request.transaction_number.empty()) refund["transaction_number"] = request.transaction_number;
    return json::serialize(refund);
}

std::string write_reversal(std::string_view merchant_id) {
    json::object reversal;
    reversal["merchant_id"] = json::string_view(merchant_id.data(), merchant_id.size());
    return json::serialize(reversal);
}

result<ports::qr_order> read_order(std::string_view text, const amount& asked) {
    CIPHERLANE_TRY(const auto object, parse_json_object(text));
    const json_reader read(object);
    ports::qr_order order;
    CIPHERLANE_TRY(order.order_number, read.text("order_number"));
    CIPHERLANE_TRY(order.merchant_id, read.text("merchant_id"));
    CIPHERLANE_TRY(const auto total, total_of(read));
    if (total.unit() != asked.unit()) return unreadable_member("currency");
    if (total != asked) return unreadable_member("amount");
    CIPHERLANE_TRY(order.code_url, read.code("code_url"));
    CIPHERLANE_TRY(const auto expires, read.number("expires_at"));
    if (expires > latest_time) return unreadable_member("expires_at");
    order.expires = std::chrono::system_clock::time_point(std::chrono::seconds(expires));
    CIPHERLANE_TRY(const auto word, read.text("status"));
    CIPHERLANE_TRY(order.state, state_of(word));
    return order;
}

result<ports::qr_order_status> read_status(std::string_view text) {
    CIPHERLANE_TRY(const auto object, parse_json_object(text));
    return status_of(object);
}

result<ports::qr_order_status> read_notice(std::string_view text) {
    CIPHERLANE_TRY(const auto object, parse_json_object(text));
    CIPHERLANE_TRY(const auto event, json_reader(object).text("event"));
    if (event != "paid") return unreadable_member("event");
    const auto* order = object.if_contains("order");
    if (order == nullptr || !order->is_object()) return unreadable_member("order");
    return status_of(order->get_object());
}

result<std::string> read_refund_number(std::string_view text) {
    CIPHERLANE_TRY(const auto object, parse_json_object(text));
    return json_reader(object).text("refund_number");
}

error_body read_error(std::string_view text) {
    const auto object = parse_json_object(text);
    if (!object) return {};
    const json_reader read(*object);
    const auto member = [&](std::string_view name) {
        auto value = read.text(name);
        return value ? *std::move(value) : std::string();
    };
    return {member("code"), member("order_number"), member("refund_number")};
}

} // namespace cipherlane::hostlink
