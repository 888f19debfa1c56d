#pragma once

#include <cipherlane/core/error.hpp>

#include <string_view>

namespace cipherlane::acquiring {

/// What one of the lane's parts has no way to do.
[[nodiscard]] inline error cannot(std::string_view operation, std::string_view part) {
    return error(boost::system::errc::make_error_code(boost::system::errc::operation_not_supported), layer::acquiring)
        .during(operation)
        .in_field(part);
}

} // namespace cipherlane::acquiring
