#pragma once

#include <cipherlane/hsm/frame.hpp>
#include <cipherlane/hsm/reply.hpp>

#include <array>
#include <cstdint>

namespace cipherlane::hsm {

/// A header for request number `number`: its hex digits, the rest filled, where the dialect correlates; fill alone
/// otherwise. `into` has the header's length.
void write_header(const framing& how, std::uint32_t number, byte_span into) noexcept;

/// A raw command's reply: decoded as far as the profile knows it. `hsm_errc::unknown_command` where only the table
/// could say how long the answer is; `hsm_errc::bad_length` for what is too short to be a command.
[[nodiscard]] result<void> bind_raw(byte_view body, reply& into);

/// What a raw command's reply says.
[[nodiscard]] struct raw_answer to_raw_answer(const reply& of);

} // namespace cipherlane::hsm
