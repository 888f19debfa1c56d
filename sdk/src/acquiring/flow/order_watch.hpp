#pragma once

#include "lane/lane_core.hpp"

#include <optional>

namespace cipherlane::acquiring {

/// Whether an order can no longer be paid, or has been.
[[nodiscard]] bool at_end(ports::qr_order_state state) noexcept;

/// What was heard of an order while it was watched.
struct order_news {
    std::optional<ports::qr_order_status> told; ///< its end; nothing while it may still be paid
    bool paying = false;                        ///< the payer was at it when it was last heard of
};

/// Notification or query, whichever tells first, until `bounds` ends or is stopped. What speaks of another order,
/// payee or terminal is not heard. A gateway that does not answer is asked less and less often.
[[nodiscard]] order_news watch(
    lane_core& on, ports::qr_gateway& gateway, const ports::journal_record& record, const call& bounds);

/// For the timeline: what the gateway has said of an order.
void note_from_gateway(lane_core& on, std::string what, const ports::journal_record& record, std::string result);

} // namespace cipherlane::acquiring
