#pragma once

#include <cipherlane/ports/qr_gateway.hpp>

#include <cstdint>
#include <string_view>

namespace cipherlane::ports {

/// Why a notice is a person's, and not the flow's. The numbers are stored.
enum class notice_matter : std::uint8_t {
    none = 0,           ///< no flow has dealt with it yet
    unknown_order = 1,  ///< the journal has no such order, or it is another merchant's
    contradiction = 2,  ///< it says something else of an order than the journal has
    second_payment = 3, ///< somebody has paid once more what was paid, or a code that was closed
    no_lane = 4,        ///< it tells something new of an order whose terminal, or gateway, is not set any more
};

[[nodiscard]] std::string_view to_string(notice_matter value) noexcept;

/// A signed word of a gateway about an order, as `store::keep_notice` has kept it.
struct order_notice {
    std::uint64_t id = 0;
    qr_order_status told; ///< `terminal_id`: the one that it concerns
    notice_matter matter = notice_matter::none;
};

} // namespace cipherlane::ports
