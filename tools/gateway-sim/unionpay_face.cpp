#include "gateway-sim/unionpay_face.hpp"

#include "gateway-sim/test_certificate.hpp"

#include <cipherlane/core/base64.hpp>
#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/secret_file.hpp>

#include <filesystem>

namespace cipherlane::sim {
namespace {

namespace http = boost::beast::http;
namespace unionpay = hostlink::unionpay;
using hostlink::parameters;

constexpr std::size_t longest_pem = 16'384;
constexpr std::size_t time_at = 8; ///< of an order's time in its number
constexpr std::size_t time_size = 14;

struct code_row {
    std::string_view ours;
    const char* theirs;
};
constexpr code_row response_codes[] = {
    {"order_differs", "12"},
    {"no_such_order", "34"},
    {"no_such_payment", "34"},
    {"code_used", "30"},
    {"code_expired", "30"},
    {"code_refused", "64"},
    {"not_paid", "35"},
    {"refund_too_large", "36"},
    {"refund_differs", "12"},
    {"bad_request", "10"},
    {"SIGN_ERROR", "11"},
};

std::string member_of(const parameters& wish, std::string_view name) {
    const auto found = wish.find(name);
    if (found == wish.end() || found->second.empty()) throw refusal(400, "13", std::string(name) + " is missing");
    return found->second;
}

std::int64_t fen_of(const parameters& wish) {
    const auto text = member_of(wish, "txnAmt");
    if (text.size() > 12 || !all_digits(text)) throw refusal(400, "10", "txnAmt is no amount");
    return std::stoll(text);
}

/// Which kind of card has paid, where somebody has said so.
void add_card(parameters& to, const gateway_order& order) {
    static const std::map<std::string, const char*> kinds{{"debit", "01"}, {"credit", "02"}, {"prepaid", "05"}};
    const auto kind = kinds.find(order.payer.from);
    if (kind != kinds.end()) to["payCardType"] = kind->second;
}

/// The till's number: an order's later code ends in "x02" here.
std::string till_number(std::string order_id) {
    const auto at = order_id.size() - 3;
    if (order_id.size() > 3 && order_id[at] == 'x' && all_digits(std::string_view(order_id).substr(at + 1)))
        order_id[at] = '-';
    return order_id;
}

std::string order_id_of(std::string number) {
    const auto at = number.size() - 3;
    if (number.size() > 3 && number[at] == '-') number[at] = 'x';
    return number;
}

/// As UnionPay writes it: CR and LF, none at the end.
std::string with_crlf(const std::string& pem) {
    std::string text;
    for (const char one : pem)
        text += one == '\n' ? std::string("\r\n") : std::string(1, one);
    return text.substr(0, text.find_last_not_of("\r\n") + 1);
}

result<std::string> read_file(const std::string& path) {
    CIPHERLANE_TRY(auto file, secret_file::open(path));
    CIPHERLANE_TRY(const auto text, file.read(longest_pem));
    return std::string(as_text(text.expose()));
}

} // namespace

result<unionpay_test_keys> unionpay_test_keys::keep(const std::string& folder) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    const auto file = [&](const char* name) { return (std::filesystem::path(folder) / name).string(); };
    for (const auto* const name : {"merchant_key.pem", "platform_key.pem", "root_key.pem"})
        if (const auto made = notification_signer::keep(file(name)); !made) return made.error();
    CIPHERLANE_TRY(auto platform, notification_signer::keep(file("platform_key.pem")));
    CIPHERLANE_TRY(const auto root_key, read_file(file("root_key.pem")));
    const auto certify = [&](const char* name, const char* key, const std::string& owner, long serial,
                             const std::string& root) -> result<std::string> {
        if (!std::filesystem::exists(file(name), failed)) {
            CIPHERLANE_TRY(const auto pem, read_file(file(key)));
            CIPHERLANE_CHECK(
                secret_file::create(file(name), as_bytes(make_test_certificate(pem, owner, serial, root, root_key))));
        }
        return read_file(file(name));
    };
    unionpay_test_keys made;
    CIPHERLANE_TRY(const auto root, certify("root.pem", "root_key.pem", "Cipherlane test root", 1, {}));
    CIPHERLANE_TRY(made.merchant_certificate, certify("merchant_certificate.pem", "merchant_key.pem",
                                                  "041@777290058110048@test@00000001", 69'903'319, root));
    CIPHERLANE_TRY(const auto theirs, certify("platform_certificate.pem", "platform_key.pem",
                                          "041@8310000000083040@中国银联股份有限公司@00016495", 69'678'957, root));
    made.certificate = with_crlf(theirs);
    made.platform = std::make_shared<const notification_signer>(std::move(platform));
    return made;
}

unionpay_face::unionpay_face(
    unionpay_test_keys keys, order_book& orders, hit faults, std::function<void(const gateway_order&)> paid)
    : keys_(std::move(keys))
    , merchant_(hostlink::signature_key::create(keys_.merchant_certificate).value())
    , cert_id_(hostlink::certificate::create(keys_.merchant_certificate).value().serial_decimal())
    , orders_(orders)
    , faults_(std::move(faults))
    , paid_(std::move(paid)) {}

