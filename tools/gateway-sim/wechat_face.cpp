#include "gateway-sim/wechat_face.hpp"

#include <cipherlane/core/base64.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_file.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/ports/clock.hpp>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <filesystem>

namespace cipherlane::sim {
namespace {

namespace http = boost::beast::http;
namespace wechat = hostlink::wechat;

constexpr std::int64_t most_off = 300;
constexpr std::size_t longest_api_key = 16'384;

/// The value of one name in `Authorization`.
std::string part_of(std::string_view text, const std::string& name) {
    const auto at = text.find(name + "=\"");
    if (at == std::string_view::npos) return {};
    const auto from = at + name.size() + 2;
    return std::string(text.substr(from, text.find('"', from) - from));
}

std::string text_of(const nlohmann::json& wish, const nlohmann::json::json_pointer& where) {
    if (!wish.is_object() || !wish.contains(where) || !wish.at(where).is_string())
        throw refusal(400, "PARAM_ERROR", where.to_string() + " is missing or wrong");
    return wish.at(where).get<std::string>();
}

std::int64_t number_of(const nlohmann::json& wish, const nlohmann::json::json_pointer& where) {
    if (!wish.is_object() || !wish.contains(where) || !wish.at(where).is_number_integer())
        throw refusal(400, "PARAM_ERROR", where.to_string() + " is missing or wrong");
    return wish.at(where).get<std::int64_t>();
}

/// The order book's refusals in WeChat's words.
struct refusal_row {
    std::string_view ours;
    unsigned status;
    const char* theirs;
};
constexpr refusal_row refusals[] = {
    {"order_differs", 403, "OUT_TRADE_NO_USED"},
    {"no_such_order", 404, "ORDER_NOT_EXIST"},
    {"no_such_payment", 404, "RESOURCE_NOT_EXISTS"},
    {"code_used", 403, "AUTH_CODE_INVALID"},
    {"code_expired", 403, "AUTHCODEEXPIRE"},
    {"code_refused", 403, "NOT_ENOUGH"},
    {"not_paid", 400, "INVALID_REQUEST"},
    {"refund_too_large", 403, "NOT_ENOUGH"},
    {"refund_differs", 400, "INVALID_REQUEST"},
    {"bad_request", 400, "PARAM_ERROR"},
};

/// Whose call it is: the merchant's own, or a partner's for the merchant that it serves. @return that merchant.
enum class with_appid : std::uint8_t { no, yes };
std::string identify(const nlohmann::json& wish, with_appid application) {
    const bool partner = wish.contains("sp_mchid");
    const auto text = [&](const char* own, const char* partners) {
        return text_of(wish, nlohmann::json::json_pointer(partner ? partners : own));
    };
    if (text("/mchid", "/sp_mchid") != wechat_test_mchid)
        throw refusal(400, "PARAM_ERROR", "mchid is not the signer's");
    if (application == with_appid::yes && text("/appid", "/sp_appid") != wechat_test_appid)
        throw refusal(400, "APPID_MCHID_NOT_MATCH", "appid is another's");
    if (!partner) return std::string(wechat_test_mchid);
    if (text("", "/sub_mchid") != wechat_test_sub_mchid)
        throw refusal(400, "PARAM_ERROR", "sub_mchid is nobody whom the partner serves");
    return std::string(wechat_test_sub_mchid);
}

std::string yuan(std::int64_t fen) {
    const auto text = std::to_string(fen % 100);
    return std::to_string(fen / 100) + "." + (text.size() < 2 ? "0" : "") + text;
}

std::string lower(std::string text) {
    for (auto& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

} // namespace

namespace {

/// A certificate of its own for the key of a PEM file. Empty if the library fails.
std::string certificate_for(std::string_view key_pem) {
    const std::unique_ptr<BIO, decltype(&::BIO_free)> in(
        ::BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size())), &::BIO_free);
    const std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)> key(
        ::PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), &::EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&::X509_free)> made(::X509_new(), &::X509_free);
    const std::unique_ptr<BIO, decltype(&::BIO_free)> out(::BIO_new(::BIO_s_mem()), &::BIO_free);
    if (!key || !made || !out) return {};
    BIGNUM* number = nullptr;
    const std::string serial(wechat_test_certificate);
    if (::BN_hex2bn(&number, serial.c_str()) == 0) return {};
    const std::unique_ptr<BIGNUM, decltype(&::BN_free)> kept(number, &::BN_free);
    constexpr long year = 365L * 24 * 3600;
    auto* name = ::X509_get_subject_name(made.get());
    const auto* common = reinterpret_cast<const unsigned char*>("Cipherlane simulated platform");
    const bool whole =
        ::X509_set_version(made.get(), 2) == 1 &&
        ::BN_to_ASN1_INTEGER(kept.get(), ::X509_get_serialNumber(made.get())) != nullptr &&
        ::X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600) != nullptr &&
        ::X509_gmtime_adj(X509_getm_notAfter(made.get()), year) != nullptr &&
        ::X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common, -1, -1, 0) == 1 &&
        ::X509_set_issuer_name(made.get(), name) == 1 && ::X509_set_pubkey(made.get(), key.get()) == 1 &&
        ::X509_sign(made.get(), key.get(), ::EVP_sha256()) > 0 && ::PEM_write_bio_X509(out.get(), made.get()) == 1;
    if (!whole) return {};
    char* text = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

} // namespace

