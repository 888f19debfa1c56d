#include <cipherlane/ports/order_notice.hpp>

namespace cipherlane::ports {

std::string_view to_string(notice_matter value) noexcept {
    switch (value) {
    case notice_matter::none: return "none";
    case notice_matter::unknown_order: return "unknown order";
    case notice_matter::contradiction: return "contradiction";
    case notice_matter::second_payment: return "second payment";
    case notice_matter::no_lane: return "terminal or gateway no longer set";
    }
    return "?";
}

} // namespace cipherlane::ports
