#pragma once

#include <cipherlane/core/bytes.hpp>

#include <cstdint>

namespace cipherlane::cli {

/// What an application's first bytes turn out to be.
enum class tap_opening : std::uint8_t {
    undecided, ///< more are needed
    message,
    http, ///< a method of HTTP: a web page can make a browser send what looks like a message behind it
};

/// No message of a cipher machine begins with a method and a blank: its length would say 16,000 bytes and more.
[[nodiscard]] tap_opening judge_opening(byte_view start) noexcept;

} // namespace cipherlane::cli
