// What gateways answer and tell, before and after their signatures: texts cut out of answers, forms, certificates,
// sealed notices. The first byte chooses. What is read lies within what came, and what was made is read back.
#include <cipherlane/hostlink/gateway/alipay_platform.hpp>
#include <cipherlane/hostlink/gateway/unionpay_signature.hpp>
#include <cipherlane/hostlink/gateway/wechat_platform.hpp>

#include <cstdlib>

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

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0]) {
    case 'a': cut_answer(text); break;
    case 'f': read_back_form(text); break;
    case 'u': (void)unionpay::read_answer(text); break;
    case 'c': (void)certificate::create(text); break;
    default: open_notice(text); break;
    }
    return 0;
}
