#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <array>
#include <string_view>

namespace cipherlane::crypto {

/// A public SM2 key (GB/T 32918.1, curve sm2p256v1 of GB/T 32918.5): a point known to be on the curve.
class sm2_public_point {
  public:
    /// x ‖ y (64 bytes), or 04 ‖ x ‖ y (65). @return `crypto_errc::bad_key_encoding` for anything but a point.
    [[nodiscard]] static result<sm2_public_point> from_raw(byte_view point);
    /// SubjectPublicKeyInfo or a certificate, as PEM. Errors as above.
    [[nodiscard]] static result<sm2_public_point> from_pem(std::string_view pem);
    /// SubjectPublicKeyInfo as DER.
    [[nodiscard]] static result<sm2_public_point> from_der(byte_view der);

    /// 04 ‖ x ‖ y; lives as long as this object.
    [[nodiscard]] byte_view view() const noexcept { return point_; }
    [[nodiscard]] byte_view x() const noexcept { return view().subspan(1, 32); }
    [[nodiscard]] byte_view y() const noexcept { return view().subspan(33, 32); }

  private:
    friend class sm2_private_scalar;
    sm2_public_point() noexcept = default;
    std::array<std::uint8_t, 65> point_{};
};

/// A private SM2 key before it has a purpose: it is given away to a signing or a decryption key (GM/T practice has a
/// pair for each). Move-only, wiped.
class sm2_private_scalar {
  public:
    /// 32 bytes, 1 to n-2. @return `crypto_errc::bad_key_encoding`.
    [[nodiscard]] static result<sm2_private_scalar> from_raw(byte_view scalar);
    /// PKCS#8 or SEC 1, without a passphrase, as PEM. Errors as above.
    [[nodiscard]] static result<sm2_private_scalar> from_pem(std::string_view pem);
    /// A new key. @return `crypto_errc::library_failed`.
    [[nodiscard]] static result<sm2_private_scalar> generate();

    [[nodiscard]] const sm2_public_point& public_point() const noexcept { return public_; }
    /// 32 bytes, in clear; the view lives as long as this object is neither moved nor destroyed.
    [[nodiscard]] byte_view expose() const noexcept { return scalar_.expose(); }

  private:
    sm2_private_scalar() noexcept = default;
    secret_bytes scalar_;
    sm2_public_point public_;
};

} // namespace cipherlane::crypto
