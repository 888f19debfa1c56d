#include "gateway-sim/netpay_face.hpp"

#include <cipherlane/core/secret_file.hpp>

#include <filesystem>

namespace cipherlane::sim {
namespace {

namespace http = boost::beast::http;
namespace netpay = hostlink::netpay;

constexpr std::size_t longest_netpay_key = 256;
constexpr std::string_view code_address = "https://qr-test2.chinaums.com/bills/qrCode.do?id=";

/// The order book's refusals in netpay's words.
struct netpay_row {
    std::string_view ours;
    const char* theirs;
};
constexpr netpay_row netpay_refusals[] = {
    {"order_differs", "DUP_ORDER"},
    {"no_such_order", "NO_ORDER"},
    {"no_such_payment", "NO_ORDER"},
    {"not_paid", "OPERATION_NOT_ALLOWED"},
    {"refund_too_large", "OPERATION_NOT_ALLOWED"},
    {"refund_differs", "OPERATION_NOT_ALLOWED"},
    {"bad_request", "BAD_REQUEST"},
    {"SIGN_ERROR", "BAD_SIGN"},
};

std::string in_wish(const nlohmann::json& wish, const char* member) {
    if (!wish.is_object() || !wish.contains(member) || !wish.at(member).is_string())
        throw refusal(400, "BAD_REQUEST", std::string(member) + " is missing or wrong");
    return wish.at(member).get<std::string>();
}

std::int64_t fen_in_wish(const nlohmann::json& wish, const char* member) {
    if (!wish.is_object() || !wish.contains(member) || !wish.at(member).is_number_integer())
        throw refusal(400, "BAD_REQUEST", std::string(member) + " is missing or wrong");
    return wish.at(member).get<std::int64_t>();
}

/// The till's number: terminal 8, the century, the rest; a letter behind it is a later code of the order.
std::string till_number_of(std::string number) {
    if (number.size() < 30 || number.size() > 31 || !number.starts_with(netpay_test_source))
        throw refusal(400, "BAD_REQUEST", "a number of another form");
    number.erase(0, netpay_test_source.size());
    number.insert(8, "20");
    if (number.size() == 28) return number;
    const int which = number.back() - 'b' + 2;
    number.back() = '-';
    return number + static_cast<char>('0' + which / 10) + static_cast<char>('0' + which % 10);
}

std::string bill_number_of(std::string number) {
    if (number.size() == 31) {
        const int which = (number[29] - '0') * 10 + (number[30] - '0');
        number.resize(28);
        number += static_cast<char>('b' + which - 2);
    }
    if (number.size() >= 10) number.erase(8, 2);
    return std::string(netpay_test_source) + number;
}

std::string bill_date_of(const std::string& number) {
    if (number.size() < 16) return {};
    return number.substr(8, 4) + "-" + number.substr(12, 2) + "-" + number.substr(14, 2);
}

std::string quoted_part(std::string_view text, const std::string& name) {
    const auto at = text.find(name + "=\"");
    if (at == std::string_view::npos) return {};
    const auto from = at + name.size() + 2;
    return std::string(text.substr(from, text.find('"', from) - from));
}

} // namespace

result<netpay_test_keys> netpay_test_keys::keep(const std::string& folder) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    const auto key = [&](const char* name) -> result<std::string> {
        const auto file = (std::filesystem::path(folder) / name).string();
        if (!std::filesystem::exists(file, failed))
            if (const auto made = secret_file::create(file, as_bytes(random_hex(32))); !made) return made.error();
        CIPHERLANE_TRY(auto there, secret_file::open(file));
        CIPHERLANE_TRY(const auto text, there.read(longest_netpay_key));
        return std::string(as_text(text.expose()));
    };
    netpay_test_keys made;
    CIPHERLANE_TRY(made.app, key("app.key"));
    CIPHERLANE_TRY(made.notice, key("notice.key"));
    return made;
}