void unionpay_face::check_signature(const parameters& wish) const {
    const auto value = from_base64(member_of(wish, "signature"));
    const auto text = unionpay::hashed(unionpay::message_text(wish));
    const bool right = member_of(wish, "certId") == cert_id_ && member_of(wish, "signMethod") == "01" && value &&
                       text && merchant_.verifies(as_bytes(*text), *value);
    if (!right) throw refusal(400, "11", "the signature is wrong");
    if (member_of(wish, "merId") != unionpay_test_merchant) throw refusal(400, "31", "another merchant");
    const auto number = member_of(wish, "orderId");
    if (number.size() < 8 || number.size() > 40 || number.find_first_of("-_") != std::string::npos)
        throw refusal(400, "10", "orderId");
}

unionpay_face::response_type unionpay_face::serve(const request_type& request) {
    const auto form = hostlink::read_form(request.body());
    const parameters wish = form ? *form : parameters();
    try {
        check_signature(wish);
        return signed_answer(wish, route(std::string(request.target()), wish));
    } catch (const refusal& why) {
        std::string code = why.code;
        for (const auto& row : response_codes)
            if (row.ours == why.code) code = row.theirs;
        return signed_answer(wish, {{{"respCode", code}, {"respMsg", why.what()}}, {}});
    }
}

unionpay_face::told unionpay_face::route(const std::string& target, const parameters& wish) {
    const auto kind = member_of(wish, "txnType") + "/" + member_of(wish, "txnSubType");
    if (target == "/gateway/api/queryTrans.do" && kind == "00/00") return query(wish);
    if (target != "/gateway/api/backTransReq.do") throw refusal(400, "10", "no such page");
    if (kind == "01/07") return create(wish);
    if (kind == "01/06") return charge(wish);
    if (kind == "99/01") return undo(wish, till_number(member_of(wish, "origOrderId")));
    if (kind == "31/00") return undo(wish, order_of(member_of(wish, "origQryId")));
    if (kind == "04/00") return refund(wish);
    throw refusal(400, "10", "no such trade");
}

unionpay_face::told unionpay_face::create(const parameters& wish) {
    const auto fault = faults_("create", {});
    const auto number = till_number(member_of(wish, "orderId"));
    const auto terminal = wish.find("termId");
    const auto [order, fresh] =
        orders_.create({{"order_number", number}, {"merchant_id", std::string(unionpay_test_merchant)},
            {"terminal_id", terminal == wish.end() ? std::string() : terminal->second}, {"amount", fen_of(wish)},
            {"currency", member_of(wish, "currencyCode")}, {"subject", std::string()},
            {"notify_url", member_of(wish, "backUrl")}, {"valid_seconds", 7200}});
    if (!fresh) throw refusal(400, "12", "the number was used");
    if (fault == "paid_at_once") paid_(orders_.pay(number, order_book::payer::usual));
    return {{{"respCode", "00"}, {"qrCode", "https://qr.95516.com/00010000/" + random_hex(32)}}, fault};
}

unionpay_face::told unionpay_face::charge(const parameters& wish) {
    const auto fault = faults_("charge", {});
    const auto number = till_number(member_of(wish, "orderId"));
    const auto terminal = wish.find("termId");
    const auto [order, fresh] =
        orders_.charge({{"order_number", number}, {"merchant_id", std::string(unionpay_test_merchant)},
            {"terminal_id", terminal == wish.end() ? std::string() : terminal->second}, {"amount", fen_of(wish)},
            {"currency", member_of(wish, "currencyCode")}, {"subject", std::string()},
            {"notify_url", member_of(wish, "backUrl")}, {"payment_code", member_of(wish, "qrNo")}});
    if (fresh && order.status == "paid") paid_(order);
    if (!fresh || fault == "asked_twice") throw refusal(400, "12", "the number was used");
    if (order.status == "processing" || fault == "processing") return {{{"respCode", "05"}}, fault};
    return {{{"respCode", "00"}, {"currencyCode", "156"}, {"txnAmt", std::to_string(order.amount)},
                {"queryId", order.transaction_number()}},
        fault};
}

unionpay_face::told unionpay_face::query(const parameters& wish) {
    const auto order_id = member_of(wish, "orderId");
    parameters body{{"respCode", "00"}, {"currencyCode", "156"}};
    if (const auto found = beside_.find(order_id); found != beside_.end()) {
        const auto fault = faults_("refund_query", {});
        body["origRespCode"] = found->second.code;
        body["txnAmt"] = std::to_string(found->second.amount);
        return {std::move(body), fault};
    }
    const auto number = till_number(order_id);
    const auto fault = faults_("query", number);
    if (fault == "given_back") (void)orders_.give_back_all(number);
    const auto order = orders_.find(number);
    if (number.size() < time_at + time_size || member_of(wish, "txnTime") != number.substr(time_at, time_size))
        throw refusal(404, "34", "no trade of this time");
    static const std::map<std::string, const char*> words{
        {"processing", "05"}, {"paid", "00"}, {"refunded", "00"}, {"cancelled", "39"}};
    const auto word = words.find(order.status);
    if (word == words.end()) throw refusal(404, "34", "nobody has scanned");
    body["origRespCode"] = fault == "processing" ? "05" : word->second;
    body["txnAmt"] = std::to_string(order.amount);
    if (!order.payments.empty()) body["queryId"] = order.payments.front().transaction_number;
    add_card(body, order);
    return {std::move(body), fault};
}

