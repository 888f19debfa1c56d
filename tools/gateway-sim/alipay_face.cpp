#include "gateway-sim/alipay_face.hpp"

#include "gateway-sim/stored_zip.hpp"

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/base64.hpp>
#include <cipherlane/core/gbk.hpp>
#include <cipherlane/core/secret_file.hpp>
#include <cipherlane/crypto/rsa.hpp>
#include <cipherlane/ports/clock.hpp>

#include <algorithm>
#include <filesystem>

namespace cipherlane::sim {
namespace {

namespace http = boost::beast::http;
namespace alipay = hostlink::alipay;

/// A business failure, as the order book's refusals are told.
struct alipay_refusal_row {
    std::string_view ours;
    const char* theirs;
};
constexpr alipay_refusal_row alipay_refusals[] = {
    {"order_differs", "ACQ.CONTEXT_INCONSISTENT"},
    {"no_such_order", "ACQ.TRADE_NOT_EXIST"},
    {"no_such_payment", "ACQ.TRADE_NOT_EXIST"},
    {"code_used", "ACQ.PAYMENT_AUTH_CODE_INVALID"},
    {"code_expired", "ACQ.PAYMENT_AUTH_CODE_INVALID"},
    {"code_refused", "ACQ.BUYER_BALANCE_NOT_ENOUGH"},
    {"not_paid", "ACQ.TRADE_STATUS_ERROR"},
    {"refund_too_large", "ACQ.REASON_TRADE_REFUND_FEE_ERR"},
    {"refund_differs", "ACQ.DISCORDANT_REPEAT_REQUEST"},
    {"bad_request", "ACQ.INVALID_PARAMETER"},
    {"SIGN_ERROR", "isv.invalid-signature"},
};

std::string wished(const nlohmann::json& wish, const char* member) {
    if (!wish.is_object() || !wish.contains(member) || !wish.at(member).is_string())
        throw refusal(400, "ACQ.INVALID_PARAMETER", std::string(member) + " is missing or wrong");
    return wish.at(member).get<std::string>();
}

std::int64_t fen_of(const nlohmann::json& wish, const char* member) {
    const auto value = amount::parse(wished(wish, member));
    if (!value) throw refusal(400, "ACQ.INVALID_PARAMETER", std::string(member) + " is no amount");
    return value->minor();
}

std::string as_yuan(std::int64_t fen) {
    return amount(fen).to_string();
}

/// Unless each name of credit is among the channels that are shut.
bool takes_credit(const nlohmann::json& wish) {
    const auto shut = "," + wish.value("disable_pay_channels", std::string()) + ",";
    return shut.find(",credit_group,") == std::string::npos || shut.find(",creditCard,") == std::string::npos;
}

nlohmann::json done(nlohmann::json body) {
    body["code"] = "10000";
    body["msg"] = "Success";
    return body;
}

/// @param channel, kind as the members are called: notices call them otherwise than answers
nlohmann::json bills_of(const gateway_order& order, const char* channel, const char* kind) {
    const auto& from = order.payer.from;
    nlohmann::json bill{{"amount", as_yuan(order.amount)}};
    bill[channel] = from == "debit"     ? "BANKCARD"
                    : from == "prepaid" ? "PCARD"
                    : from == "credit"  ? "PCREDIT"
                                        : "ALIPAYACCOUNT";
    if (from == "debit") bill[kind] = "DEBIT_CARD";
    return nlohmann::json::array({std::move(bill)});
}

std::string paid_on(const gateway_order& order) {
    return ports::to_civil(std::chrono::system_clock::from_time_t(order.paid_at)).to_string();
}

} // namespace

result<alipay_test_keys> alipay_test_keys::keep(const std::string& folder) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    const auto file = [&](const char* name) { return (std::filesystem::path(folder) / name).string(); };
    const auto show = [&](const char* name, const std::string& text) -> result<void> {
        if (std::filesystem::exists(file(name), failed)) return {};
        return secret_file::create(file(name), as_bytes(text));
    };
    CIPHERLANE_TRY(auto app, notification_signer::keep(file("merchant_key.pem")));
    CIPHERLANE_TRY(auto platform, notification_signer::keep(file("platform_key.pem")));
    CIPHERLANE_CHECK(show("merchant_public.pem", app.public_pem()));
    CIPHERLANE_CHECK(show("platform_public.pem", platform.public_pem()));
    return alipay_test_keys{app.public_pem(), std::make_shared<const notification_signer>(std::move(platform))};
}

