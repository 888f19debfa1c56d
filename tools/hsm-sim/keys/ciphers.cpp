#include "hsm-sim/keys/ciphers.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cassert>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>
#include <random>

namespace cipherlane::hsm_sim {
namespace {

struct context_deleter {
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using context = std::unique_ptr<EVP_CIPHER_CTX, context_deleter>;

/// OpenSSL refusing a cipher of the default provider is no state a simulator can answer from.
void must(bool done) noexcept {
    if (!done) std::abort();
}

/// No padding, for good: the provider's context keeps it, so the flag that would set it again with every new key
/// goes.
void switch_padding_off(EVP_CIPHER_CTX* on) noexcept {
    EVP_CIPHER_CTX_set_padding(on, 0);
    EVP_CIPHER_CTX_clear_flags(on, EVP_CIPH_NO_PADDING);
}

enum family { ede2, ede3, sm4, aes128, aes192, aes256, families };
constexpr std::size_t modes = 4;

struct fetched_ciphers {
    EVP_CIPHER* at[families][modes];

    fetched_ciphers() {
        static constexpr const char* names[families][modes] = {
            {"DES-EDE-ECB", "DES-EDE-CBC", "DES-EDE-CFB", "DES-EDE-OFB"},
            {"DES-EDE3-ECB", "DES-EDE3-CBC", "DES-EDE3-CFB", "DES-EDE3-OFB"},
            {"SM4-ECB", "SM4-CBC", "SM4-CFB", "SM4-OFB"},
            {"AES-128-ECB", "AES-128-CBC", "AES-128-CFB", "AES-128-OFB"},
            {"AES-192-ECB", "AES-192-CBC", "AES-192-CFB", "AES-192-OFB"},
            {"AES-256-ECB", "AES-256-CBC", "AES-256-CFB", "AES-256-OFB"},
        };
        for (std::size_t f = 0; f < families; ++f) {
            for (std::size_t m = 0; m < modes; ++m)
                must((at[f][m] = EVP_CIPHER_fetch(nullptr, names[f][m], nullptr)));
        }
    }
};

const fetched_ciphers& fetched() {
    static const auto* once = new fetched_ciphers; // outlives every thread's contexts
    return *once;
}

/// One context for each cipher, mode and direction a thread has used.
struct thread_contexts {
    context at[families][modes][2];

