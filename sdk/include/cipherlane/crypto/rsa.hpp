#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <memory>
#include <string_view>

namespace cipherlane::crypto {

/// A public RSA key of at least 2048 bits, and signatures under it: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, 8.2),
/// as QR gateways sign their notifications. Distinct objects may be used from distinct threads.
class rsa_public_key {
  public:
    /// SubjectPublicKeyInfo ("PUBLIC KEY") or an X.509 certificate, as PEM.
    /// @return `crypto_errc::bad_key_encoding`, `bad_key_length` (too short, or not RSA).
    [[nodiscard]] static result<rsa_public_key> from_pem(std::string_view pem);
    /// SubjectPublicKeyInfo as DER; gateways print it in base64 without PEM lines.
    [[nodiscard]] static result<rsa_public_key> from_der(byte_view der);

    rsa_public_key(rsa_public_key&&) noexcept;
    rsa_public_key& operator=(rsa_public_key&&) noexcept;
    ~rsa_public_key();

    /// @return `crypto_errc::verification_failed` for any signature that is not right.
    [[nodiscard]] result<void> verify_sha256(byte_view data, byte_view signature) const;
    /// What a signature was made over, as it says itself: the DigestInfo (RFC 8017, 9.2), which names the digest. For
    /// whoever looks for a mistake: it tells another text from another key. Proves nothing by itself.
    /// @return `crypto_errc::verification_failed` where it was not made with this key.
    [[nodiscard]] result<bytes> digest_in(byte_view signature) const;

  private:
    friend class rsa_private_key;
    struct state;
    explicit rsa_public_key(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

/// A private RSA key that signs as above. Its bytes live in OpenSSL's memory and are cleansed with it.
class rsa_private_key {
  public:
    /// PKCS#8 or PKCS#1 PEM without a passphrase. @return `crypto_errc::bad_key_encoding`, `bad_key_length`.
    [[nodiscard]] static result<rsa_private_key> from_pem(std::string_view pem);
    /// PKCS#8 or PKCS#1 DER.
    [[nodiscard]] static result<rsa_private_key> from_der(byte_view der);
    /// A new key of `bits` (2048 to 4096), for simulators and tests.
    [[nodiscard]] static result<rsa_private_key> generate(unsigned bits);

    rsa_private_key(rsa_private_key&&) noexcept;
    rsa_private_key& operator=(rsa_private_key&&) noexcept;
    ~rsa_private_key();

    /// The public half, as SubjectPublicKeyInfo DER.
    [[nodiscard]] result<bytes> public_der() const;
    /// As many bytes as the modulus has. @return `crypto_errc::library_failed`.
    [[nodiscard]] result<bytes> sign_sha256(byte_view data) const;

  private:
    struct state;
    explicit rsa_private_key(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::crypto
