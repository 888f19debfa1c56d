#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/sm2_key.hpp>

#include <memory>

namespace cipherlane::crypto {

/// Bytes that SM2 encryption adds: C1 (04 ‖ x ‖ y) and C3 (SM3).
inline constexpr std::size_t sm2_encryption_overhead = 65 + 32;

/// Encrypts to the holder of a private key (GB/T 32918.4, 6).
class sm2_encryption_key {
  public:
    /// @return `crypto_errc::unsupported_algorithm` where this OpenSSL has no SM2.
    [[nodiscard]] static result<sm2_encryption_key> create(const sm2_public_point& point);
    sm2_encryption_key(sm2_encryption_key&&) noexcept;
    sm2_encryption_key& operator=(sm2_encryption_key&&) noexcept;
    ~sm2_encryption_key();

    /// @return C1 ‖ C3 ‖ C2 (the order of GB/T 32918.4-2016); `crypto_errc::empty_input`, `library_failed`.
    [[nodiscard]] result<bytes> encrypt(byte_view clear) const;

  private:
    struct state;
    explicit sm2_encryption_key(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

/// Decrypts (GB/T 32918.4, 7).
class sm2_decryption_key {
  public:
    /// Takes the key over: it decrypts and does nothing else.
    [[nodiscard]] static result<sm2_decryption_key> create(sm2_private_scalar scalar);
    sm2_decryption_key(sm2_decryption_key&&) noexcept;
    sm2_decryption_key& operator=(sm2_decryption_key&&) noexcept;
    ~sm2_decryption_key();

    [[nodiscard]] const sm2_public_point& public_point() const noexcept;
    /// From C1 ‖ C3 ‖ C2. @return `crypto_errc::verification_failed` for anything that was not encrypted to this key.
    [[nodiscard]] result<secret_bytes> decrypt(byte_view c1c3c2) const;

  private:
    struct state;
    explicit sm2_decryption_key(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::crypto
