#pragma once

#include <cipherlane/core/error.hpp>
#include <cipherlane/hsm/errc.hpp>

#include <cstddef>
#include <string_view>

namespace cipherlane::hsm {

/// An error of this layer.
[[nodiscard]] inline error fail(hsm_errc why) {
    return {make_error_code(why), layer::hsm};
}

[[nodiscard]] inline error fail(
    hsm_errc why, std::string_view operation, std::string_view field, std::size_t offset) {
    return fail(why).during(operation).in_field(field).at_offset(offset);
}

} // namespace cipherlane::hsm
