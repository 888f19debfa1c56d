#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/sm2_key.hpp>

#include <array>
#include <memory>

namespace cipherlane::crypto {

/// r ‖ s, 32 bytes each.
using sm2_signature = std::array<std::uint8_t, 64>;

/// The signer's identity where nothing else is agreed: "1234567812345678" (GM/T 0009-2012, 10).
inline constexpr std::string_view sm2_default_id = "1234567812345678";

/// SEQUENCE { r, s }, as certificates and gateways carry it (GM/T 0009).
[[nodiscard]] result<bytes> sm2_signature_to_der(const sm2_signature& signature);
/// @return `crypto_errc::verification_failed` for anything but two numbers of at most 32 bytes.
[[nodiscard]] result<sm2_signature> sm2_signature_from_der(byte_view der);

/// Checks SM2 signatures over SM3 (GB/T 32918.2, 7). The signer's identity is always given, never assumed.
/// Distinct objects may be used from distinct threads.
class sm2_verification_key {
  public:
    /// @return `crypto_errc::unsupported_algorithm` where this OpenSSL has no SM2.
    [[nodiscard]] static result<sm2_verification_key> create(const sm2_public_point& point);
    sm2_verification_key(sm2_verification_key&&) noexcept;
    sm2_verification_key& operator=(sm2_verification_key&&) noexcept;
    ~sm2_verification_key();

    /// `id` has at most 8191 bytes. @return `crypto_errc::verification_failed` for any signature that is not right;
    /// `bad_data_length` for a longer `id`.
    [[nodiscard]] result<void> verify(byte_view id, byte_view message, const sm2_signature& signature) const;

  private:
    struct state;
    explicit sm2_verification_key(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

/// Makes SM2 signatures over SM3 (GB/T 32918.2, 6), each with a fresh random number.
class sm2_signing_key {
  public:
    /// Takes the key over: it signs and does nothing else.
    [[nodiscard]] static result<sm2_signing_key> create(sm2_private_scalar scalar);
    sm2_signing_key(sm2_signing_key&&) noexcept;
    sm2_signing_key& operator=(sm2_signing_key&&) noexcept;
    ~sm2_signing_key();

    [[nodiscard]] const sm2_public_point& public_point() const noexcept;
    /// @return `crypto_errc::bad_data_length` for an `id` above 8191 bytes; `library_failed`.
    [[nodiscard]] result<sm2_signature> sign(byte_view id, byte_view message) const;

  private:
    struct state;
    explicit sm2_signing_key(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::crypto
