#include "key_access.hpp"

#include <cipherlane/crypto/key.hpp>

#include <openssl/core_names.h>
#include <openssl/params.h>

namespace cipherlane::crypto {

key_material::key_material(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
key_material::key_material(key_material&&) noexcept = default;
key_material& key_material::operator=(key_material&&) noexcept = default;
key_material::~key_material() = default;

result<key_material> key_material::create(
    algorithm cipher, byte_view material, purpose use, const key_policy& policy) {
    CIPHERLANE_CHECK(check_key(cipher, material, use, policy));
    return key_material(std::make_unique<state>(cipher, material));
}

key_material key_material::clone() const {
    return key_material(std::make_unique<state>(state_->cipher, state_->material.expose()));
}

algorithm key_material::cipher() const noexcept {
    return state_->cipher;
}
std::size_t key_material::size() const noexcept {
    return state_->material.size();
}
byte_view key_material::expose() const noexcept {
    return std::as_const(state_->material).expose();
}

mac_context keyed_cmac(algorithm cipher, byte_view key) noexcept {
    // Single DES has no CMAC of its own (SP 800-38B names TDEA and AES); three equal parts give it all the same.
    std::array<std::uint8_t, 24> thrice{};
    if (cipher == algorithm::des) {
        for (std::size_t at = 0; at < thrice.size(); ++at)
            thrice[at] = key[at % 8];
        key = thrice;
        cipher = algorithm::tdes;
    }
    const char* name = cipher_name(cipher, cipher_mode::cbc, key.size());
    mac_context made(fetched_cmac() != nullptr ? EVP_MAC_CTX_new(fetched_cmac()) : nullptr);
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, const_cast<char*>(name), 0),
        OSSL_PARAM_construct_end()};
    const bool ready =
        made != nullptr && name != nullptr && EVP_MAC_init(made.get(), key.data(), key.size(), params) == 1;
    wipe(thrice);
    if (!ready) return nullptr;
    return made;
}

result<block_cipher*> key_access::cipher(key_material::state& of) {
    if (!of.whole) {
        CIPHERLANE_TRY(of.whole, block_cipher::create(of.cipher, of.material.expose()));
    }
    return &*of.whole;
}

result<des_core*> key_access::left_des(key_material::state& of) {
    if (!of.left) {
        CIPHERLANE_TRY(of.left, des_core::create(byte_view(of.material.expose()).first(8)));
    }
    return &*of.left;
}

result<EVP_CIPHER_CTX*> key_access::stream(key_material::state& of, cipher_mode mode, direction way) {
    const auto row = static_cast<std::size_t>(mode) - static_cast<std::size_t>(cipher_mode::cfb);
    auto& slot = of.streams[row][static_cast<std::size_t>(way)];
    if (!slot) {
        const auto* kind = fetched_cipher(of.cipher, mode, of.material.size());
        slot = keyed_context(kind, way, of.material.expose().data());
    }
    if (!slot) return crypto_error(crypto_errc::unsupported_algorithm, "cipher mode");
    return slot.get();
}

result<EVP_MAC_CTX*> key_access::cmac(key_material::state& of) {
    if (!of.cmac) of.cmac = keyed_cmac(of.cipher, of.material.expose());
    if (!of.cmac) return crypto_error(crypto_errc::unsupported_algorithm, "CMAC");
    return of.cmac.get();
}

} // namespace cipherlane::crypto
