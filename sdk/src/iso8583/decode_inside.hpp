#pragma once

#include <cipherlane/core/error.hpp>
#include <cipherlane/iso8583/deviation.hpp>
#include <cipherlane/iso8583/message_view.hpp>

#include <optional>
#include <vector>

namespace cipherlane::iso8583 {

/// The first fault inside the fields whose structure the dialect knows, with its path ("55/95") and its byte from the
/// start of the input. @param borne what a tolerant reading has passed over; null: it is strict.
[[nodiscard]] std::optional<error> fault_inside(const message_view& what, std::vector<deviation>* borne);

} // namespace cipherlane::iso8583
