#pragma once

#include <cipherlane/hostlink/gateway/unionpay_signature.hpp>
#include <cipherlane/hostlink/notice_reader.hpp>
#include <cipherlane/ports/clock.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace cipherlane::hostlink::unionpay {

/// Whose orders these are.
struct merchant {
    std::string mer_id; ///< 15 digits and letters
    // Of a merchant that a platform (平台商户, accessType 2) serves; all three, or none:
    std::string sub_mer_id;
    std::string sub_mer_name;
    std::string sub_mer_abbr;
    [[nodiscard]] bool is_partner() const noexcept { return !sub_mer_id.empty(); }
    /// @return `hostlink_errc::bad_setting` with the field.
    [[nodiscard]] result<void> validate() const;
};

/// What is known of UnionPay and of our own certificate. Set up once, then used from any thread.
class platform {
  public:
    /// @param sign_certificate of the key that signs what we send. @param by whom UnionPay's certificates, one of
    /// which comes with every answer, lead to. @param clock must outlive this.
    /// Whether ours holds is for UnionPay to judge.
    /// @return `hostlink_errc::bad_setting`; `bad_key` in "sign_certificate", where it is none, or in
    /// "root_certificates" without one.
    [[nodiscard]] static result<std::shared_ptr<const platform>> create(
        merchant of, std::string_view sign_certificate, trust by, const ports::clock& clock);

    [[nodiscard]] const merchant& whose() const noexcept { return merchant_; }
    [[nodiscard]] const std::string& cert_id() const noexcept { return cert_id_; } ///< of our own certificate
    [[nodiscard]] const ports::clock& clock() const noexcept { return clock_; }
    /// Whether our own certificate is of this key (SubjectPublicKeyInfo).
    [[nodiscard]] bool is_own(byte_view der) const;
    /// `unionpay::check` now.
    [[nodiscard]] result<void> check(const parameters& all) const;

  private:
    platform(merchant of, trust by, const ports::clock& clock)
        : merchant_(std::move(of))
        , trust_(std::move(by))
        , clock_(clock) {}
    merchant merchant_;
    trust trust_;
    const ports::clock& clock_;
    std::string cert_id_;
    bytes own_;
};

/// Reads UnionPay's notices of payments, those to `backUrl` and those that a browser brings: merchant, number, time
/// and currency are compared, the amount is told; 200 is answered.
[[nodiscard]] std::unique_ptr<notice_reader> make_notice_reader(std::shared_ptr<const platform> known);

} // namespace cipherlane::hostlink::unionpay
