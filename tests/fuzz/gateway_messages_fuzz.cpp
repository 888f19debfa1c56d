// What gateways answer and tell, before and after their signatures: texts cut out of answers, forms, certificates,
// sealed notices, notices that are signed whatever they say, captured messages that somebody has explained. The first
// byte chooses. What is read lies within what came, and what was made is read back.
#include "cipherlane/gateway/explain.hpp"
#include "gateway-sim/notification_signer.hpp"
#include "gateway-sim/test_certificate.hpp"
#include "gateway/zip_reader.hpp"

#include <cipherlane/hostlink/gateway/alipay_platform.hpp>
#include <cipherlane/hostlink/gateway/netpay_platform.hpp>
#include <cipherlane/hostlink/gateway/unionpay_platform.hpp>
#include <cipherlane/hostlink/gateway/wechat_platform.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace {

using namespace cipherlane;
using namespace cipherlane::hostlink;

void require(bool holds) {
    if (!holds) std::abort();
}

void cut_answer(std::string_view text) {
    const auto answer = alipay::split(text, "alipay.trade.query");
    if (!answer) return;
    const auto& part = answer->signed_text;
    require(!part.empty() && part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size());
    require(answer->node == "error_response" || answer->node == "alipay_trade_query_response");
}

void read_back_form(std::string_view text) {
    const auto form = read_form(text);
    if (!form) return;
    auto named = *form;
    named.erase("");
    require(read_form(write_form(named)).value() == named);
    for (const auto& signed_text : alipay::notice_texts(*form))
        require(signed_text.find("&sign=") == std::string::npos || form->size() > 1);
}

void open_notice(std::string_view text) {
    static const ports::system_clock clock;
    wechat::merchant of;
    of.mchid = "1";
    of.appid = "a";
    of.serial = "00";
    const std::string key(32, 'k');
    const auto known = wechat::platform::create(of, secret_bytes(as_bytes(key)), clock).value();
    require(!wechat::make_notice_reader(known)->read({}, text)); // no key, no belief
    (void)known->take_certificates({}, text);
    wechat::sealed_resource sealed{"AEAD_AES_256_GCM", {}, "nonce0000001", "transaction"};
    sealed.ciphertext = wechat::seal_resource(as_bytes(key), sealed, text).value();
    require(as_text(known->open(sealed)->expose()) == text);
}

/// A key and its certificate, of which UnionPay's are taken to be.
struct acp_keys {
    acp_keys() {
        const auto file = std::filesystem::temp_directory_path() / ("cipherlane-fuzz-" + std::to_string(::getpid()));
        signer = std::make_unique<sim::notification_signer>(sim::notification_signer::keep(file.string()).value());
        std::ifstream in(file);
        const std::string pem(std::istreambuf_iterator<char>(in), {});
        certificate = sim::make_test_certificate(pem, "041@1@UnionPay@1", 1, {}, {});
        std::filesystem::remove(file);
    }
    std::unique_ptr<sim::notification_signer> signer;
    std::string certificate;
};

/// As UnionPay signs it: what is believed has to name an order, a payment and yuan.
void read_signed_notice(std::string_view text) {
    static const acp_keys keys;
    static const ports::system_clock clock;
    static const auto reader = [] {
        unionpay::trust by;
        by.owner = "UnionPay";
        by.roots.push_back(certificate::create(keys.certificate).value());
        unionpay::merchant of;
        of.mer_id = "777290058110048";
        return unionpay::make_notice_reader(
            unionpay::platform::create(of, keys.certificate, std::move(by), clock).value());
    }();
    auto form = read_form(text);
    if (!form) return;
    require(!reader->read({}, text)); // unsigned, or by nobody whom we know
    (*form)["signPubKeyCert"] = keys.certificate;
    (*form)["signature"] = keys.signer->sign_text(unionpay::hashed(unionpay::message_text(*form)).value()).value();
    const auto told = reader->read({}, write_form(*form));
    if (!told || !*told) return;
    require((*form)["merId"] == "777290058110048" && (*form)["currencyCode"] == "156" && (*form)["txnType"] == "01");
    require((*told)->order_number.size() >= 22 && !(*told)->transaction_number.empty());
    require((*told)->paid.minor() >= 0 && (*told)->paid.minor() <= amount::max_minor);
}

/// The same of 银联商务.
void read_signed_bill(std::string_view text) {
    auto form = read_form(text);
    if (!form) return;
    netpay::merchant of{"app", "898340149000005", "88880001", "3194", netpay::notice_digest::sha256};
    const auto key = [](std::string_view value) { return secret_bytes(as_bytes(value)); };
    const auto reader = netpay::make_notice_reader(netpay::platform::create(of, key("a"), key("k")).value());
    require(!reader->read({}, text));
    (*form)["signType"] = "SHA256";
    (*form)["sign"] = netpay::notice_signature("k", *form, netpay::notice_digest::sha256).value();
    const auto told = reader->read({}, write_form(*form));
    if (!told || !*told) return;
    require((*form)["mid"] == of.mid && (*form)["tid"] == of.tid && (*form)["billStatus"] == "PAID");
    require((*told)->order_number.size() >= 28 && !(*told)->transaction_number.empty());
    require((*told)->paid.minor() >= 0 && (*told)->paid.minor() <= amount::max_minor);
}

void unpack(std::string_view text) {
    constexpr std::size_t most = 1U << 16U;
    const auto files = read_zip(as_bytes(text), most);
    if (!files) return;
    std::size_t sum = 0;
    for (const auto& file : *files)
        sum += file.text.size();
    require(sum <= most);
}

void explain_captured(std::string_view text) {
    const auto read = cli::read_captured_http(text);
    if (!read) return;
    const auto what = cli::find_signed(*read, {});
    if (!what) return;
    require(!what->texts.empty() && what->texts.front().differs.empty());
    require(cli::explain(*read, *what, {}).verdict != cli::signature_verdict::right); // no key, no belief
    require(cli::without_payment_code(what->texts.front().text).size() == what->texts.front().text.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0]) {
    case 'a': cut_answer(text); break;
    case 'f': read_back_form(text); break;
    case 'u': (void)unionpay::read_answer(text); break;
    case 's': read_signed_notice(text); break;
    case 'n': read_signed_bill(text); break;
    case 'c': (void)certificate::create(text); break;
    case 'x': explain_captured(text); break;
    case 'z': unpack(text); break;
    default: open_notice(text); break;
    }
    return 0;
}
