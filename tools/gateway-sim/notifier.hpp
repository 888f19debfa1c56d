#pragma once

#include "gateway-sim/notification_signer.hpp"

#include <cipherlane/core/counted_log.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherlane::sim {

/// Seconds since 1970.
[[nodiscard]] std::int64_t now_seconds();
/// Throws `std::runtime_error` where there are no random numbers.
[[nodiscard]] std::string random_hex(std::size_t digits);

/// Whether a notification's signature is right.
enum class signature : std::uint8_t { right, wrong };

/// What of a notice's header the gateway makes itself: its signature.
using notice_header = std::vector<std::pair<std::string, std::string>>;
/// Made anew at each try.
using notice_signing = std::function<notice_header(std::string_view body, signature how)>;
/// That of docs/14-gateway-api.md.
[[nodiscard]] notice_signing signing_with(std::shared_ptr<const notification_signer> signer);

/// Sends a notification to a till, again until it is taken or was tried five times. Returns at once.
/// @param log of all notifications together: who makes orders says where they go.
void send_notification(boost::asio::io_context& on, notice_signing sign, std::string url, std::string body,
    signature how, std::chrono::milliseconds after, std::shared_ptr<counted_log> log);

} // namespace cipherlane::sim
