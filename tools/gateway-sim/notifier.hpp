#pragma once

#include "gateway-sim/notification_signer.hpp"

#include <cipherlane/core/counted_log.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace cipherlane::sim {

/// Seconds since 1970.
[[nodiscard]] std::int64_t now_seconds();
/// Throws `std::runtime_error` where there are no random numbers.
[[nodiscard]] std::string random_hex(std::size_t digits);

/// Whether a notification's signature is right.
enum class signature : std::uint8_t { right, wrong };

/// Sends a notification to a till, again until it is taken or was tried five times. Returns at once.
/// @param log of all notifications together: who makes orders says where they go.
void send_notification(boost::asio::io_context& on, std::shared_ptr<const notification_signer> signer,
    std::string url, std::string body, signature how, std::chrono::milliseconds after,
    std::shared_ptr<counted_log> log);

} // namespace cipherlane::sim
