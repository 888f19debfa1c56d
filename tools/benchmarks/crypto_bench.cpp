// What the key handles leave of OpenSSL's own speed: each operation beside a bare loop over kept contexts.
#ifdef CIPHERLANE_DES_DIRECT
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/des.h>
#endif

#include "counted_allocations.hpp"
#include "placement.hpp"
#include "side_by_side.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/cmac.hpp>
#include <cipherlane/crypto/dukpt_aes_host.hpp>
#include <cipherlane/crypto/dukpt_tdes_host.hpp>
#include <cipherlane/crypto/key_block.hpp>
#include <cipherlane/crypto/mac_iso9797.hpp>
#include <cipherlane/crypto/pin_block.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>

#include <algorithm>
#include <array>
#include <barrier>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <numeric>
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

/// After the first use, which makes the contexts, an operation must not touch the heap.
template <class Operation>
void must_not_allocate(Operation&& operation) {
    operation();
    const auto before = benchmarks::allocation_count();
    operation();
    must(benchmarks::allocation_count() == before);
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

/// A version D block of 144 characters beside what it cannot do without: CBC over the cryptogram and CMAC over header
/// and clear key, with kept contexts.
measured key_block_d() {
    const auto protection = key_block_protection_key::create(algorithm::aes, bytes(32, 0x41), legacy_policy).value();
    auto protector = key_block_protector::create(protection, key_block_version::d).value();
    const auto block = protector.wrap(key_block_header_builder("P0", 'A', 'B'), key_bytes()).value();
    std::array<std::uint8_t, 80> key;
    auto* cipher = EVP_CIPHER_CTX_new();
    must(EVP_DecryptInit_ex2(
             cipher, EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr), key.data(), key.data(), nullptr) == 1);
    must(EVP_CIPHER_CTX_set_padding(cipher, 0) == 1);
    auto* mac = EVP_MAC_CTX_new(EVP_MAC_fetch(nullptr, "CMAC", nullptr));
    char name[] = "AES-256-CBC";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, name, 0), OSSL_PARAM_construct_end()};
    must(EVP_MAC_init(mac, key.data(), 32, params) == 1);
    std::array<std::uint8_t, 64> data{};
    const auto value = [&] { must(protector.unwrap(block, key).has_value()); };
    must_not_allocate(value);
    return side_by_side(value, [&] {
        std::array<std::uint8_t, 16> iv{};
        std::size_t size = 0;
        must(EVP_DecryptInit_ex2(cipher, nullptr, nullptr, iv.data(), nullptr) == 1);
        must(EVP_Cipher(cipher, data.data() + 16, data.data() + 16, 48) == 48);
        must(EVP_MAC_init(mac, nullptr, 0, nullptr) == 1);
        must(EVP_MAC_update(mac, data.data(), data.size()) == 1);
        must(EVP_MAC_final(mac, iv.data(), &size, iv.size()) == 1);
    });
}

/// A PIN under the key of a counter with 10 one bits, beside the 20 key schedules and blocks of single DES that the
/// derivation cannot do without, the two TDES blocks of the initial key and that of the PIN.
measured dukpt_tdes() {
    const auto base = base_derivation_key::create(algorithm::tdes, key_bytes(), legacy_policy).value();
    auto host = dukpt_tdes_host::create(base).value();
    const auto number = from_hex("FFFF9876543210E003FF").value();
    const auto pin = clear_pin::parse("1234").value();
    auto key = host.transaction(number)->pin().value();
    const auto block = encrypt_pin_block(key, pin_block_format::iso_0, pin, pan_digits).value();
    const auto value = [&] {
        must(host.decrypt_pin_block(number, pin_block_format::iso_0, block.view(), pan_digits).has_value());
    };
    must_not_allocate(value);
#ifdef CIPHERLANE_DES_DIRECT
    const auto once = [](DES_cblock& under, DES_cblock& data) {
        DES_key_schedule schedule;
        DES_set_key_unchecked(&under, &schedule);
        DES_ecb_encrypt(&data, &data, &schedule, DES_ENCRYPT);
    };
#else
    auto* single = raw_context(nullptr, "DES-EDE3-ECB", bytes(24));
    using DES_cblock = std::uint8_t[8];
    const auto once = [single](const DES_cblock& under, DES_cblock& data) {
        std::array<std::uint8_t, 24> thrice;
        for (std::size_t i = 0; i < thrice.size(); ++i)
            thrice[i] = under[i % 8];
        must(EVP_EncryptInit_ex2(single, nullptr, thrice.data(), nullptr, nullptr) == 1);
        must(EVP_Cipher(single, data, data, 8) == 8);
    };
#endif
    auto* whole = raw_context(nullptr, "DES-EDE-ECB", key_bytes());
    DES_cblock data{};
    DES_cblock under{};
    return side_by_side(value, [&] {
        for (int i = 0; i < 20; ++i) {
            once(under, data);
            std::memcpy(under, data, sizeof under);
        }
        for (int i = 0; i < 3; ++i)
            must(EVP_Cipher(whole, data, data, 8) == 8);
    });
}

