#pragma once

#include <cipherlane/core/result.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace cipherlane::net {
class tls_client;
}

namespace cipherlane::hostlink {

/// Where requests may go without TLS. They show order numbers and amounts, and nothing proves the answers.
enum class plain_http : std::uint8_t {
    loopback_only, ///< 127.0.0.0/8, ::1, localhost: simulators, or a proxy beside the till that speaks TLS
    anywhere,      ///< a private line of which somebody is sure
};

/// How a gateway is reached.
struct gateway_link {
    std::string address;        ///< HOST:PORT
    std::string second_address; ///< of the same gateway, asked where the first cannot be reached; empty: none
    std::chrono::milliseconds connect_timeout{5'000};
    std::chrono::milliseconds response_time{10'000};
    std::shared_ptr<const net::tls_client> tls;        ///< see net/tls.hpp; null: plain HTTP
    std::shared_ptr<const net::tls_client> second_tls; ///< for the second address
    plain_http plain = plain_http::loopback_only;

    /// @return `hostlink_errc::bad_setting` with the field; "tls" where plain HTTP would leave this machine.
    [[nodiscard]] result<void> validate() const;
};

} // namespace cipherlane::hostlink
