#include <cipherlane/ports/order_notice.hpp>

namespace cipherlane::ports {

std::string_view to_string(notice_matter value) noexcept {
    switch (value) {
    case notice_matter::none: return "none";
    case notice_matter::unknown_order: return "unknown order";
    case notice_matter::contradiction: return "contradiction";
    case notice_matter::second_payment: return "second payment";
    }
    return "?";
}

} // namespace cipherlane::ports
