#include <cipherlane/ports/journal_record.hpp>
#include <cipherlane/ports/qr_gateway.hpp>

namespace cipherlane::ports {

std::string_view to_string(record_state value) noexcept {
    switch (value) {
    case record_state::prepared: return "prepared";
    case record_state::not_sent: return "not sent";
    case record_state::approved: return "approved";
    case record_state::declined: return "declined";
    case record_state::reversal_pending: return "reversal pending";
    case record_state::reversed: return "reversed";
    case record_state::sent: return "sent";
    case record_state::returned: return "returned";
    case record_state::reversal_refused: return "reversal refused";
    case record_state::unknown: return "unknown";
    case record_state::voided: return "voided";
    case record_state::stored: return "stored";
    }
    return "?";
}

std::string_view to_string(order_phase value) noexcept {
    switch (value) {
    case order_phase::none: return "none";
    case order_phase::asked: return "asked";
    case order_phase::issued: return "issued";
    case order_phase::paid: return "paid";
    case order_phase::cancelled: return "cancelled";
    case order_phase::expired: return "expired";
    case order_phase::refunded: return "refunded";
    case order_phase::refused: return "refused";
    }
    return "?";
}

std::string_view to_string(decider value) noexcept {
    switch (value) {
    case decider::till: return "till";
    case decider::host: return "host";
    case decider::gateway: return "gateway";
    case decider::terminal: return "terminal";
    case decider::card: return "card";
    case decider::person: return "person";
    case decider::restart: return "restart";
    case decider::other_record: return "other record";
    }
    return "?";
}

std::string_view to_string(qr_order_state value) noexcept {
    switch (value) {
    case qr_order_state::waiting: return "waiting";
    case qr_order_state::paid: return "paid";
    case qr_order_state::cancelled: return "cancelled";
    case qr_order_state::expired: return "expired";
    case qr_order_state::refunded: return "refunded";
    case qr_order_state::paying: return "paying";
    }
    return "?";
}

} // namespace cipherlane::ports
