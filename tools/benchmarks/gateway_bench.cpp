// One call to a real gateway: its request signed, header and all, and its answer checked from its headers on. The
// limit is OpenSSL's own signature over as many bytes, the same key and context each time.
#include "side_by_side.hpp"

#include <cipherlane/core/base64.hpp>
#include <cipherlane/hostlink/gateway/wechat_signature.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace cipherlane;
using namespace cipherlane::hostlink;

using key_ptr = std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)>;
using context_ptr = std::unique_ptr<EVP_MD_CTX, decltype(&::EVP_MD_CTX_free)>;

void need(bool holds) {
    if (!holds) std::abort();
}

std::string private_pem(EVP_PKEY* key) {
    const std::unique_ptr<BIO, decltype(&::BIO_free)> out(::BIO_new(::BIO_s_mem()), &::BIO_free);
    need(::PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    char* text = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

/// A scheme: OpenSSL's key and digest, and ours.
struct scheme {
    const char* name;
    key_ptr key;
    const EVP_MD* digest;
    const char* id; ///< of SM2's signer; null: none

    void begin(EVP_MD_CTX* context, bool verifies) const {
        EVP_PKEY_CTX* inner = ::EVP_PKEY_CTX_new(key.get(), nullptr);
        if (id != nullptr) need(::EVP_PKEY_CTX_set1_id(inner, id, 16) == 1);
        ::EVP_MD_CTX_set_pkey_ctx(context, inner);
        need((verifies ? ::EVP_DigestVerifyInit(context, nullptr, digest, nullptr, key.get())
                       : ::EVP_DigestSignInit(context, nullptr, digest, nullptr, key.get())) == 1);
        contexts.push_back(inner);
    }
    mutable std::vector<EVP_PKEY_CTX*> contexts;

    bytes sign(std::string_view text) const {
        const context_ptr context(::EVP_MD_CTX_new(), &::EVP_MD_CTX_free);
        begin(context.get(), false);
        std::size_t size = 512;
        bytes made(size);
        need(::EVP_DigestSign(context.get(), made.data(), &size, reinterpret_cast<const unsigned char*>(text.data()),
                 text.size()) == 1);
        made.resize(size);
        drop();
        return made;
    }
    void verify(std::string_view text, const bytes& signature) const {
        const context_ptr context(::EVP_MD_CTX_new(), &::EVP_MD_CTX_free);
        begin(context.get(), true);
        need(::EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                 reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1);
        drop();
    }
    void drop() const {
        for (auto* one : contexts)
            ::EVP_PKEY_CTX_free(one);
        contexts.clear();
    }
};

constexpr double bar = 0.9;

bool measure(const scheme& of) {
    const auto signer = key_signer::create(private_pem(of.key.get())).value();
    const std::string body(400, 'x');
    const wechat::request_head head{
        "1999000001", "5AF1C0DE00000000000000000000000000000001", "1790000000", "0123456789ABCDEFGHIJKLMNOPQRSTUV"};
    const std::string target = "/v3/pay/transactions/native";
    const auto whole = wechat::request_text("POST", target, head.timestamp, head.nonce, body);
    const auto now = std::chrono::system_clock::time_point(std::chrono::seconds(1'790'000'000));
    wechat::platform_keys keys("00");
    need(keys.add("PUB_KEY_ID_1", to_base64(signer->public_der().value())).has_value());
    const auto answered = wechat::answer_text(head.timestamp, head.nonce, body);
    const auto signature = of.sign(answered);
    http_fields fields;
    fields.add("Wechatpay-Timestamp", head.timestamp);
    fields.add("Wechatpay-Nonce", head.nonce);
    fields.add("Wechatpay-Serial", "PUB_KEY_ID_1");
    fields.add("Wechatpay-Signature", to_base64(signature));
    if (of.id != nullptr) fields.add("Wechatpay-Signature-Type", wechat::scheme_of(signature_kind::sm2_sm3));
    const auto call = bench::side_by_side(
        [&] {
            const auto text = wechat::request_text("POST", target, head.timestamp, head.nonce, body);
            need(wechat::authorization(*signer, head, text).has_value());
            need(keys.check(fields, body, now).has_value());
        },
        [&] {
            (void)of.sign(whole);
            of.verify(answered, signature);
        },
        8);
    const bool met = call.ratio() >= bar;
    std::printf("%-44s %7.1f us %7.1f us %7.2f %5.2f %s\n", of.name, 1e6 / call.value, 1e6 / call.limit, call.ratio(),
        bar, met ? "ok" : "MISSED");
    return met;
}

} // namespace

int main() {
    std::printf(
        "%-44s %10s %10s %7s %5s\n", "a request signed and its answer checked", "value", "limit", "ratio", "bar");
    const scheme rsa{"RSA 2048",
        key_ptr(::EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}), &::EVP_PKEY_free), ::EVP_sha256(),
        nullptr, {}};
    const scheme sm2{"SM2", key_ptr(::EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2"), &::EVP_PKEY_free), ::EVP_sm3(),
        "1234567812345678", {}};
    const bool first = measure(rsa);
    return measure(sm2) && first ? 0 : 1;
}
