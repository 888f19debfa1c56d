#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::hostlink {

/// What gateways ask about a certificate (X.509).
class certificate {
  public:
    /// @param text PEM, or DER in base64. @return `hostlink_errc::bad_key`.
    [[nodiscard]] static result<certificate> create(std::string_view text);
    /// All of a PEM file, in their order.
    [[nodiscard]] static result<std::vector<certificate>> create_all(std::string_view pem);
    certificate(certificate&&) noexcept;
    certificate& operator=(certificate&&) noexcept;
    ~certificate();

    [[nodiscard]] std::string serial_hex() const;     ///< upper case, whole bytes
    [[nodiscard]] std::string serial_decimal() const; ///< as UnionPay's `certId`
    /// The issuer's attributes in the reverse of their order in the certificate, "CN=…,OU=…,O=…,C=…".
    [[nodiscard]] std::string issuer_reversed() const;
    [[nodiscard]] std::string common_name() const;        ///< of the subject
    [[nodiscard]] std::string issuer_common_name() const; ///< empty: the issuer has none
    [[nodiscard]] bool is_self_issued() const;            ///< of a root: issuer and subject have one name
    [[nodiscard]] std::chrono::system_clock::time_point begins() const;
    [[nodiscard]] std::chrono::system_clock::time_point ends() const;
    [[nodiscard]] bool is_signed_with_rsa() const; ///< an algorithm below 1.2.840.113549.1.1
    [[nodiscard]] bytes public_der() const;        ///< SubjectPublicKeyInfo
    /// Whether it leads over `between` to one of `roots` at a moment.
    [[nodiscard]] bool leads_to(const std::vector<certificate>& roots, const std::vector<certificate>& between,
        std::chrono::system_clock::time_point when) const;
    /// The same whatever the days of any of them say: whose it is, where its days are judged by themselves.
    [[nodiscard]] bool leads_to(const std::vector<certificate>& roots, const std::vector<certificate>& between) const;

  private:
    struct state;
    [[nodiscard]] bool leads(const std::vector<certificate>& roots, const std::vector<certificate>& between,
        const std::chrono::system_clock::time_point* when) const;
    explicit certificate(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::hostlink