netpay_face::netpay_face(
    netpay_test_keys keys, order_book& orders, hit faults, std::function<void(const gateway_order&)> paid)
    : keys_(std::move(keys))
    , orders_(orders)
    , faults_(std::move(faults))
    , paid_(std::move(paid)) {}

/// What was signed, in whichever form.
std::string netpay_face::content_of(const request_type& request) const {
    const std::string target(request.target());
    const auto query = target.find('?');
    std::string app;
    std::string timestamp;
    std::string nonce;
    std::string value;
    std::string content = request.body();
    if (request.method() == http::verb::get && query != std::string::npos) {
        auto all = hostlink::read_form(target.substr(query + 1));
        if (!all || (*all)["authorization"] != "OPEN-FORM-PARAM") throw refusal(400, "BAD_SIGN", "no form");
        app = (*all)["appId"];
        timestamp = (*all)["timestamp"];
        nonce = (*all)["nonce"];
        value = (*all)["signature"];
        content = (*all)["content"];
    } else {
        const std::string header(request[http::field::authorization]);
        if (!header.starts_with("OPEN-BODY-SIG ")) throw refusal(400, "BAD_SIGN", "no OPEN-BODY-SIG");
        app = quoted_part(header, "AppId");
        timestamp = quoted_part(header, "Timestamp");
        nonce = quoted_part(header, "Nonce");
        value = quoted_part(header, "Signature");
    }
    const auto right = netpay::body_signature(keys_.app, {app, timestamp, nonce}, content);
    if (app != netpay_test_app || timestamp.size() != 14 || nonce.empty() || !right || *right != value)
        throw refusal(400, "BAD_SIGN", "the signature is wrong");
    return content;
}

netpay_face::response_type netpay_face::serve(const request_type& request) {
    const std::string target(request.target());
    const bool of_bills = target.starts_with("/v1/netpay/bills/");
    told what;
    try {
        what = route(target.substr(0, target.find('?')), nlohmann::json::parse(content_of(request)));
        what.body.emplace("errCode", of_bills ? "SUCCESS" : "00");
    } catch (const refusal& why) {
        std::string code = why.code;
        for (const auto& row : netpay_refusals)
            if (row.ours == why.code) code = row.theirs;
        what.body = {{"errCode", code}, {"errMsg", why.what()}};
    } catch (const nlohmann::json::exception&) {
        what.body = {{"errCode", "BAD_REQUEST"}, {"errMsg", "no JSON"}};
    }
    if (of_bills) {
        what.body["mid"] = what.fault == "other_merchant" ? "898340149000099" : std::string(netpay_test_mid);
        what.body["tid"] = netpay_test_tid;
    }
    if (what.fault == "other_merchant" && !of_bills) what.body["merchantOrderId"] = "3194OTHER";
    if (what.fault == "no_json") what.body = {{"errCode", of_bills ? "SUCCESS" : "00"}};
    response_type answer(http::status::ok, 11);
    answer.set(http::field::content_type, "application/json;charset=UTF-8");
    answer.body() = what.body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return answer;
}

netpay_face::told netpay_face::route(const std::string& path, const nlohmann::json& wish) {
    const bool of_bills = path.starts_with("/v1/netpay/bills/");
    const bool ours = of_bills ? in_wish(wish, "mid") == netpay_test_mid && in_wish(wish, "tid") == netpay_test_tid &&
                                     in_wish(wish, "instMid") == "QRPAYDEFAULT"
                               : in_wish(wish, "merchantCode") == netpay_test_mid &&
                                     in_wish(wish, "terminalCode") == netpay_test_tid;
    if (!ours) throw refusal(400, "NO_MERCHANT", "another merchant");
    if (path == "/v1/netpay/bills/get-qrcode") return create(wish);
    if (path == "/v1/netpay/bills/query") return query(wish);
    if (path == "/v1/netpay/bills/close-qrcode") return close(wish);
    if (path == "/v1/netpay/bills/refund") return refund(wish);
    if (path == "/v6/poslink/transaction/pay") return pay(wish);
    if (path == "/v6/poslink/transaction/query") return query_code(wish);
    if (path == "/v6/poslink/transaction/voidpayment") return void_code(wish);
    throw refusal(400, "NO_SERVICE", "no such page");
}

