#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/ports/clock.hpp>

#include <chrono>
#include <memory>
#include <string_view>

namespace cipherlane::hostlink {

/// The signed parts of a notification, as its HTTP request carries them.
struct signed_notice {
    std::string_view timestamp; ///< seconds since 1970
    std::string_view nonce;
    std::string_view type;      ///< "RSA-SHA256" or "SM2"
    std::string_view signature; ///< base64
    std::string_view body;
};

/// Decides whether a notification comes from the gateway, now, for the first time: signature over
/// `timestamp \n nonce \n body \n`, then the time window, then the nonce (docs/14-gateway-api.md).
/// One thread at a time.
class notification_verifier {
  public:
    /// @param public_key PEM, RSA or SM2. @return `hostlink_errc::bad_key`.
    [[nodiscard]] static result<notification_verifier> create(std::string_view public_key, const ports::clock& clock,
        std::chrono::seconds window = std::chrono::seconds(300));
    notification_verifier(notification_verifier&&) noexcept;
    ~notification_verifier();

    /// @return `bad_message`: `unsigned_notice`, `stale_notice`, `repeated_notice`. A nonce counts as seen only once
    /// its signature has proved right.
    [[nodiscard]] result<void> check(const signed_notice& notice);

  private:
    struct state;
    explicit notification_verifier(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::hostlink
