#pragma once

#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/hostlink/gateway/netpay_signature.hpp>
#include <cipherlane/hostlink/notice_reader.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace cipherlane::hostlink::netpay {

/// Whose orders these are.
struct merchant {
    std::string app_id;
    std::string mid;
    std::string tid;
    std::string source;                           ///< 来源编号: the four characters in front of every number
    notice_digest digest = notice_digest::sha256; ///< of notices, as it was agreed on
    /// @return `hostlink_errc::bad_setting` with the field.
    [[nodiscard]] result<void> validate() const;
};

/// A merchant with both keys: that of the application, and that which notices are signed with (通讯密钥). Set up
/// once, then used from any thread.
class platform {
  public:
    /// @return `hostlink_errc::bad_setting`; `bad_key` in "app_key" or "notice_key", where it is empty.
    [[nodiscard]] static result<std::shared_ptr<const platform>> create(
        merchant of, secret_bytes app_key, secret_bytes notice_key);

    [[nodiscard]] const merchant& whose() const noexcept { return merchant_; }
    [[nodiscard]] result<std::string> authorization(const request_head& head, std::string_view body) const;
    [[nodiscard]] result<parameters> form(const request_head& head, std::string_view content) const;
    [[nodiscard]] result<void> check(const parameters& notice) const;

  private:
    platform(merchant of, secret_bytes app_key, secret_bytes notice_key)
        : merchant_(std::move(of))
        , app_key_(std::move(app_key))
        , notice_key_(std::move(notice_key)) {}
    merchant merchant_;
    secret_bytes app_key_;
    secret_bytes notice_key_;
};

/// Reads netpay's notices of paid bills: merchant, terminal, number and day are compared, the amount is told;
/// "SUCCESS" is answered.
[[nodiscard]] std::unique_ptr<notice_reader> make_notice_reader(std::shared_ptr<const platform> known);

} // namespace cipherlane::hostlink::netpay
