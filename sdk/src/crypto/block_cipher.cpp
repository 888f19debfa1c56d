#include "des_core.hpp"
#include "provider.hpp"

#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/block_cipher.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace cipherlane::crypto {

struct block_cipher::state {
    state(algorithm which, byte_view material)
        : cipher(which)
        , key(material) {}

    algorithm cipher;
    secret_bytes key;
    std::optional<des_core> des;         // single DES only
    std::array<cipher_context, 2> ecb{}; // by direction, made when first wanted
    std::array<cipher_context, 2> cbc{};

    EVP_CIPHER_CTX* context(std::array<cipher_context, 2>& contexts, cipher_mode mode, direction way) noexcept {
        auto& slot = contexts[static_cast<std::size_t>(way)];
        if (!slot) slot = keyed_context(fetched_cipher(cipher, mode, key.size()), way, key.expose().data());
        return slot.get();
    }

    [[nodiscard]] result<void> check(byte_view in, std::size_t out_size) const noexcept {
        if (in.size() % block_size_of(cipher) != 0) return crypto_error(crypto_errc::bad_data_length, "block cipher");
        if (out_size < in.size()) return crypto_error(crypto_errc::buffer_too_small, "block cipher");
        return {};
    }

    [[nodiscard]] result<void> run_ecb(direction way, byte_view in, byte_span out) noexcept {
        CIPHERLANE_CHECK(check(in, out.size()));
        if (des) return way == direction::encrypt ? des->encrypt(in, out) : des->decrypt(in, out);
        auto* ready = context(ecb, cipher_mode::ecb, way);
        if (ready == nullptr || !run_cipher(ready, in, out)) return crypto_error(crypto_errc::library_failed, "ECB");
        return {};
    }

    [[nodiscard]] result<void> run_cbc(direction way, byte_view iv, byte_view in, byte_span out) noexcept {
        CIPHERLANE_CHECK(check(in, out.size()));
        if (iv.size() != block_size_of(cipher)) return crypto_error(crypto_errc::bad_iv_length, "CBC");
        if (des) return way == direction::encrypt ? des->encrypt_cbc(iv, in, out) : des->decrypt_cbc(iv, in, out);
        auto* ready = context(cbc, cipher_mode::cbc, way);
        if (ready == nullptr || EVP_CipherInit_ex2(ready, nullptr, nullptr, iv.data(), -1, nullptr) != 1 ||
            !run_cipher(ready, in, out)) {
            return crypto_error(crypto_errc::library_failed, "CBC");
        }
        return {};
    }
};

std::string_view to_string(algorithm cipher) noexcept {
    static constexpr std::array<std::string_view, 4> names{"DES", "TDES", "AES", "SM4"};
    return names[static_cast<std::size_t>(cipher)];
}

block_cipher::block_cipher(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
block_cipher::block_cipher(block_cipher&&) noexcept = default;
block_cipher& block_cipher::operator=(block_cipher&&) noexcept = default;
block_cipher::~block_cipher() = default;

result<block_cipher> block_cipher::create(algorithm cipher, byte_view key) {
    if (!key_size_fits(cipher, key.size())) return crypto_error(crypto_errc::bad_key_length, "block cipher");
    auto made = std::make_unique<state>(cipher, key);
    if (cipher == algorithm::des) {
        CIPHERLANE_TRY(made->des, des_core::create(key));
    } else if (fetched_cipher(cipher, cipher_mode::ecb, key.size()) == nullptr) {
        return crypto_error(crypto_errc::unsupported_algorithm, "block cipher");
    }
    return block_cipher(std::move(made));
}

block_cipher block_cipher::clone() const {
    return *create(state_->cipher, state_->key.expose());
}

algorithm block_cipher::cipher() const noexcept {
    return state_->cipher;
}
std::size_t block_cipher::block_size() const noexcept {
    return block_size_of(state_->cipher);
}
std::size_t block_cipher::key_size() const noexcept {
    return state_->key.size();
}

result<void> block_cipher::encrypt_ecb(byte_view in, byte_span out) {
    return state_->run_ecb(direction::encrypt, in, out);
}

result<void> block_cipher::decrypt_ecb(byte_view in, byte_span out) {
    return state_->run_ecb(direction::decrypt, in, out);
}

result<void> block_cipher::encrypt_cbc(byte_view iv, byte_view in, byte_span out) {
    return state_->run_cbc(direction::encrypt, iv, in, out);
}

result<void> block_cipher::decrypt_cbc(byte_view iv, byte_view in, byte_span out) {
    return state_->run_cbc(direction::decrypt, iv, in, out);
}

result<void> block_cipher::cbc_checksum(byte_span chain, byte_view in) {
    const std::size_t block = block_size();
    CIPHERLANE_CHECK(state_->check(in, in.size()));
    if (chain.size() != block) return crypto_error(crypto_errc::bad_iv_length, "CBC");
    if (state_->des) return state_->des->cbc_checksum(chain, in);
    std::array<std::uint8_t, 512> scratch; // all but its last block is thrown away
    while (!in.empty()) {
        const auto piece = in.first(std::min(in.size(), scratch.size()));
        CIPHERLANE_CHECK(state_->run_cbc(direction::encrypt, chain, piece, scratch));
        std::copy_n(scratch.begin() + static_cast<std::ptrdiff_t>(piece.size() - block), block, chain.begin());
        in = in.subspan(piece.size());
    }
    wipe(scratch);
    return {};
}

} // namespace cipherlane::crypto