alipay_face::alipay_face(
    alipay_test_keys keys, order_book& orders, hit faults, std::function<void(const gateway_order&)> paid)
    : keys_(std::move(keys))
    , app_(hostlink::signature_key::create(keys_.app_public).value())
    , orders_(orders)
    , faults_(std::move(faults))
    , paid_(std::move(paid)) {}

hostlink::parameters alipay_face::checked(const request_type& request) const {
    const std::string target(request.target());
    const auto query = target.find('?');
    auto all = hostlink::read_form(query == std::string::npos ? std::string() : target.substr(query + 1));
    const auto body = hostlink::read_form(request.body());
    if (!all || !body) throw refusal(400, "isv.invalid-parameter", "no form");
    for (const auto& [name, value] : *body)
        (*all)[name] = value;
    const auto value = [&](const char* name) {
        const auto found = all->find(name);
        return found == all->end() ? std::string() : found->second;
    };
    if (value("app_id") != alipay_test_app) throw refusal(400, "isv.invalid-app-id", "another application");
    if (const auto token = value("app_auth_token"); !token.empty() && token != alipay_test_token)
        throw refusal(400, "isv.invalid-app-auth-token", "no merchant's token");
    const auto sign = from_base64(value("sign"));
    const auto text = alipay::request_text(*all);
    if (value("sign_type") != "RSA2" || !sign || !app_.verifies(as_bytes(text), *sign))
        throw refusal(400, "isv.invalid-signature", "the signature is wrong");
    return *std::move(all);
}

alipay_face::response_type alipay_face::serve(const request_type& request) {
    if (request.target().starts_with("/billdownload/")) { // whoever has the address has the bill
        response_type file(http::status::ok, 11);
        file.set(http::field::content_type, "application/octet-stream");
        file.body() = bill_archive();
        return file;
    }
    std::string method = "error";
    try {
        auto all = checked(request);
        method = all["method"];
        const std::string host(request[http::field::host]);
        return signed_answer(
            method, route(method, nlohmann::json::parse(all["biz_content"]), all["notify_url"], host));
    } catch (const refusal& why) {
        std::string sub_code = why.code;
        for (const auto& row : alipay_refusals)
            if (row.ours == why.code) sub_code = row.theirs;
        const bool isv = sub_code.starts_with("isv.");
        const nlohmann::json body{{"code", isv ? "40002" : "40004"},
            {"msg", isv ? "Invalid Arguments" : "Business Failed"}, {"sub_code", sub_code}, {"sub_msg", why.what()}};
        return signed_answer(method, {body, isv ? "unsigned" : ""}); // Alipay does not know whose key to take
    } catch (const nlohmann::json::exception&) {
        return signed_answer(method, {{{"code", "40002"}, {"sub_code", "isv.invalid-parameter"}}, ""});
    }
}

alipay_face::told alipay_face::route(
    const std::string& method, const nlohmann::json& wish, const std::string& notify_url, const std::string& host) {
    if (method == "alipay.trade.precreate") return create(wish, notify_url);
    if (method == "alipay.trade.pay") return charge(wish, notify_url);
    if (method == "alipay.trade.query") return query(wished(wish, "out_trade_no"));
    if (method == "alipay.trade.close") return close(wished(wish, "out_trade_no"));
    if (method == "alipay.trade.cancel") return cancel(wished(wish, "out_trade_no"));
    if (method == "alipay.trade.refund") return refund(wish);
    if (method == "alipay.trade.fastpay.refund.query") return query_refund(wish);
    if (method == "alipay.data.dataservice.bill.downloadurl.query") {
        if (wished(wish, "bill_type") != "trade") throw refusal(400, "INVAILID_ARGUMENTS", "bill_type");
        const auto fault = faults_("bill", {});
        const auto today = ports::to_civil(std::chrono::system_clock::from_time_t(now_seconds())).to_string();
        const auto day = wished(wish, "bill_date");
        if (day.size() != 10 || day >= today.substr(0, 10)) throw refusal(404, "BILL_NOT_EXIST", "not ready");
        return {done({{"bill_download_url", "http://" + host + "/billdownload/file?token=1"}}), fault};
    }
    throw refusal(400, "isv.invalid-method", "no such method");
}