nlohmann::json netpay_face::payment_of(const gateway_order& order) const {
    return {{"merOrderId", order.transaction_number()}, {"targetOrderId", "42" + order.transaction_number()},
        {"targetSys", "WXPay"}, {"status", "TRADE_SUCCESS"}, {"totalAmount", order.amount}};
}

netpay_face::told netpay_face::create(const nlohmann::json& wish) {
    const auto fault = faults_("create", {});
    const auto number = till_number_of(in_wish(wish, "billNo"));
    const auto [order, fresh] = orders_.create({{"order_number", number}, {"merchant_id", netpay_test_mid},
        {"terminal_id", ""}, {"amount", fen_in_wish(wish, "totalAmount")}, {"currency", "156"},
        {"subject", in_wish(wish, "billDesc")}, {"notify_url", wish.value("notifyUrl", std::string())},
        {"valid_seconds", 7200}, {"credit", wish.value("limitCreditCard", std::string()) != "true"}});
    if (!fresh) throw refusal(400, "DUP_ORDER", "the number was used");
    codes_[number] = random_hex(24);
    code_owners_[codes_[number]] = number;
    if (fault == "paid_at_once") paid_(orders_.pay(number, order_book::payer::usual));
    return {{{"billNo", wish["billNo"]}, {"billDate", wish["billDate"]},
                {"billQRCode", std::string(code_address) + codes_[number]}},
        fault};
}

netpay_face::told netpay_face::query(const nlohmann::json& wish) {
    const auto number = till_number_of(in_wish(wish, "billNo"));
    const auto fault = faults_("query", number);
    if (fault == "given_back") (void)orders_.give_back_all(number);
    const auto order = orders_.find(number);
    if (order.charged || in_wish(wish, "billDate") != bill_date_of(number))
        throw refusal(404, "NO_ORDER", "no bill of this number and day");
    static const std::map<std::string, const char*> words{{"waiting", "UNPAID"}, {"expired", "UNPAID"},
        {"processing", "UNPAID"}, {"paid", "PAID"}, {"refunded", "REFUND"}, {"cancelled", "CLOSED"}};
    std::string word = words.at(order.status);
    if (order.refunded() > 0) word = "REFUND";
    if (fault == "processing") word = "UNPAID";
    nlohmann::json body{{"billNo", wish["billNo"]}, {"billDate", wish["billDate"]}, {"billStatus", word},
        {"totalAmount", order.amount + (fault == "other_amount" ? 1 : 0)},
        {"billQRCode", std::string(code_address) + codes_[number]}};
    if (!order.payments.empty()) body["billPayment"] = payment_of(order).dump(); // a text with an object in it
    if (late_.erase(number) != 0) paid_(orders_.pay(number, order_book::payer::late));
    return {std::move(body), fault};
}

netpay_face::told netpay_face::close(const nlohmann::json& wish) {
    const auto found = code_owners_.find(in_wish(wish, "qrCodeId"));
    if (found == code_owners_.end()) throw refusal(404, "NO_ORDER", "no such code");
    const auto fault = faults_("cancel", found->second);
    (void)orders_.cancel(found->second);
    if (fault == "paid_after_close") late_.insert(found->second);
    return {nlohmann::json::object(), fault};
}

