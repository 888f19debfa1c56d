#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Cardholder verification methods and their conditions in words. EMV 4.4 Book 3, Annex C3.
namespace cipherlane::emv::detail {

/// Of the low six bits; "method 2A" for one that is not laid down.
[[nodiscard]] std::string method_text(std::uint8_t code);
[[nodiscard]] std::string_view method_condition(std::uint8_t code) noexcept;

} // namespace cipherlane::emv::detail