result<wechat_test_keys> wechat_test_keys::keep(const std::string& folder) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    const auto file = [&](const char* name) { return (std::filesystem::path(folder) / name).string(); };
    const auto show = [&](const char* name, const std::string& text) -> result<void> {
        if (std::filesystem::exists(file(name), failed)) return {};
        return secret_file::create(file(name), as_bytes(text));
    };
    CIPHERLANE_TRY(auto merchant, notification_signer::keep(file("merchant_key.pem")));
    CIPHERLANE_TRY(auto platform, notification_signer::keep(file("platform_key.pem")));
    CIPHERLANE_CHECK(show("merchant_public.pem", merchant.public_pem()));
    CIPHERLANE_CHECK(show("platform_public.pem", platform.public_pem()));
    CIPHERLANE_CHECK(show("api_v3.key", random_hex(32)));
    CIPHERLANE_TRY(auto there, secret_file::open(file("api_v3.key")));
    CIPHERLANE_TRY(const auto key, there.read(longest_api_key));
    CIPHERLANE_TRY(auto platform_file, secret_file::open(file("platform_key.pem")));
    CIPHERLANE_TRY(const auto platform_pem, platform_file.read(longest_api_key));
    wechat_test_keys made;
    made.certificate = certificate_for(as_text(platform_pem.expose()));
    made.merchant_public = merchant.public_pem();
    made.api_v3_key = std::string(as_text(key.expose()));
    made.platform = std::make_shared<const notification_signer>(std::move(platform));
    return made;
}

wechat_face::wechat_face(
    wechat_test_keys keys, order_book& orders, hit faults, std::function<void(const gateway_order&)> paid)
    : keys_(std::move(keys))
    , merchant_(hostlink::signature_key::create(keys_.merchant_public).value())
    , orders_(orders)
    , faults_(std::move(faults))
    , paid_(std::move(paid)) {}

wechat_face::response_type wechat_face::serve(const request_type& request) {
    try {
        if (request.target().starts_with("/v3/billdownload/")) {
            check_signature(request);
            response_type file(http::status::ok, 11); // without a signature, as WeChat's
            file.body() = bill_text();
            return file;
        }
        return signed_answer(route(request));
    } catch (const refusal& why) {
        told answer{why.status, {{"code", why.code}, {"message", why.what()}}, {}};
        for (const auto& row : refusals) {
            if (row.ours != why.code) continue;
            answer.status = row.status;
            answer.body["code"] = row.theirs;
        }
        answer.fault = "unsigned"; // refusals mostly have no signature
        return signed_answer(answer);
    } catch (const nlohmann::json::exception&) {
        return signed_answer({400, {{"code", "PARAM_ERROR"}, {"message", "the body is no JSON"}}, "unsigned"});
    }
}

