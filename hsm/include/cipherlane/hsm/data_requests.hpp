#pragma once

#include <cipherlane/hsm/operation_request.hpp>
#include <cipherlane/hsm/reply.hpp>

namespace cipherlane::hsm {

struct data_result {
    secret_bytes data;
    bytes iv; ///< for the next part, where the unit gives it
    [[nodiscard]] static result<data_result> from(const reply& of);
};

/// Encrypts whole blocks with a data key (M0, D0 12).
class encrypt_request final : public operation_request {
  public:
    using response = data_result;
    encrypt_request(key_type type, const key& data_key, cipher_mode mode, byte_view data, byte_view iv = {});
};

/// Decrypts whole blocks (M2, D0 14).
class decrypt_request final : public operation_request {
  public:
    using response = data_result;
    decrypt_request(key_type type, const key& data_key, cipher_mode mode, byte_view data, byte_view iv = {});
};

/// Decrypts with one key and encrypts with another inside the unit (M4, D0 16).
class reencrypt_request final : public operation_request {
  public:
    using response = data_result;
    reencrypt_request(key_type source_type, const key& source_key, key_type target_type, const key& target_key,
        cipher_mode mode, byte_view data, byte_view iv = {}, byte_view target_iv = {});
};

} // namespace cipherlane::hsm
