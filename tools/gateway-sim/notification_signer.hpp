#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/rsa.hpp>

#include <string>
#include <string_view>

namespace cipherlane::sim {

/// Signs the gateway's notifications (`docs/14-gateway-api.md`).
class notification_signer {
  public:
    /// With a new key.
    [[nodiscard]] static result<notification_signer> create();
    /// With the key of a PEM file, which is made, readable by its owner alone, where there is none.
    /// @return what `secret_file` says of the file, or what `rsa_private_key::from_pem` refuses.
    [[nodiscard]] static result<notification_signer> keep(const std::string& file);

    /// The value of `Cipherlane-Signature-Type`.
    [[nodiscard]] static std::string_view type() { return "RSA-SHA256"; }
    /// Base64 of the signature over timestamp, nonce and body.
    [[nodiscard]] result<std::string> sign(
        std::string_view timestamp, std::string_view nonce, std::string_view body) const;
    /// Base64 of the signature over a text as it is.
    [[nodiscard]] result<std::string> sign_text(std::string_view text) const;
    /// SubjectPublicKeyInfo as PEM.
    [[nodiscard]] const std::string& public_pem() const noexcept { return public_pem_; }

  private:
    explicit notification_signer(crypto::rsa_private_key key)
        : key_(std::move(key)) {}
    [[nodiscard]] static result<notification_signer> of(crypto::rsa_private_key key);
    crypto::rsa_private_key key_;
    std::string public_pem_;
};

} // namespace cipherlane::sim