void wechat_face::check_signature(const request_type& request) const {
    const auto field = [&](http::field name) { return std::string(request[name]); };
    if (field(http::field::accept).empty() || field(http::field::user_agent).empty())
        throw refusal(400, "PARAM_ERROR", "Accept and User-Agent are wanted");
    const auto head = field(http::field::authorization);
    const refusal wrong(401, "SIGN_ERROR", "the signature is wrong");
    const bool known = head.starts_with("WECHATPAY2-SHA256-RSA2048 ") &&
                       part_of(head, "mchid") == wechat_test_mchid &&
                       part_of(head, "serial_no") == wechat_test_serial;
    const auto timestamp = part_of(head, "timestamp");
    if (!known || timestamp.empty() || timestamp.size() > 12) throw wrong;
    if (std::abs(std::atoll(timestamp.c_str()) - now_seconds()) > most_off)
        throw refusal(401, "SIGN_ERROR", "the clock is off");
    const auto text = wechat::request_text(std::string(request.method_string()), std::string(request.target()),
        timestamp, part_of(head, "nonce_str"), request.body());
    const auto value = from_base64(part_of(head, "signature"));
    if (!value || !merchant_.verifies(as_bytes(text), *value)) throw wrong;
}

wechat_face::told wechat_face::route(const request_type& request) {
    check_signature(request);
    const std::string target(request.target());
    const bool post = request.method() == http::verb::post;
    const auto path = target.substr(0, target.find('?'));
    const auto body = [&] { return nlohmann::json::parse(request.body()); };
    const bool partner = path.starts_with("/v3/pay/partner/");
    const std::string transactions = partner ? "/v3/pay/partner/transactions/" : "/v3/pay/transactions/";
    const std::string by_number = transactions + "out-trade-no/";
    const std::string refunds = "/v3/refund/domestic/refunds";
    if (post && path == transactions + "native") return create(body());
    if (post && path == transactions + "codepay") return charge(body());
    if (post && path == refunds) return refund(body());
    if (!post && path.starts_with(refunds + "/")) return query_refund(path.substr(refunds.size() + 1));
    if (!post && path == "/v3/certificates" && faults_("certificates", {}) == "has_certificates")
        return {200, certificates(), request.count("Wechatpay-Serial") != 0 ? "" : "by_certificate"};
    if (!post && path == "/v3/certificates")
        throw refusal(404, "RESOURCE_NOT_EXISTS", "this merchant has the public key alone");
    if (!post && path == "/v3/bill/tradebill") return bill(target);
    if (!path.starts_with(by_number)) throw refusal(404, "NOT_FOUND", "no such page");
    const auto rest = path.substr(by_number.size());
    const auto slash = rest.find('/');
    const auto number = rest.substr(0, slash);
    const auto verb = slash == std::string::npos ? std::string() : rest.substr(slash + 1);
    if (!post && verb.empty()) {
        const auto whose = partner ? "?sp_mchid=" + std::string(wechat_test_mchid) +
                                         "&sub_mchid=" + std::string(wechat_test_sub_mchid)
                                   : "?mchid=" + std::string(wechat_test_mchid);
        if (!target.ends_with(whose)) throw refusal(400, "PARAM_ERROR", "mchid is missing or wrong");
        return query(number);
    }
    if (post && verb == "close") {
        (void)identify(body(), with_appid::no);
        return close(number);
    }
    if (post && verb == "reverse") {
        (void)identify(body(), with_appid::yes);
        return reverse(number);
    }
    throw refusal(404, "NOT_FOUND", "no such page");
}