std::string unionpay_face::order_of(const std::string& transaction_number) {
    for (const auto& one : orders_.list())
        if (one.at("transaction_number") == transaction_number) return one.at("order_number");
    throw refusal(404, "35", "no such payment");
}

unionpay_face::told unionpay_face::undo(const parameters& wish, const std::string& number) {
    const auto fault = faults_("reverse", number);
    const auto order_id = member_of(wish, "orderId");
    if (beside_.contains(order_id)) throw refusal(400, "12", "the number was used");
    const auto order = orders_.find(number);
    if (order.status == "refunded" && member_of(wish, "txnType") == "31")
        throw refusal(400, "35", "given back before");
    (void)orders_.reverse(number);
    beside_[order_id] = {order.amount, fault == "abnormal" ? "05" : "00"};
    return {{{"respCode", fault == "processing" ? "05" : "00"}, {"queryId", random_hex(20)}}, fault};
}

unionpay_face::told unionpay_face::refund(const parameters& wish) {
    const auto fault = faults_("refund", {});
    const auto order_id = member_of(wish, "orderId");
    const auto number = order_of(member_of(wish, "origQryId"));
    const auto fen = fen_of(wish);
    if (fault == "closed") {
        beside_[order_id] = {fen, "60"};
        return {{{"respCode", "00"}}, fault};
    }
    (void)orders_.refund(number, {{"refund_number", order_id}, {"amount", fen}});
    if (fault != "abnormal" && beside_.contains(order_id) && beside_[order_id].code == "00")
        throw refusal(400, "12", "the number was used");
    beside_[order_id] = {fen, fault == "abnormal" ? "05" : "00"};
    return {{{"respCode", fault == "processing" ? "05" : "00"}, {"txnAmt", std::to_string(fen)},
                {"origQryId", member_of(wish, "origQryId")}, {"queryId", random_hex(20)}},
        fault};
}

void unionpay_face::sign(parameters& all, signature how) const {
    all["signPubKeyCert"] = keys_.certificate;
    auto value = keys_.platform->sign_text(unionpay::hashed(unionpay::message_text(all)).value()).value();
    if (how == signature::wrong) value[0] = value[0] == 'A' ? 'B' : 'A';
    all["signature"] = value;
}

unionpay_face::response_type unionpay_face::signed_answer(const parameters& wish, told what) const {
    auto& all = what.body;
    for (const auto* const name : {"accessType", "bizType", "encoding", "merId", "orderId", "signMethod", "subMerId",
             "txnSubType", "txnTime", "txnType", "version"})
        if (const auto found = wish.find(name); found != wish.end()) all.emplace(name, found->second);
    all.emplace("respMsg", "成功[0000000]");
    const bool of_platform = all.contains("subMerId");
    if (what.fault == "other_merchant") all[of_platform ? "subMerId" : "merId"] = "777290058110099";
    if (what.fault == "other_amount" && all.contains("txnAmt"))
        all["txnAmt"] = std::to_string(std::stoll(all["txnAmt"]) + 1);
    if (what.fault == "no_currency") all.erase("currencyCode");
    if (what.fault == "no_json") all = {{"respCode", "00"}};
    if (what.fault != "unsigned") sign(all, what.fault == "forged" ? signature::wrong : signature::right);
    response_type answer(http::status::ok, 11);
    answer.set(http::field::content_type, "text/html;charset=UTF-8");
    answer.body() = hostlink::joined(all, {}, hostlink::empty_values::dropped); // not encoded, as UnionPay's
    return answer;
}

std::string unionpay_face::notice_of(const gateway_order& order, signature how) const {
    parameters all{{"accessType", "0"}, {"bizType", "000000"}, {"currencyCode", "156"}, {"encoding", "UTF-8"},
        {"merId", std::string(unionpay_test_merchant)}, {"orderId", order_id_of(order.number)},
        {"queryId", order.transaction_number()}, {"respCode", "00"}, {"respMsg", "Success!"},
        {"settleAmt", std::to_string(order.amount)}, {"settleCurrencyCode", "156"}, {"signMethod", "01"},
        {"txnAmt", std::to_string(order.amount)}, {"txnSubType", order.charged ? "06" : "07"},
        {"txnTime", order.number.size() < time_at + time_size ? "" : order.number.substr(time_at, time_size)},
        {"txnType", "01"}, {"version", "5.1.0"}};
    add_card(all, order);
    sign(all, how);
    return hostlink::write_form(all);
}

} // namespace cipherlane::sim
