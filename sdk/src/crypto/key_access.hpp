#pragma once

#include "des_core.hpp"
#include "provider.hpp"

#include <cipherlane/crypto/block_cipher.hpp>
#include <cipherlane/crypto/key.hpp>

#include <array>
#include <optional>

namespace cipherlane::crypto {

struct key_material::state {
    state(algorithm which, byte_view bytes)
        : cipher(which)
        , material(bytes) {}

    algorithm cipher;
    secret_bytes material;
    // Prepared when first wanted; see key_access.
    std::optional<block_cipher> whole;
    std::optional<des_core> left; // the first 8 bytes as a single DES key
    mac_context cmac;
    std::array<std::array<cipher_context, 2>, 3> streams{}; // CFB, OFB, CTR by direction
};

/// How the algorithms of this layer, and nobody else, reach into a handle.
class key_access {
  public:
    template <purpose Use>
    [[nodiscard]] static byte_view material(const key<Use>& from) noexcept {
        return from.material_.expose();
    }

    /// The block cipher over the whole key, kept with the handle.
    template <purpose Use>
    [[nodiscard]] static result<block_cipher*> cipher(key<Use>& of) {
        return cipher(*of.material_.state_);
    }

    /// Single DES with the first 8 bytes, kept with the handle.
    template <purpose Use>
    [[nodiscard]] static result<des_core*> left_des(key<Use>& of) {
        return left_des(*of.material_.state_);
    }

    /// A CMAC context with the key set, kept with the handle and not yet started on a message.
    template <purpose Use>
    [[nodiscard]] static result<EVP_MAC_CTX*> cmac(key<Use>& of) {
        return cmac(*of.material_.state_);
    }

    /// A context for CFB, OFB or CTR, kept with the handle; its initial value is still to be set.
    template <purpose Use>
    [[nodiscard]] static result<EVP_CIPHER_CTX*> stream(key<Use>& of, cipher_mode mode, direction way) {
        return stream(*of.material_.state_, mode, way);
    }

  private:
    [[nodiscard]] static result<EVP_CIPHER_CTX*> stream(key_material::state& of, cipher_mode mode, direction way);
    [[nodiscard]] static result<block_cipher*> cipher(key_material::state& of);
    [[nodiscard]] static result<des_core*> left_des(key_material::state& of);
    [[nodiscard]] static result<EVP_MAC_CTX*> cmac(key_material::state& of);
};

/// A CMAC context (SP 800-38B) for a raw key; null if it cannot be had.
[[nodiscard]] mac_context keyed_cmac(algorithm cipher, byte_view key) noexcept;

} // namespace cipherlane::crypto