nlohmann::json wechat_face::order_json(const gateway_order& order, const std::string& fault) const {
    static const std::map<std::string, const char*> words{{"waiting", "NOTPAY"}, {"processing", "USERPAYING"},
        {"paid", "SUCCESS"}, {"refunded", "REFUND"}, {"cancelled", "CLOSED"}, {"expired", "NOTPAY"}};
    std::string state = words.at(order.status);
    if (closed_.contains(order.number) && state == "NOTPAY") state = "CLOSED";
    if (order.refunded() > 0) state = "REFUND";
    // Only what was charged can be undone, and only so does a charge come to these ends: no restart forgets it.
    const bool given_back = order.refunds.contains("gateway") && order.refunds.size() == 1;
    if (order.charged && (order.status == "cancelled" || given_back)) state = "REVOKED";
    if (fault == "processing") state = "USERPAYING";
    const auto total = order.amount + (fault == "other_amount" ? 1 : 0);
    nlohmann::json told{{"appid", wechat_test_appid},
        {"mchid", fault == "other_merchant" ? std::string("1999000002") : std::string(wechat_test_mchid)},
        {"out_trade_no", order.number}, {"attach", order.terminal_id}, {"trade_state", state},
        {"trade_state_desc", "模拟"}, {"trade_type", order.charged ? "MICROPAY" : "NATIVE"},
        {"amount", {{"total", total}, {"payer_total", total}, {"currency", "CNY"}, {"payer_currency", "CNY"}}}};
    if (!order.payer.from.empty()) {
        const auto& from = order.payer.from;
        told["bank_type"] = from == "credit" ? "CMB_CREDIT" : from == "debit" ? "CMB_DEBIT" : "OTHERS";
    }
    const bool of_partner = order.merchant_id == wechat_test_sub_mchid;
    if (!order.payer.name.empty()) told["payer"] = {{of_partner ? "sp_openid" : "openid", order.payer.name}};
    if (of_partner) {
        told["sp_appid"] = told["appid"];
        told["sp_mchid"] = told["mchid"];
        told["sub_mchid"] = order.merchant_id;
        told.erase("appid");
        told.erase("mchid");
    }
    if (!order.payments.empty()) told["transaction_id"] = order.transaction_number();
    if (fault == "no_currency") told["amount"].erase("currency");
    if (fault == "no_json") told = {{"out_trade_no", order.number}};
    return told;
}

wechat_face::told wechat_face::create(const nlohmann::json& wish) {
    const auto fault = faults_("create", {});
    const auto whose = identify(wish, with_appid::yes);
    using pointer = nlohmann::json::json_pointer;
    (void)text_of(wish, pointer("/description"));
    if (number_of(wish, pointer("/amount/total")) <= 0) throw refusal(400, "PARAM_ERROR", "/amount/total");
    const nlohmann::json ours{{"order_number", text_of(wish, pointer("/out_trade_no"))}, {"merchant_id", whose},
        {"terminal_id", wish.value("attach", std::string())}, {"amount", wish["amount"]["total"]},
        {"currency", "156"}, {"subject", wish["description"]}, {"notify_url", text_of(wish, pointer("/notify_url"))},
        {"valid_seconds", 7200},
        {"credit", wish.value("limit_pay", nlohmann::json()) != nlohmann::json::array({"no_credit"})}};
    const auto [order, fresh] = orders_.create(ours);
    if (!fresh && order.status != "waiting") throw refusal(400, "INVALID_REQUEST", "the order is " + order.status);
    if (fault == "paid_at_once") paid_(orders_.pay(order.number, order_book::payer::usual));
    if (fault == "accepted") return {202, nullptr, {}};
    nlohmann::json body{{"code_url", "weixin://wxpay/bizpayurl?pr=" + order.number}};
    if (fault == "no_json") body = {{"code", 1}};
    return {200, std::move(body), fault};
}

wechat_face::told wechat_face::charge(const nlohmann::json& wish) {
    const auto fault = faults_("charge", {});
    const auto whose = identify(wish, with_appid::yes);
    using pointer = nlohmann::json::json_pointer;
    (void)text_of(wish, pointer("/scene_info/store_info/out_id"));
    const nlohmann::json ours{{"order_number", text_of(wish, pointer("/out_trade_no"))}, {"merchant_id", whose},
        {"terminal_id", wish.value("attach", std::string())}, {"amount", number_of(wish, pointer("/amount/total"))},
        {"currency", "156"}, {"subject", text_of(wish, pointer("/description"))}, {"notify_url", ""},
        {"payment_code", text_of(wish, pointer("/payer/auth_code"))}};
    const auto [order, fresh] = orders_.charge(ours);
    if (fault == "asked_twice") throw refusal(400, "INVALID_REQUEST", "charged before");
    if (fault == "accepted") return {202, {{"code", "USERPAYING"}, {"message", "the payer is at it"}}, {}};
    return {order.status == "processing" ? 202U : 200U, order_json(order, fault), fault};
}

wechat_face::told wechat_face::query(const std::string& number) {
    const auto fault = faults_("query", number);
    if (fault == "given_back") (void)orders_.give_back_all(number);
    return {200, order_json(orders_.find(number), fault), fault};
}

