#pragma once

#include <cipherlane/core/monotonic_clock.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/hostlink/gateway/certificate.hpp>
#include <cipherlane/hostlink/gateway/wechat_signature.hpp>
#include <cipherlane/hostlink/notice_reader.hpp>
#include <cipherlane/ports/clock.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::hostlink::wechat {

/// Whose orders these are. A partner (服务商) names the merchant that it serves beside itself.
struct merchant {
    std::string mchid;
    std::string appid;
    std::string sub_mchid; ///< of the merchant served; empty: a direct merchant
    std::string sub_appid; ///< may be empty
    std::string serial;    ///< of the certificate that our requests are signed with, upper-case hex

    [[nodiscard]] bool is_partner() const noexcept { return !sub_mchid.empty(); }
    /// @return `hostlink_errc::bad_setting` with the field.
    [[nodiscard]] result<void> validate() const;
};

/// What is known of the platform: its keys and the APIv3 key, for answers and for notices. From any thread.
class platform {
  public:
    /// @param api_v3_key 32 characters. @return `hostlink_errc::bad_key` in "api_v3_key".
    [[nodiscard]] static result<std::shared_ptr<platform>> create(
        merchant of, secret_bytes api_v3_key, const ports::clock& clock);

    /// See `platform_keys::add`.
    [[nodiscard]] result<void> add_key(std::string serial, std::string_view pem);
    [[nodiscard]] result<void> add_certificate(std::string_view pem);

    /// From here on a certificate counts only if it leads to one of these (PEM). Those that are here already stay.
    /// @return `hostlink_errc::bad_key` in "roots".
    [[nodiscard]] result<void> trust_only(std::string_view roots);
    /// Told of what was fetched, PEM one after another, each time; on the thread that fetches. For whoever keeps it
    /// over a restart.
    void keep_with(std::function<void(const std::string& pem)> keep);

    [[nodiscard]] const merchant& whose() const noexcept { return merchant_; }
    [[nodiscard]] const ports::clock& clock() const noexcept { return clock_; }
    [[nodiscard]] std::string public_key_id() const;
    [[nodiscard]] bool has_keys() const;
    [[nodiscard]] bool holds(byte_view der) const;

    /// See `platform_keys::check`. A key that is not known is remembered as wanted.
    [[nodiscard]] result<void> check(const http_fields& fields, std::string_view body);
    /// See `open_resource`.
    [[nodiscard]] result<secret_bytes> open(const sealed_resource& sealed) const;

    /// Whether a message named a key that is not here, or none is here at all.
    [[nodiscard]] bool wants_keys() const;
    /// Whether they should be fetched anew, outside a sale: a key is wanted, or the last time is half a day ago. A
    /// merchant with the public key alone wants none.
    [[nodiscard]] bool refresh_due() const;
    /// Since when those are here that were fetched last; nothing before.
    [[nodiscard]] std::optional<monotonic_clock::time_point> fetched() const;
    /// Whether certificates may be fetched now, by whoever of those who share this asks first: once a minute at
    /// first, and ever more seldom while that brings no key, up to once in 16 minutes: whoever forges notices must
    /// not keep a new certificate out for long.
    [[nodiscard]] bool claim_refresh();
    /// The platform has said that this merchant has none: for half a day none are wanted.
    void note_no_certificates();
    /// The answer of `GET /v3/certificates`: opened with the APIv3 key, and proved by a key that was known, or by one
    /// of the certificates that it brings. Keys that were known stay.
    /// @return `outcome_unknown` or `bad_message`: nothing is taken then.
    [[nodiscard]] result<void> take_certificates(const http_fields& fields, std::string_view body);

  private:
    [[nodiscard]] result<void> check_chain(std::string_view pem) const;
    platform(merchant of, secret_bytes api_v3_key, const ports::clock& clock);

    const merchant merchant_;
    const secret_bytes api_v3_key_;
    const ports::clock& clock_;
    mutable std::mutex mutex_;
    platform_keys keys_;
    bool wanted_ = false;
    std::optional<monotonic_clock::time_point> tried_; ///< to fetch certificates
    std::chrono::minutes pause_{1};                    ///< until the next try
    std::optional<monotonic_clock::time_point> none_;  ///< there were said to be
    std::optional<monotonic_clock::time_point> fetched_;
    std::vector<certificate> roots_; ///< empty: the APIv3 key alone proves certificates
    std::function<void(const std::string& pem)> keep_;
};

/// Reads WeChat Pay's notices: of a payment what a till keeps; of a refund nothing, as the refund's own query tells,
/// but one that has failed (ABNORMAL, CLOSED) is a remark.
/// @param known must be of the merchant whose notices come here.
[[nodiscard]] std::unique_ptr<notice_reader> make_notice_reader(std::shared_ptr<platform> known);

} // namespace cipherlane::hostlink::wechat
