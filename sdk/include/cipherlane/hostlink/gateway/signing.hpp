#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace cipherlane::hostlink {

/// How a gateway of China has its messages signed.
enum class signature_kind : std::uint8_t {
    rsa_sha256, ///< RSASSA-PKCS1-v1_5 with SHA-256
    sm2_sm3,    ///< SM2 with SM3, signer id 1234567812345678, DER (GM/T 0009)
};

/// Signs requests to a gateway: with a key from a file (`key_signer`), or wherever else the key lies, as in a cipher
/// machine. May be called from any thread.
class request_signer {
  public:
    request_signer() = default;
    request_signer(const request_signer&) = delete;
    request_signer& operator=(const request_signer&) = delete;
    virtual ~request_signer() = default;
    [[nodiscard]] virtual signature_kind kind() const noexcept = 0;
    /// Of `kind()`. `local_fault` where the key cannot be used now: then nothing is sent.
    [[nodiscard]] virtual result<bytes> sign(byte_view text) const = 0;
    /// SubjectPublicKeyInfo as DER, for checks at the start.
    [[nodiscard]] virtual result<bytes> public_der() const = 0;
};

/// With a private key in this process.
class key_signer final : public request_signer {
  public:
    /// @param key PEM, or DER in base64 as gateways' consoles print it; RSA (PKCS#8, PKCS#1) or SM2 (PKCS#8, SEC 1).
    /// @return `hostlink_errc::bad_key`.
    [[nodiscard]] static result<std::unique_ptr<key_signer>> create(std::string_view key);
    ~key_signer() override;
    [[nodiscard]] signature_kind kind() const noexcept override;
    [[nodiscard]] result<bytes> sign(byte_view text) const override;
    [[nodiscard]] result<bytes> public_der() const override;

  private:
    struct state;
    explicit key_signer(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

/// A gateway's public key. Distinct objects may be used from distinct threads.
class signature_key {
  public:
    /// @param key a public key or certificate, PEM, or DER in base64. @return `hostlink_errc::bad_key`.
    [[nodiscard]] static result<signature_key> create(std::string_view key);
    signature_key(signature_key&&) noexcept;
    signature_key& operator=(signature_key&&) noexcept;
    ~signature_key();

    [[nodiscard]] signature_kind kind() const noexcept;
    [[nodiscard]] bool verifies(byte_view text, byte_view signature) const;
    /// SubjectPublicKeyInfo as DER.
    [[nodiscard]] const bytes& der() const noexcept;

  private:
    struct state;
    explicit signature_key(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::hostlink