wechat_face::told wechat_face::close(const std::string& number) {
    const auto fault = faults_("cancel", number);
    if (fault == "accepted") return {202, nullptr, {}}; // and nothing is closed
    const auto order = orders_.cancel(number);
    if (order.status == "paid" || order.status == "refunded") throw refusal(400, "ORDER_PAID", "the order is paid");
    closed_.insert(number);
    if (fault == "paid_after_close") paid_(orders_.pay(number, order_book::payer::late));
    return {204, nullptr, fault};
}

wechat_face::told wechat_face::reverse(const std::string& number) {
    const auto fault = faults_("reverse", number);
    const auto before = orders_.find(number);
    if (!before.charged) throw refusal(400, "INVALID_REQUEST", "not by a payment code");
    (void)orders_.reverse(number);
    const nlohmann::json body{{"appid", wechat_test_appid}, {"mchid", wechat_test_mchid}, {"out_trade_no", number}};
    return {200, body, fault};
}

nlohmann::json wechat_face::refund_json(const gateway_order& order, const std::string& name) {
    return {{"refund_id", "50" + name}, {"out_refund_no", name}, {"out_trade_no", order.number},
        {"transaction_id", order.transaction_number()}, {"status", "SUCCESS"},
        {"amount", {{"refund", order.refunds.at(name).amount}, {"total", order.amount}, {"currency", "CNY"}}}};
}

wechat_face::told wechat_face::refund(const nlohmann::json& wish) {
    using pointer = nlohmann::json::json_pointer;
    const auto number = text_of(wish, pointer("/out_trade_no"));
    const auto name = text_of(wish, pointer("/out_refund_no"));
    const auto fault = faults_("refund", number);
    (void)text_of(wish, pointer("/notify_url")); // without it notices of API v2 may come
    const auto whose = orders_.find(number).merchant_id;
    if (whose == wechat_test_sub_mchid && wish.value("sub_mchid", std::string()) != whose)
        throw refusal(400, "PARAM_ERROR", "sub_mchid is missing or wrong");
    if (orders_.find(number).amount != number_of(wish, pointer("/amount/total")))
        throw refusal(400, "PARAM_ERROR", "/amount/total is not the order's");
    const auto sum = number_of(wish, pointer("/amount/refund"));
    const auto order = orders_.refund(number, {{"refund_number", name}, {"amount", sum}});
    auto body = refund_json(order, name);
    if (fault == "no_currency") body["amount"].erase("currency");
    if (!refunds_.contains(name) || refunds_[name]["status"] == "SUCCESS") refunds_[name] = body;
    body = refunds_[name];
    if (fault == "closed") refunds_[name]["status"] = body["status"] = "CLOSED";
    if (fault == "asked_twice") throw refusal(400, "INVALID_REQUEST", "refunded before");
    if (fault == "accepted") return {202, nullptr, {}};
    if (fault == "processing") body["status"] = "PROCESSING"; // the next question finds it done
    if (fault == "abnormal") refunds_[name]["status"] = body["status"] = "ABNORMAL";
    if (fault == "no_json") body = {{"code", 1}};
    return {200, std::move(body), fault};
}

wechat_face::told wechat_face::query_refund(const std::string& number) {
    (void)faults_("refund_query", {});
    const auto name = number.substr(0, number.find('?'));
    const auto found = refunds_.find(name);
    if (found != refunds_.end()) return {200, found->second, {}};
    // Of before a restart: the ledger has what was done.
    const auto order = orders_.find_refund(name);
    if (!order) throw refusal(404, "RESOURCE_NOT_EXISTS", "no such refund");
    return {200, refund_json(*order, name), {}};
}

wechat_face::told wechat_face::bill(const std::string& target) {
    if (target.find("bill_date=") == std::string::npos) throw refusal(400, "PARAM_ERROR", "bill_date");
    const auto text = bill_text() + (faults_("bill", {}) == "other_digest" ? " " : "");
    const auto digest = crypto::digest(crypto::digest_algorithm::sha1, as_bytes(text)).value();
    return {200,
        {{"hash_type", "SHA1"}, {"hash_value", lower(to_hex(digest.view()))},
            {"download_url", "http://127.0.0.1/v3/billdownload/file?token=1"}},
        {}};
}