alipay_face::told alipay_face::create(const nlohmann::json& wish, const std::string& notify_url) {
    const auto fault = faults_("create", {});
    if (wished(wish, "subject").find_first_of("/=&") != std::string::npos || wished(wish, "product_code").empty())
        throw refusal(400, "ACQ.INVALID_PARAMETER", "subject");
    const auto number = wished(wish, "out_trade_no");
    const auto [order, fresh] = orders_.create({{"order_number", number}, {"merchant_id", alipay_test_app},
        {"terminal_id", wish.value("terminal_id", std::string())}, {"amount", fen_of(wish, "total_amount")},
        {"currency", "156"}, {"subject", wish["subject"]}, {"notify_url", notify_url}, {"valid_seconds", 7200},
        {"credit", takes_credit(wish)}});
    if (!fresh && order.status == "paid") throw refusal(400, "ACQ.TRADE_HAS_SUCCESS", "the trade is paid");
    if (fault == "paid_at_once") paid_(orders_.pay(number, order_book::payer::usual));
    auto body = done({{"out_trade_no", number}, {"qr_code", "https://qr.alipay.com/bax" + number}});
    if (fault == "other_merchant") body["out_trade_no"] = "OTHER";
    if (fault == "no_json") body = {{"code", "10000"}};
    return {std::move(body), fault};
}

alipay_face::told alipay_face::charge(const nlohmann::json& wish, const std::string& notify_url) {
    const auto fault = faults_("charge", {});
    const auto number = wished(wish, "out_trade_no");
    const auto [order, fresh] = orders_.charge({{"order_number", number}, {"merchant_id", alipay_test_app},
        {"terminal_id", wish.value("terminal_id", std::string())}, {"amount", fen_of(wish, "total_amount")},
        {"currency", "156"}, {"subject", wished(wish, "subject")}, {"notify_url", notify_url},
        {"payment_code", wished(wish, "auth_code")}, {"credit", takes_credit(wish)}});
    if (fresh && order.status == "paid") paid_(order);
    if (fault == "asked_twice") throw refusal(400, "ACQ.TRADE_HAS_SUCCESS", "charged before");
    nlohmann::json body{{"out_trade_no", fault == "other_merchant" ? "OTHER" : number},
        {"total_amount", as_yuan(order.amount + (fault == "other_amount" ? 1 : 0))}};
    if (order.status == "processing" || fault == "processing") {
        body["code"] = "10003";
        body["msg"] = "order success pay inprocess";
        return {std::move(body), fault};
    }
    body["trade_no"] = order.transaction_number();
    return {fault == "no_json" ? nlohmann::json{{"code", "10000"}} : done(std::move(body)), fault};
}

alipay_face::told alipay_face::query(const std::string& number) {
    const auto fault = faults_("query", number);
    if (fault == "given_back") (void)orders_.give_back_all(number);
    const auto order = orders_.find(number);
    static const std::map<std::string, const char*> words{{"processing", "WAIT_BUYER_PAY"}, {"paid", "TRADE_SUCCESS"},
        {"refunded", "TRADE_CLOSED"}, {"cancelled", "TRADE_CLOSED"}};
    const auto word = words.find(order.status);
    // Nobody has scanned: there is no trade.
    if (word == words.end()) throw refusal(404, "no_such_order", "no trade of this number");
    auto body = done({{"out_trade_no", fault == "other_merchant" ? "OTHER" : number}, {"trade_status", word->second},
        {"total_amount", as_yuan(order.amount + (fault == "other_amount" ? 1 : 0))}});
    if (!order.payments.empty()) body["trade_no"] = order.transaction_number();
    if (!order.payments.empty()) body["send_pay_date"] = paid_on(order);
    if (!order.payer.from.empty()) body["fund_bill_list"] = bills_of(order, "fund_channel", "fund_type");
    if (!order.payer.name.empty()) body["buyer_user_id"] = order.payer.name;
    if (fault == "processing") body["trade_status"] = "WAIT_BUYER_PAY";
    if (fault == "no_json") body = {{"code", "10000"}};
    return {std::move(body), fault};
}

