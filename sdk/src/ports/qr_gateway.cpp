#include <cipherlane/ports/qr_gateway.hpp>

namespace cipherlane::ports {

result<qr_order_status> qr_gateway::charge(const qr_charge_request& /*request*/, const call& /*bounds*/) {
    namespace errc = boost::system::errc;
    return error(errc::make_error_code(errc::operation_not_supported), layer::hostlink).during("charge");
}

result<qr_order_status> qr_gateway::reverse(std::string_view order_number, const call& bounds) {
    return cancel(order_number, bounds);
}

} // namespace cipherlane::ports