/// The day's payments in the form of type SUCCESS, and their totals.
std::string wechat_face::bill_text() {
    std::string text =
        "\xEF\xBB\xBF"
        "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
        "付款银行,货币种类,应结订单金额,代金券金额,商品名称,商户数据包,手续费,费率,订单金额,费率备注\r\n";
    std::int64_t sum = 0;
    int rows = 0;
    for (const auto& one : orders_.list()) {
        const std::int64_t paid = one.at("paid");
        if (paid == 0) continue;
        ++rows;
        sum += paid;
        const auto when = std::chrono::system_clock::from_time_t(one.at("paid_at").get<std::int64_t>());
        text += "`" + ports::to_civil(when).to_string() + ",`" + std::string(wechat_test_appid) + ",`" +
                std::string(wechat_test_mchid) + ",`0,`,`" + one.at("transaction_number").get<std::string>() + ",`" +
                one.at("order_number").get<std::string>() + ",`,`NATIVE,`SUCCESS,`OTHERS,`CNY,`" + yuan(paid) +
                ",`0.00,`,`" + one.at("terminal_id").get<std::string>() + ",`0.00000,`0.60%,`" + yuan(paid) +
                ",`\r\n";
    }
    text += "总交易单数,应结订单总金额,手续费总金额,订单总金额\r\n`" + std::to_string(rows) + ",`" + yuan(sum) +
            ",`0.00000,`" + yuan(sum) + "\r\n";
    return text;
}

wechat_face::response_type wechat_face::signed_answer(const told& what) const {
    response_type answer(static_cast<http::status>(what.status), 11);
    if (!what.body.is_null()) {
        answer.set(http::field::content_type, "application/json");
        answer.body() = what.body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }
    if (what.fault == "unsigned") return answer;
    const bool by_certificate = what.fault == "by_certificate";
    for (const auto& [name, value] :
        header_of(answer.body(), what.fault == "forged" ? signature::wrong : signature::right))
        answer.set(name, by_certificate && name == "Wechatpay-Serial" ? std::string(wechat_test_certificate) : value);
    return answer;
}

/// The platform's certificate, sealed as WeChat hands it out.
nlohmann::json wechat_face::certificates() const {
    wechat::sealed_resource sealed{"AEAD_AES_256_GCM", {}, random_hex(12), "certificate"};
    sealed.ciphertext = wechat::seal_resource(as_bytes(keys_.api_v3_key), sealed, keys_.certificate).value();
    const nlohmann::json inside{{"algorithm", sealed.algorithm}, {"nonce", sealed.nonce},
        {"associated_data", sealed.associated_data}, {"ciphertext", sealed.ciphertext}};
    return {{"data", {{{"serial_no", wechat_test_certificate}, {"encrypt_certificate", inside}}}}};
}

notice_header wechat_face::header_of(std::string_view body, signature how) const {
    const auto timestamp = std::to_string(now_seconds());
    const auto nonce = random_hex(32);
    auto text = keys_.platform->sign(timestamp, nonce, body).value();
    if (how == signature::wrong) text[0] = text[0] == 'A' ? 'B' : 'A';
    return {{"Wechatpay-Timestamp", timestamp}, {"Wechatpay-Nonce", nonce},
        {"Wechatpay-Serial", std::string(wechat_test_key_id)}, {"Wechatpay-Signature", text}};
}

std::string wechat_face::notice_of(const gateway_order& order) const {
    auto inside = order_json(order, {});
    inside["trade_state"] = "SUCCESS";
    inside["success_time"] = "2026-09-21T22:13:20+08:00";
    wechat::sealed_resource sealed{"AEAD_AES_256_GCM", {}, random_hex(12), "transaction"};
    sealed.ciphertext = wechat::seal_resource(as_bytes(keys_.api_v3_key), sealed, inside.dump()).value();
    return nlohmann::json{{"id", random_hex(32)}, {"create_time", "2026-09-21T22:13:20+08:00"},
        {"resource_type", "encrypt-resource"}, {"event_type", "TRANSACTION.SUCCESS"}, {"summary", "支付成功"},
        {"resource",
            {{"original_type", "transaction"}, {"algorithm", sealed.algorithm}, {"ciphertext", sealed.ciphertext},
                {"associated_data", sealed.associated_data}, {"nonce", sealed.nonce}}}}
        .dump();
}

} // namespace cipherlane::sim
