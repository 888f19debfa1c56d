#pragma once

#include <cipherlane/hostlink/gateway/alipay_signature.hpp>
#include <cipherlane/hostlink/notice_reader.hpp>
#include <cipherlane/ports/clock.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::hostlink::alipay {

/// Whose orders these are.
struct merchant {
    std::string app_id;
    std::string seller_id;      ///< 2088…, named by every notice
    std::string app_auth_token; ///< of the merchant that a partner (服务商) serves; empty: the application's own
    /// @return `hostlink_errc::bad_setting` with the field.
    [[nodiscard]] result<void> validate() const;
};

/// What is known of Alipay: its public key, or its certificates by their numbers. Set up once, then used from any
/// thread.
class platform {
  public:
    /// In key mode. @param public_key Alipay's, never the application's. @return `hostlink_errc::bad_key`.
    [[nodiscard]] static result<std::shared_ptr<const platform>> with_key(merchant of, std::string_view public_key);
    /// In certificate mode: every request carries both numbers, and every answer is checked by the certificate that
    /// it names, which must hold when the answer comes. Alipay's must lead to a root where its file brings those in
    /// between. Whether the application's holds is for Alipay to judge.
    /// @param roots the root file, as it was downloaded. @param clock must outlive this.
    /// @return `hostlink_errc::bad_key` in "app_certificate", "alipay_certificate" or "root_certificates".
    [[nodiscard]] static result<std::shared_ptr<const platform>> with_certificates(merchant of,
        std::string_view app_certificate, std::string_view alipay_certificate, std::string_view roots,
        const ports::clock& clock);

    [[nodiscard]] const merchant& whose() const noexcept { return merchant_; }
    [[nodiscard]] const std::string& app_number() const noexcept { return app_number_; }   ///< empty in key mode
    [[nodiscard]] const std::string& root_number() const noexcept { return root_number_; } ///< likewise
    /// Whether one of the keys is this one (SubjectPublicKeyInfo).
    [[nodiscard]] bool holds(byte_view der) const;
    /// Whether a key is the application certificate's; any is in key mode, where there is no such certificate.
    [[nodiscard]] bool is_own(byte_view der) const;
    /// Whether a message that names this certificate (`alipay_cert_sn`) can be checked; any can in key mode.
    [[nodiscard]] bool knows(std::string_view certificate) const;
    /// Why nothing that Alipay signs counts now: its certificate has expired, or does not hold yet. Empty: it counts.
    [[nodiscard]] std::string_view fault_of_days() const;
    /// @param certificate `alipay_cert_sn` of the message; not looked at in key mode.
    [[nodiscard]] bool verifies(std::string_view text, std::string_view sign, std::string_view certificate) const;

  private:
    explicit platform(merchant of)
        : merchant_(std::move(of)) {}
    merchant merchant_;
    std::string app_number_;
    std::string root_number_;
    bytes own_;                                      ///< the application certificate's key; empty in key mode
    const ports::clock* clock_ = nullptr;            ///< likewise null
    std::chrono::system_clock::time_point begins_{}; ///< from when to when Alipay's certificate holds
    std::chrono::system_clock::time_point ends_{};
    std::map<std::string, signature_key, std::less<>> keys_; ///< by the certificate's number; empty in key mode
};

/// Reads Alipay's notices of trades: application, seller and amount are compared or told; "success" is answered.
[[nodiscard]] std::unique_ptr<notice_reader> make_notice_reader(std::shared_ptr<const platform> known);

} // namespace cipherlane::hostlink::alipay
