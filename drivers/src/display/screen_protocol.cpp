#include <cipherlane/drivers/display/screen_protocol.hpp>
#include <cipherlane/drivers/errc.hpp>

namespace cipherlane::drivers {

result<step_list> screen_protocol::show_remaining(std::chrono::seconds left) {
    static_cast<void>(left);
    return error(make_error_code(drivers_errc::not_supported), layer::drivers).during("show_remaining");
}

} // namespace cipherlane::drivers