/// The transaction key of a counter with 10 one bits, beside the 11 key schedules and blocks of AES.
measured dukpt_aes() {
    const auto base = base_derivation_key::create(algorithm::aes, key_bytes(), legacy_policy).value();
    auto host = dukpt_aes_host::create(base).value();
    const auto number = from_hex("1234567890123456000003FF").value();
    auto* cipher = raw_context(nullptr, "AES-128-ECB", key_bytes());
    std::array<std::uint8_t, 16> data{};
    return side_by_side([&] { must(host.transaction(number).has_value()); },
        [&] {
            for (int i = 0; i < 11; ++i) {
                must(EVP_EncryptInit_ex2(cipher, nullptr, data.data(), nullptr, nullptr) == 1);
                must(EVP_Cipher(cipher, data.data(), data.data(), 16) == 16);
            }
        });
}

/// Nanoseconds that this thread has waited for a processor on which others ran.
double waited_for_a_processor() {
    long long run = 0;
    long long waited = 0;
    std::ifstream("/proc/thread-self/schedstat") >> run >> waited;
    return static_cast<double>(waited);
}

/// Operations a second, of the time in which no other load had the processor: what threads take from each other, on a
/// processor or asleep before a lock, counts.
double undisturbed_rate(const std::function<void()>& operation) {
    const auto waited = waited_for_a_processor();
    const auto from = wall_time::now();
    const auto rate = one_round<wall_time>(operation, std::chrono::milliseconds(20));
    const auto took = std::chrono::duration<double, std::nano>(wall_time::now() - from).count();
    return rate * took / std::max(1.0, took - (waited_for_a_processor() - waited));
}

/// Operations a second of so many threads together, each on a core of its own with an operation of its own making.
double threads_rate(const std::vector<int>& cores, const std::function<std::function<void()>()>& make) {
    std::vector<double> each(cores.size());
    std::barrier together(static_cast<std::ptrdiff_t>(cores.size()));
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < cores.size(); ++i) {
        threads.emplace_back([&, i] {
            const benchmarks::pinned here(cores[i]);
            const auto operation = make();
            together.arrive_and_wait();
            each[i] = undisturbed_rate(operation);
        });
    }
    for (auto& thread : threads)
        thread.join();
    return std::accumulate(each.begin(), each.end(), 0.0);
}

double median(std::vector<double> of) {
    const auto middle = of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2);
    std::nth_element(of.begin(), middle, of.end());
    return *middle;
}

/// What the second thread brings: with handles, and with bare contexts. One and two threads are measured in turns.
measured second_thread() {
    const auto cores = benchmarks::usable_cores();
    const std::vector<int> one{cores.front()};
    const std::vector<int> two{cores.front(), cores.back()};
    std::vector<double> values;
    std::vector<double> limits;
    for (int round = 0; round < 40; ++round) {
        values.push_back(threads_rate(two, pin_block_value) / threads_rate(one, pin_block_value));
        limits.push_back(threads_rate(two, one_block_limit) / threads_rate(one, one_block_limit));
    }
    return {median(values), median(limits)};
}

} // namespace

int main() {
    print_head();
    bool met = print_row("PIN block 0 + 3DES, key handle", pin_block(), 0.85);
    met &= print_row("retail MAC, 256 bytes", retail(), 0.90);
    met &= print_row("AES CMAC, 256 bytes", aes_cmac(), 0.90);
    met &= print_row("POS MAC (3DES), 256 bytes", pos_mac(), 0.50);
    met &= print_figure_row("key block D, unwrap, AES-256", key_block_d(), 1.5e6);
    met &= print_figure_row("DUKPT TDES, 10 counter bits, PIN decrypt", dukpt_tdes(), 150e3);
    met &= print_row("DUKPT AES-128, 10 counter bits, derive", dukpt_aes(), 0.60);
    const auto gain = second_thread();
    const bool gained = gain.ratio() >= 0.95;
    std::printf("%-44s %8.2f x %8.2f x %7.2f %5.2f %s\n", "PIN block 0, gain of two threads", gain.value, gain.limit,
        gain.ratio(), 0.95, gained ? "ok" : "MISSED");
    return met && gained ? 0 : 1;
}
