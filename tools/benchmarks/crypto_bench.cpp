// What the key handles leave of OpenSSL's own speed: each operation beside a bare loop over kept contexts.
#ifdef CIPHERLANE_DES_DIRECT
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/des.h>
#endif

#include "side_by_side.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/cmac.hpp>
#include <cipherlane/crypto/mac_iso9797.hpp>
#include <cipherlane/crypto/pin_block.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <thread>
#include <vector>

namespace {

using namespace cipherlane;
using namespace cipherlane::crypto;
using namespace cipherlane::bench;

constexpr const char* double_key = "0123456789ABCDEFFEDCBA9876543210";
constexpr const char* pan_digits = "6225760000000000001";
using message = std::array<std::uint8_t, 256>;

void must(bool done) {
    if (!done) std::abort();
}

bytes key_bytes() {
    return from_hex(double_key).value();
}

/// A raw context over a fetched cipher, never freed: the program ends soon.
EVP_CIPHER_CTX* raw_context(OSSL_LIB_CTX* library, const char* name, const bytes& key) {
    auto* cipher = EVP_CIPHER_fetch(library, name, nullptr);
    if (cipher == nullptr) return nullptr;
    auto* context = EVP_CIPHER_CTX_new();
    const std::array<std::uint8_t, 16> iv{};
    must(EVP_EncryptInit_ex2(context, cipher, key.data(), iv.data(), nullptr) == 1);
    must(EVP_CIPHER_CTX_set_padding(context, 0) == 1);
    return context;
}

std::function<void()> pin_block_value() {
    auto key = std::make_shared<pin_key>(pin_key::create(algorithm::tdes, key_bytes(), legacy_policy).value());
    auto pin = std::make_shared<clear_pin>(clear_pin::parse("987654").value());
    return [key, pin] {
        const auto block = encrypt_pin_block(*key, pin_block_format::iso_0, *pin, pan_digits);
        must(block.has_value());
    };
}

std::function<void()> one_block_limit() {
    auto* context = raw_context(nullptr, "DES-EDE-ECB", key_bytes());
    auto block = std::make_shared<std::array<std::uint8_t, 8>>();
    return [context, block] {
        int size = 0;
        must(EVP_EncryptUpdate(context, block->data(), &size, block->data(), 8) == 1);
    };
}

measured pin_block() {
    return side_by_side(pin_block_value(), one_block_limit());
}

/// The fastest DES-CBC that OpenSSL has here: the legacy provider in a library context of its own, or the deprecated
/// calls.
measured retail() {
    auto key = mac_key::create(algorithm::tdes, key_bytes(), legacy_policy).value();
    const message data{};
    const auto value = [&] { must(retail_mac(key, mac_padding::method_1, data).has_value()); };
    auto* library = OSSL_LIB_CTX_new();
    must(OSSL_PROVIDER_load(library, "default") != nullptr);
    const bool has_legacy = OSSL_PROVIDER_load(library, "legacy") != nullptr;
    auto* legacy = has_legacy ? raw_context(library, "DES-CBC", key_bytes()) : nullptr;
    measured best;
    message out;
    if (legacy != nullptr) {
        best = side_by_side(value, [&] {
            int size = 0;
            const std::array<std::uint8_t, 8> iv{};
            must(EVP_EncryptInit_ex2(legacy, nullptr, nullptr, iv.data(), nullptr) == 1);
            must(EVP_EncryptUpdate(legacy, out.data(), &size, data.data(), static_cast<int>(data.size())) == 1);
        });
    }
#ifdef CIPHERLANE_DES_DIRECT
    DES_key_schedule schedule;
    DES_cblock half;
    std::memcpy(half, key_bytes().data(), sizeof half);
    DES_set_key_unchecked(&half, &schedule);
    const auto direct = side_by_side(value, [&] {
        DES_cblock iv{};
        DES_ncbc_encrypt(data.data(), out.data(), static_cast<long>(data.size()), &schedule, &iv, DES_ENCRYPT);
    });
    best = {std::max(best.value, direct.value), std::max(best.limit, direct.limit)};
#endif
    return best;
}

measured aes_cmac() {
    auto key = mac_key::create(algorithm::aes, key_bytes(), legacy_policy).value();
    const message data{};
    auto* context = EVP_MAC_CTX_new(EVP_MAC_fetch(nullptr, "CMAC", nullptr));
    char name[] = "AES-128-CBC";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, name, 0), OSSL_PARAM_construct_end()};
    must(EVP_MAC_init(context, key_bytes().data(), 16, params) == 1);
    return side_by_side([&] { must(cmac(key, data).has_value()); },
        [&] {
            std::array<std::uint8_t, 16> mac;
            std::size_t size = 0;
            must(EVP_MAC_init(context, nullptr, 0, nullptr) == 1);
            must(EVP_MAC_update(context, data.data(), data.size()) == 1);
            must(EVP_MAC_final(context, mac.data(), &size, mac.size()) == 1);
        });
}

/// The POS MAC folds 256 bytes and encrypts twice: beside two bare encryptions.
measured pos_mac() {
    auto key = mac_key::create(algorithm::tdes, key_bytes(), legacy_policy).value();
    const message data{};
    const auto limit = one_block_limit();
    return side_by_side([&] { must(unionpay_mac(key, data, unionpay_mac_form::ascii8).has_value()); },
        [&] {
            limit();
            limit();
        });
}

/// Operations a second of two threads together, each with an operation of its own making.
double two_threads(const std::function<std::function<void()>()>& make) {
    std::array<double, 2> each{};
    std::vector<std::thread> threads;
    for (auto& figure : each) {
        threads.emplace_back([&make, &figure] {
            const auto operation = make();
            figure = one_round<wall_time>(operation, std::chrono::milliseconds(20));
        });
    }
    for (auto& thread : threads)
        thread.join();
    return each[0] + each[1];
}

/// What the second thread brings: with handles, and with bare contexts. One and two threads are measured in turns.
measured second_thread() {
    const auto one_value = pin_block_value();
    const auto one_limit = one_block_limit();
    measured one;
    measured two;
    for (int round = 0; round < 40; ++round) {
        one.value = std::max(one.value, one_round<wall_time>(one_value, std::chrono::milliseconds(10)));
        one.limit = std::max(one.limit, one_round<wall_time>(one_limit, std::chrono::milliseconds(10)));
        two.value = std::max(two.value, two_threads(pin_block_value));
        two.limit = std::max(two.limit, two_threads(one_block_limit));
    }
    return {two.value / one.value, two.limit / one.limit};
}

} // namespace

int main() {
    print_head();
    bool met = print_row("PIN block 0 + 3DES, key handle", pin_block(), 0.85);
    met &= print_row("retail MAC, 256 bytes", retail(), 0.90);
    met &= print_row("AES CMAC, 256 bytes", aes_cmac(), 0.90);
    met &= print_row("POS MAC (3DES), 256 bytes", pos_mac(), 0.50);
    const auto gain = second_thread();
    const bool gained = gain.ratio() >= 0.95;
    std::printf("%-44s %8.2f x %8.2f x %7.2f %5.2f %s\n", "PIN block 0, gain of two threads", gain.value, gain.limit,
        gain.ratio(), 0.95, gained ? "ok" : "MISSED");
    return met && gained ? 0 : 1;
}