alipay_face::told alipay_face::close(const std::string& number) {
    const auto fault = faults_("cancel", number);
    const auto order = orders_.find(number);
    if (fault == "paid_after_close") late_.insert(number); // once the order is cancelled
    if (order.status == "waiting" || order.status == "expired")
        throw refusal(404, "no_such_order", "nobody has scanned");
    if (order.status != "processing") throw refusal(400, "ACQ.TRADE_STATUS_ERROR", "the trade is " + order.status);
    (void)orders_.reverse(number);
    return {done({{"out_trade_no", number}}), fault};
}

alipay_face::told alipay_face::cancel(const std::string& number) {
    const auto fault = faults_("reverse", number);
    const auto before = orders_.find(number);
    if (before.charged) {
        const bool was_paid = before.status == "paid";
        (void)orders_.reverse(number);
        auto body = done({{"out_trade_no", number}, {"retry_flag", fault == "processing" ? "Y" : "N"}});
        if (before.status != "cancelled" && before.status != "refunded")
            body["action"] = was_paid ? "refund" : "close";
        if (fault == "no_json") body = {{"code", "10000"}};
        if (fault == "other_merchant") body["out_trade_no"] = "OTHER";
        return {std::move(body), fault};
    }
    (void)orders_.cancel(number);
    if (late_.erase(number) != 0) paid_(orders_.pay(number, order_book::payer::late));
    return {done({{"out_trade_no", number}, {"retry_flag", "N"}, {"action", "close"}}), fault};
}

alipay_face::told alipay_face::refund(const nlohmann::json& wish) {
    const auto number = wished(wish, "out_trade_no");
    const auto name = wished(wish, "out_request_no");
    const auto fault = faults_("refund", number);
    const auto sum = fen_of(wish, "refund_amount");
    const bool known = refunds_.contains(name) || orders_.find_refund(name);
    const auto order = orders_.refund(number, {{"refund_number", name}, {"amount", sum}});
    const bool moved = !known && fault != "processing" && fault != "abnormal";
    refunds_[name] = {{"out_trade_no", number}, {"out_request_no", name}, {"refund_amount", as_yuan(sum)}};
    if (fault != "abnormal") refunds_[name]["refund_status"] = "REFUND_SUCCESS";
    auto body = done(
        {{"out_trade_no", fault == "other_merchant" ? "OTHER" : number}, {"trade_no", order.transaction_number()},
            {"fund_change", moved ? "Y" : "N"}, {"refund_fee", as_yuan(order.refunded())}});
    if (fault == "no_json") body = {{"code", "10000"}};
    return {std::move(body), fault};
}

alipay_face::told alipay_face::query_refund(const nlohmann::json& wish) {
    (void)faults_("refund_query", {});
    const auto name = wished(wish, "out_request_no");
    if (const auto found = refunds_.find(name); found != refunds_.end()) return {done(found->second), {}};
    // Of before a restart: the ledger has what was done.
    const auto order = orders_.find_refund(name);
    if (!order) return {done(nlohmann::json::object()), {}};
    return {done({{"out_trade_no", order->number}, {"out_request_no", name},
                {"refund_amount", as_yuan(order->refunds.at(name).amount)}, {"refund_status", "REFUND_SUCCESS"}}),
        {}};
}

