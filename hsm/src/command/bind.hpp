#pragma once

#include <cipherlane/hsm/operation_request.hpp>
#include <cipherlane/hsm/reply.hpp>

namespace cipherlane::hsm {

/// Finds the command for a typed request in the dialect and appends it, code and fields, to `out`; on error `out` is
/// as before. `into.asked` gets what reading the answer needs: nothing where its layout says all (`reads_flat`).
/// @return `hsm_errc::unsupported` with the operation and what the profile lacks (a code of a code table, a value);
/// the error of a value that does not fit its field.
[[nodiscard]] result<void> encode_call(const operation_request& request, reply& into, bytes& out);

/// Reads an answer into `into`, from `body`, which may be longer. `asked` is the encoded request, without header:
/// what it held is read from there again where a refusal or an unusual answer wants to know it.
/// @return how many bytes it took.
[[nodiscard]] result<std::size_t> decode_call(const codec& engine, byte_view asked, byte_view body, reply& into);

} // namespace cipherlane::hsm