    EVP_CIPHER_CTX* get(family f, chain_mode mode, direction way) {
        const auto m = static_cast<std::size_t>(mode);
        context& slot = at[f][m][static_cast<std::size_t>(way)];
        if (!slot) {
            slot.reset(EVP_CIPHER_CTX_new());
            must(slot != nullptr);
            must(EVP_CipherInit_ex2(
                slot.get(), fetched().at[f][m], nullptr, nullptr, way == direction::encrypt, nullptr));
            switch_padding_off(slot.get());
        }
        return slot.get();
    }
};

thread_local thread_contexts mine;

void update(EVP_CIPHER_CTX* on, byte_view in, byte_span out) noexcept {
    assert(out.size() >= in.size());
    int written = 0;
    must(EVP_CipherUpdate(on, out.data(), &written, in.data(), static_cast<int>(in.size())) != 0 &&
         written == static_cast<int>(in.size()));
}

family des_family(byte_view key, std::uint8_t (&doubled)[16], const std::uint8_t*& use) noexcept {
    if (key.size() == 8) {
        std::memcpy(doubled, key.data(), 8);
        std::memcpy(doubled + 8, key.data(), 8);
        use = doubled;
        return ede2;
    }
    assert(key.size() == 16 || key.size() == 24);
    use = key.data();
    return key.size() == 16 ? ede2 : ede3;
}

void run_des(
    byte_view key, chain_mode mode, direction way, const std::uint8_t* iv, byte_view in, byte_span out) noexcept {
    if (in.empty()) return;
    std::uint8_t doubled[16];
    const std::uint8_t* use = nullptr;
    EVP_CIPHER_CTX* on = mine.get(des_family(key, doubled, use), mode, way);
    must(EVP_CipherInit_ex2(on, nullptr, use, iv, -1, nullptr));
    update(on, in, out);
    if (key.size() == 8) wipe(doubled);
}

family block_family(const clear_key& key) noexcept {
    if (key.kind() == key_algorithm::sm4) return sm4;
    return key.size() == 16 ? aes128 : key.size() == 24 ? aes192 : aes256;
}

void run_any(const clear_key& key, chain_mode mode, direction way, const std::uint8_t* iv, byte_view in,
    byte_span out) noexcept {
    if (key.kind() == key_algorithm::des) return run_des(key.view(), mode, way, iv, in, out);
    if (in.empty()) return;
    EVP_CIPHER_CTX* on = mine.get(block_family(key), mode, way);
    must(EVP_CipherInit_ex2(on, nullptr, key.view().data(), iv, -1, nullptr));
    update(on, in, out);
}

} // namespace

struct kept_cipher::impl {
    context on;
};

kept_cipher::kept_cipher(byte_view des_key, direction way)
    : impl_(std::make_unique<impl>()) {
    std::uint8_t doubled[16];
    const std::uint8_t* use = nullptr;
    const family f = des_family(des_key, doubled, use);
    impl_->on.reset(EVP_CIPHER_CTX_new());
    must(impl_->on != nullptr);
    must(EVP_CipherInit_ex2(impl_->on.get(), fetched().at[f][0], use, nullptr, way == direction::encrypt, nullptr));
    switch_padding_off(impl_->on.get());
    wipe(doubled);
}

kept_cipher::kept_cipher(kept_cipher&&) noexcept = default;
kept_cipher& kept_cipher::operator=(kept_cipher&&) noexcept = default;
kept_cipher::~kept_cipher() = default;

void kept_cipher::run(byte_view in, byte_span out) noexcept {
    update(impl_->on.get(), in, out);
}

void des_encrypt(byte_view key, byte_view in, byte_span out) noexcept {
    run_des(key, chain_mode::ecb, direction::encrypt, nullptr, in, out);
}

void des_decrypt(byte_view key, byte_view in, byte_span out) noexcept {
    run_des(key, chain_mode::ecb, direction::decrypt, nullptr, in, out);
}

void encrypt_ecb(const clear_key& key, byte_view in, byte_span out) noexcept {
    run_any(key, chain_mode::ecb, direction::encrypt, nullptr, in, out);
}

void decrypt_ecb(const clear_key& key, byte_view in, byte_span out) noexcept {
    run_any(key, chain_mode::ecb, direction::decrypt, nullptr, in, out);
}

void run_chained(
    const clear_key& key, chain_mode mode, direction way, byte_view iv, byte_view in, byte_span out) noexcept {
    assert(mode == chain_mode::ecb || iv.size() == key.block_size());
    run_any(key, mode, way, mode == chain_mode::ecb ? nullptr : iv.data(), in, out);
}

bool md5(byte_view data, std::array<std::uint8_t, 16>& out) noexcept {
    return EVP_Q_digest(nullptr, "MD5", nullptr, data.data(), data.size(), out.data(), nullptr) == 1;
}

namespace {

/// No random numbers at all once a seed is given: a rig asked for the same keys again.
struct seeded_source {
    std::mutex mutex;
    std::optional<std::mt19937_64> numbers;
};

seeded_source& seeded() {
    static seeded_source one;
    return one;
}

} // namespace

void seed_random(std::uint64_t seed) {
    seeded().numbers.emplace(seed);
}

void fill_random(byte_span out) noexcept {
    if (auto& source = seeded(); source.numbers) {
        const std::scoped_lock lock(source.mutex);
        for (auto& one : out)
            one = static_cast<std::uint8_t>((*source.numbers)());
        return;
    }
    must(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
}

} // namespace cipherlane::hsm_sim