std::string alipay_face::bill_archive() {
    std::string rows;
    std::int64_t paid = 0;
    std::int64_t back = 0;
    int payments = 0;
    int refunds = 0;
    const auto row = [&](const nlohmann::json& order, const char* word, std::int64_t fen, const std::string& refund) {
        const std::string number = order.at("order_number");
        const std::string when =
            ports::to_civil(std::chrono::system_clock::from_time_t(order.at("paid_at").get<std::int64_t>()))
                .to_string();
        rows += order.at("transaction_number").get<std::string>() + "\t," + number + "\t," + word + "\t,\t," + when +
                "\t," + when + "\t,\t,\t,\t," + order.at("terminal_id").get<std::string>() + "\t,\t," + as_yuan(fen) +
                "\t," + as_yuan(fen) + "\t,0.00\t,0.00\t,0.00\t,0.00\t,0.00\t,\t,0.00\t,0.00\t," + refund +
                "\t,0.00\t,0.00\t,\t\r\n";
    };
    for (const auto& one : orders_.list()) {
        if (one.at("paid") == 0) continue;
        row(one, "交易", one.at("paid"), {});
        paid += one.at("paid").get<std::int64_t>();
        ++payments;
        for (const auto& [name, told] : refunds_) {
            if (told.at("out_trade_no") != one.at("order_number")) continue;
            const auto fen = amount::parse(told.at("refund_amount").get<std::string>()).value().minor();
            row(one, "退款", -fen, name);
            back += fen;
            ++refunds;
        }
    }
    const auto head = "#支付宝业务明细查询\r\n#账号：[" + std::string(alipay_test_seller) + "0156]\r\n";
    const auto details =
        head +
        "#-----------------------------------------业务明细列表----------------------------------------\r\n"
        "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
        "订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,"
        "券核销金额（元）,券名称,"
        "商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注\r\n" +
        rows +
        "#-----------------------------------------业务明细列表结束------------------------------------\r\n"
        "#交易合计：" +
        std::to_string(payments) + "笔，商家实收共" + as_yuan(paid) + "元，商家优惠共0.00元\r\n#退款合计：" +
        std::to_string(refunds) + "笔，商家实收退款共" + as_yuan(-back) + "元，商家优惠退款共0.00元\r\n";
    const auto gbk = [](const std::string& text) { return utf8_to_gbk(text).value(); };
    const std::string name = std::string(alipay_test_seller) + "0156_20260921_业务明细";
    return stored_zip(
        {{gbk(name + ".csv"), gbk(details)}, {gbk(name + "(汇总).csv"), gbk(head + "#业务汇总列表\r\n")}});
}

alipay_face::response_type alipay_face::signed_answer(const std::string& method, const told& what) const {
    std::string node = method;
    std::replace(node.begin(), node.end(), '.', '_');
    auto inside = what.body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    // As Alipay writes addresses: whoever signs what they have parsed signs something else.
    for (std::size_t at = inside.find('/'); at != std::string::npos; at = inside.find('/', at + 2))
        inside.insert(at, "\\");
    std::string text = "{\"" + node + "_response\":" + inside;
    if (what.fault != "unsigned") {
        auto sign = keys_.platform->sign_text(inside).value();
        if (what.fault == "forged") sign[0] = sign[0] == 'A' ? 'B' : 'A';
        text += ",\"sign\":\"" + sign + "\"";
    }
    response_type answer(http::status::ok, 11);
    answer.set(http::field::content_type, "text/html;charset=utf-8");
    answer.body() = text + "}";
    return answer;
}

std::string alipay_face::notice_of(const gateway_order& order, signature how) const {
    hostlink::parameters all{{"app_id", std::string(alipay_test_app)}, {"seller_id", std::string(alipay_test_seller)},
        {"charset", "utf-8"}, {"notify_id", random_hex(32)}, {"notify_type", "trade_status_sync"},
        {"notify_time", paid_on(order)}, {"out_trade_no", order.number}, {"sign_type", "RSA2"},
        {"subject", order.subject + " 100%+1"}, {"total_amount", as_yuan(order.amount)},
        {"trade_no", order.transaction_number()}, {"trade_status", "TRADE_SUCCESS"}, {"version", "1.0"}};
    if (!order.payer.from.empty()) all["fund_bill_list"] = bills_of(order, "fundChannel", "fundType").dump();
    if (!order.payer.name.empty()) all["buyer_id"] = order.payer.name;
    auto sign = keys_.platform->sign_text(alipay::notice_texts(all).front()).value();
    if (how == signature::wrong) sign[0] = sign[0] == 'A' ? 'B' : 'A';
    all["sign"] = sign;
    return hostlink::write_form(all);
}

} // namespace cipherlane::sim
