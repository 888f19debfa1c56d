#pragma once

#include <cipherlane/hsm/operation_request.hpp>
#include <cipherlane/hsm/reply.hpp>

namespace cipherlane::hsm {

/// Finds the command for a typed request in the dialect and puts the wire's values into `into.asked`.
/// @return `hsm_errc::unsupported` with the operation and what the profile lacks (a code of a code table, a value).
[[nodiscard]] result<void> bind_request(const operation_request& request, reply& into);

/// Under which other name a request may hold a field's value, where a dialect has several codes for the same thing;
/// no name where there is none.
[[nodiscard]] field_name stand_in_for(const field_spec& field) noexcept;

/// What the request itself shows to be wrong with its keys: "wrapped_key U 32"; empty if nothing.
[[nodiscard]] std::string local_finding(const reply& of);

} // namespace cipherlane::hsm
