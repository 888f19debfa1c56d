#pragma once

#include <cipherlane/hostlink/http_gateway.hpp>
#include <cipherlane/ports/risk_judge.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace cipherlane::net {
class tls_client;
}

namespace cipherlane::hostlink {

struct http_risk_settings {
    std::string address;                        ///< HOST:PORT
    std::string path = "/risk";                 ///< begins with /
    std::shared_ptr<const net::tls_client> tls; ///< null: plain HTTP
    plain_http plain = plain_http::loopback_only;

    /// @return `hostlink_errc::bad_setting` with the field.
    [[nodiscard]] result<void> validate() const;
};

/// Whoever judges risk, asked by an HTTP POST of JSON; docs/25-rules.md has request and answer. One connection for
/// each payment, within the caller's deadline. Nothing secret goes out: the card is masked.
///
/// Errors: what the link says; `hostlink_errc::gateway_failed` for another status than 2xx, with it as the peer's
/// code; `unreadable_answer` with the member. One thread at a time.
class http_risk final : public ports::risk_judge {
  public:
    [[nodiscard]] static result<std::unique_ptr<http_risk>> create(const http_risk_settings& settings);
    ~http_risk() override;
    [[nodiscard]] result<ports::risk_opinion> judge(
        const ports::journal_record& payment, const call& bounds) override;

  private:
    struct state;
    explicit http_risk(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::hostlink
