#pragma once

#include "guard.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/call.hpp>

#include <chrono>
#include <cstring>
#include <string_view>

// Arguments as they come over the C interface, looked at before anything is done with them.

namespace cipherlane::c {

[[nodiscard]] inline result<std::string_view> text_of(const char* text, std::string_view argument) noexcept {
    if (text == nullptr) return refuse(c_errc::null_argument, argument);
    return std::string_view(text);
}

/// Null stands for nothing.
[[nodiscard]] inline std::string_view text_or_none(const char* text) noexcept {
    return text == nullptr ? std::string_view() : std::string_view(text);
}

/// No length of a caller's is larger: a negative one, turned unsigned, is none.
inline constexpr std::size_t largest_input = std::size_t{1} << 30;

[[nodiscard]] inline result<byte_view> bytes_of(
    const void* data, std::size_t size, std::string_view argument) noexcept {
    if (size == 0) return byte_view();
    if (data == nullptr) return refuse(c_errc::null_argument, argument);
    if (size > largest_input) return refuse(c_errc::bad_argument, argument);
    return byte_view(static_cast<const std::uint8_t*>(data), size);
}

[[nodiscard]] inline result<void> need(const void* what, std::string_view argument) noexcept {
    if (what == nullptr) return refuse(c_errc::null_argument, argument);
    return {};
}

/// An enumeration's number, which must be below `count`.
template <class Enum>
[[nodiscard]] result<Enum> word_of(std::int32_t number, Enum last, std::string_view argument) noexcept {
    if (number < 0 || number > static_cast<std::int32_t>(last)) return refuse(c_errc::bad_argument, argument);
    return static_cast<Enum>(number);
}

/// Writes a result where the caller wants it, and how much it is in any case.
[[nodiscard]] inline result<void> give(byte_view what, cipherlane_buffer* to, std::string_view argument) noexcept {
    if (to == nullptr) return refuse(c_errc::null_argument, argument);
    to->size = what.size();
    if (what.size() > to->room) return refuse(c_errc::no_room, argument);
    if (what.empty()) return {};
    if (to->data == nullptr) return refuse(c_errc::null_argument, argument);
    std::memcpy(to->data, what.data(), what.size());
    return {};
}

/// As `give`, with a zero behind it.
[[nodiscard]] inline result<void> give_text(
    std::string_view what, cipherlane_buffer* to, std::string_view argument) noexcept {
    if (to == nullptr) return refuse(c_errc::null_argument, argument);
    to->size = what.size();
    if (what.size() >= to->room) return refuse(c_errc::no_room, argument);
    if (to->data == nullptr) return refuse(c_errc::null_argument, argument);
    if (!what.empty()) std::memcpy(to->data, what.data(), what.size());
    static_cast<char*>(to->data)[what.size()] = 0;
    return {};
}

/// Text into a member of a struct. @return `no_room` where it does not fit
template <std::size_t N>
[[nodiscard]] result<void> give_text(std::string_view what, char (&to)[N], std::string_view argument) noexcept {
    if (what.size() >= N) return refuse(c_errc::no_room, argument);
    if (!what.empty()) std::memcpy(to, what.data(), what.size());
    to[what.size()] = 0;
    return {};
}

[[nodiscard]] inline result<void> give(byte_view what, cipherlane_block* to, std::string_view argument) noexcept {
    if (to == nullptr) return refuse(c_errc::null_argument, argument);
    if (what.size() > sizeof to->data) return refuse(c_errc::no_room, argument);
    if (!what.empty()) std::memcpy(to->data, what.data(), what.size());
    to->size = what.size();
    return {};
}

/// What bounds a call: its milliseconds, and who may end it.
[[nodiscard]] result<call> bounds_of(std::int64_t deadline_ms, cipherlane_stop stop);

} // namespace cipherlane::c
