#include <cipherlane/ports/journal_record.hpp>
#include <cipherlane/ports/qr_gateway.hpp>

namespace cipherlane::ports {

std::string_view to_string(trade value) noexcept {
    switch (value) {
    case trade::sale: return "sale";
    case trade::void_sale: return "void";
    case trade::refund: return "refund";
    case trade::qr_sale: return "QR sale";
    case trade::qr_refund: return "QR refund";
    }
    return "?";
}

std::string_view to_string(record_state value) noexcept {
    switch (value) {
    case record_state::prepared: return "prepared";
    case record_state::not_sent: return "not sent";
    case record_state::approved: return "approved";
    case record_state::declined: return "declined";
    case record_state::reversal_pending: return "reversal pending";
    case record_state::reversed: return "reversed";
    case record_state::reversal_refused: return "reversal refused";
    case record_state::unknown: return "unknown";
    case record_state::voided: return "voided";
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
    }
    return "?";
}

} // namespace cipherlane::ports