netpay_face::told netpay_face::refund(const nlohmann::json& wish) {
    const auto number = till_number_of(in_wish(wish, "billNo"));
    const auto fault = faults_("refund", number);
    const auto name = in_wish(wish, "refundOrderId");
    auto found = refunds_.find(name);
    if (found == refunds_.end()) {
        const auto fen = fen_in_wish(wish, "refundAmount");
        if (fault != "closed") (void)orders_.refund(number, {{"refund_number", name}, {"amount", fen}});
        found = refunds_.emplace(name, kept_refund{fen, fault == "closed" ? "FAIL" : "SUCCESS"}).first;
    }
    const bool open = fault == "processing" || fault == "abnormal";
    return {{{"billNo", wish["billNo"]}, {"billDate", wish["billDate"]}, {"refundOrderId", name},
                {"refundAmount", found->second.amount}, {"refundStatus", open ? "PROCESSING" : found->second.status}},
        fault};
}

netpay_face::told netpay_face::pay(const nlohmann::json& wish) {
    const auto fault = faults_("charge", {});
    const auto number = till_number_of(in_wish(wish, "merchantOrderId"));
    const auto fen = fen_in_wish(wish, "transactionAmount");
    try {
        const auto [order, fresh] = orders_.charge(
            {{"order_number", number}, {"merchant_id", netpay_test_mid}, {"terminal_id", ""}, {"amount", fen},
                {"currency", in_wish(wish, "transactionCurrencyCode")}, {"subject", in_wish(wish, "merchantRemark")},
                {"notify_url", ""}, {"payment_code", in_wish(wish, "payCode")}});
        return {{{"orderId", order.transaction_number()}}, fault};
    } catch (const refusal& why) {
        if (!why.code.starts_with("code_")) throw;
        failed_[number] = fen;
        return {{{"errCode", "B1"}, {"errInfo", why.what()}}, fault};
    }
}

netpay_face::told netpay_face::query_code(const nlohmann::json& wish) {
    const auto number = till_number_of(in_wish(wish, "merchantOrderId"));
    const auto fault = faults_("query", number);
    nlohmann::json body{{"merchantOrderId", wish["merchantOrderId"]}};
    if (const auto found = failed_.find(number); found != failed_.end()) {
        body["queryResCode"] = "5";
        body["originalTransactionAmount"] = found->second;
        return {std::move(body), fault};
    }
    const auto order = orders_.find(number);
    if (!order.charged) throw refusal(404, "NO_ORDER", "no charge of this number");
    static const std::map<std::string, const char*> words{
        {"processing", "1"}, {"paid", "0"}, {"cancelled", "2"}, {"refunded", "3"}};
    body["queryResCode"] = voided_.contains(number) ? "2" : fault == "processing" ? "1" : words.at(order.status);
    body["originalTransactionAmount"] = order.amount + (fault == "other_amount" ? 1 : 0);
    if (!order.payments.empty()) body["orderId"] = order.transaction_number();
    return {std::move(body), fault};
}

netpay_face::told netpay_face::void_code(const nlohmann::json& wish) {
    const auto number = till_number_of(in_wish(wish, "merchantOrderId"));
    const auto fault = faults_("reverse", number);
    if (fault == "processing") return {{{"errCode", "A1"}}, fault};
    (void)orders_.reverse(number);
    voided_.insert(number);
    return {nlohmann::json::object(), fault};
}

std::string netpay_face::notice_of(const gateway_order& order, signature how) const {
    hostlink::parameters all{{"mid", std::string(netpay_test_mid)}, {"tid", std::string(netpay_test_tid)},
        {"instMid", "QRPAYDEFAULT"}, {"billNo", bill_number_of(order.number)},
        {"billDate", bill_date_of(order.number)}, {"billDesc", order.subject}, {"billStatus", "PAID"},
        {"totalAmount", std::to_string(order.amount)}, {"notifyId", random_hex(32)},
        {"billPayment", payment_of(order).dump()}, {"signType", "SHA256"}};
    auto value = netpay::notice_signature(keys_.notice, all, netpay::notice_digest::sha256).value();
    if (how == signature::wrong) value[0] = value[0] == 'A' ? 'B' : 'A';
    all["sign"] = value;
    return hostlink::write_form(all);
}

} // namespace cipherlane::sim
