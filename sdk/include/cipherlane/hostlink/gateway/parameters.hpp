#pragma once

#include <cipherlane/core/result.hpp>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

namespace cipherlane::hostlink {

/// Named values of a request, answer or notice, in the order of their names' bytes, as gateways sort them.
using parameters = std::map<std::string, std::string, std::less<>>;

/// A value, empty where there is none.
[[nodiscard]] std::string_view value_of(const parameters& all, std::string_view name);

enum class empty_values : std::uint8_t { dropped, kept };

/// "name=value" joined by "&", without the names that are left out.
[[nodiscard]] std::string joined(
    const parameters& all, std::initializer_list<std::string_view> left_out, empty_values empties);

/// A form (application/x-www-form-urlencoded), decoded once: "+" is a blank. Bytes stay as they are, in whatever
/// character set.
/// @return `hostlink_errc::unreadable_notice` with the name that is there twice, or where "%" has no two digits.
[[nodiscard]] result<parameters> read_form(std::string_view body);
/// The same the other way; letters, digits and "-._~" stand as they are, all else as "%XX".
[[nodiscard]] std::string write_form(const parameters& all);

} // namespace cipherlane::hostlink
