#pragma once

#include <cipherlane/core/result.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace cipherlane::drivers {

/// What ends a code.
enum class scan_end : std::uint8_t {
    cr_or_lf, ///< CR, LF, or both: what most scanners do as they come
    cr,
    lf,
    tab,
    silence, ///< nothing but a pause: for scanners that send no terminator
};

/// Whether a code has an AIM identifier ("]Q1") before it.
enum class aim_identifier : std::uint8_t {
    may_come,  ///< taken off where it is there
    must_come, ///< a code without one is another device's, and dropped
    none,      ///< "]" is text like any other
};

/// The characters of a code.
enum class scan_text : std::uint8_t { utf8, gbk };

/// How a scanner was set up.
struct scanner_profile {
    scan_end end = scan_end::cr_or_lf;
    aim_identifier aim = aim_identifier::may_come;
    scan_text text = scan_text::utf8;
    std::chrono::milliseconds silence{100};      ///< ends a code under `scan_end::silence`
    std::chrono::milliseconds broken_off{1'000}; ///< so long after its last piece, a code without its end is dropped
    std::size_t largest = 1'024;                 ///< bytes; a longer code is dropped

    /// @return `bad_setting` naming the field.
    [[nodiscard]] result<void> validate() const;
};

// What settings and command lines call them.
inline constexpr std::array<std::pair<std::string_view, scan_end>, 5> scan_end_words{
    {{"cr-or-lf", scan_end::cr_or_lf}, {"cr", scan_end::cr}, {"lf", scan_end::lf}, {"tab", scan_end::tab},
        {"none", scan_end::silence}}};
inline constexpr std::array<std::pair<std::string_view, aim_identifier>, 3> aim_identifier_words{
    {{"may-come", aim_identifier::may_come}, {"must-come", aim_identifier::must_come},
        {"none", aim_identifier::none}}};
inline constexpr std::array<std::pair<std::string_view, scan_text>, 2> scan_text_words{
    {{"utf8", scan_text::utf8}, {"gbk", scan_text::gbk}}};

} // namespace cipherlane::drivers
