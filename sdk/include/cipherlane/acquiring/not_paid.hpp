#pragma once

#include <cipherlane/acquiring/stage.hpp>

#include <cstdint>
#include <string_view>

namespace cipherlane::acquiring {

/// Who ended a payment, or did not do their part.
enum class actor : std::uint8_t {
    cashier, ///< by a stop request
    cardholder,
    card, ///< a chip card that declined
    host,
    gateway,
    till, ///< its settings, devices, disk or deadline
};

[[nodiscard]] std::string_view to_string(actor value) noexcept;

/// That a payment was not made, by whose doing, and how far it had come.
struct not_paid {
    actor by = actor::till;
    stage at = stage::preparing;
    friend bool operator==(const not_paid&, const not_paid&) = default;
};

} // namespace cipherlane::acquiring
