#include <cipherlane/drivers/display/screen_protocol.hpp>
#include <cipherlane/drivers/errc.hpp>

namespace cipherlane::drivers {

error screen_protocol::unsupported(std::string_view what) {
    return error(make_error_code(drivers_errc::not_supported), layer::drivers).during(what);
}

} // namespace cipherlane::drivers
