#pragma once

#include <cipherlane/hsm/codec.hpp>

namespace cipherlane::hsm {

struct condition_scope;

/// Appends the fields of `scope.own` with the values of `scope.values`. Offsets in errors count from the end of `out`
/// as it came.
[[nodiscard]] result<void> encode_layout(
    const profile& dialect, std::string_view operation, const condition_scope& scope, bytes& out);

/// Reads fields off `input` into `values`; returns how many bytes they took. `limit`: bytes at the end of `input`
/// that no greedy field may take are not part of `input`. Offsets in errors count from `base`.
[[nodiscard]] result<std::size_t> decode_layout(const profile& dialect, std::string_view operation,
    const condition_scope& scope, byte_view input, std::size_t base, field_set& values);

} // namespace cipherlane::hsm
