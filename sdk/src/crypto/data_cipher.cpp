#include "key_access.hpp"

#include <cipherlane/crypto/data_cipher.hpp>

#include <array>

namespace cipherlane::crypto {
namespace {

constexpr std::array<std::string_view, 5> mode_names{"ECB", "CBC", "CFB", "OFB", "CTR"};

cipher_mode internal(block_mode mode) noexcept {
    switch (mode) {
    case block_mode::ecb: return cipher_mode::ecb;
    case block_mode::cbc: return cipher_mode::cbc;
    case block_mode::cfb: return cipher_mode::cfb;
    case block_mode::ofb: return cipher_mode::ofb;
    case block_mode::ctr: break;
    }
    return cipher_mode::ctr;
}

result<void> run_blocks(data_key& key, block_mode mode, direction way, byte_view iv, byte_view in, byte_span out) {
    CIPHERLANE_TRY(auto* cipher, key_access::cipher(key));
    if (mode == block_mode::cbc) {
        return way == direction::encrypt ? cipher->encrypt_cbc(iv, in, out) : cipher->decrypt_cbc(iv, in, out);
    }
    if (!iv.empty()) return crypto_error(crypto_errc::bad_iv_length, "ECB");
    return way == direction::encrypt ? cipher->encrypt_ecb(in, out) : cipher->decrypt_ecb(in, out);
}

result<void> run(data_key& key, block_mode mode, direction way, byte_view iv, byte_view in, byte_span out) {
    if (mode == block_mode::ecb || mode == block_mode::cbc) return run_blocks(key, mode, way, iv, in, out);
    if (iv.size() != block_size_of(key.cipher())) return crypto_error(crypto_errc::bad_iv_length, "cipher mode");
    if (out.size() < in.size()) return crypto_error(crypto_errc::buffer_too_small, "cipher mode");
    CIPHERLANE_TRY(auto* context, key_access::stream(key, internal(mode), way));
    if (EVP_CipherInit_ex2(context, nullptr, nullptr, iv.data(), -1, nullptr) != 1 || !run_cipher(context, in, out)) {
        return crypto_error(crypto_errc::library_failed, "cipher mode");
    }
    return {};
}

} // namespace

result<block_mode> find_block_mode(std::string_view name) {
    for (std::size_t i = 0; i < mode_names.size(); ++i) {
        if (mode_names[i] == name) return static_cast<block_mode>(i);
    }
    return crypto_error(crypto_errc::unsupported_algorithm, "cipher mode");
}

result<void> encrypt_data(data_key& key, block_mode mode, byte_view iv, byte_view in, byte_span out) {
    return run(key, mode, direction::encrypt, iv, in, out);
}

result<void> decrypt_data(data_key& key, block_mode mode, byte_view iv, byte_view in, byte_span out) {
    return run(key, mode, direction::decrypt, iv, in, out);
}

} // namespace cipherlane::crypto
