#pragma once

#include <cipherlane/hsm/operation_request.hpp>
#include <cipherlane/hsm/pin_requests.hpp>
#include <cipherlane/hsm/reply.hpp>

namespace cipherlane::hsm {

/// The signer's identity that GM/T 0009 takes where none is agreed.
inline constexpr std::string_view default_sm2_id = "1234567812345678";

struct signature_result {
    bytes signature; ///< as the unit gives it: DER, or r and s
    [[nodiscard]] static result<signature_result> from(const reply& of);
};

/// Signs with an SM2 key (E5, K3): the unit hashes the identity and the message with SM3.
class sm2_sign_request final : public operation_request {
  public:
    using response = signature_result;
    /// `private_key` under the local master key, in the unit's own form.
    sm2_sign_request(byte_view private_key, byte_view message, std::string_view id = default_sm2_id);
};

class sm2_verify_request final : public operation_request {
  public:
    using response = verification;
    sm2_verify_request(
        byte_view public_key, byte_view message, byte_view signature, std::string_view id = default_sm2_id);
};

struct digest_result {
    bytes digest;
    [[nodiscard]] static result<digest_result> from(const reply& of);
};

class sm3_request final : public operation_request {
  public:
    using response = digest_result;
    explicit sm3_request(byte_view message);
};

} // namespace cipherlane::hsm
