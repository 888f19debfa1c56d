#include <cipherlane/drivers/pinpad/abecs_pinpad.hpp>
#include <cipherlane/drivers/pinpad/pinpad_family.hpp>
#include <cipherlane/drivers/transport/link.hpp>

#include <array>

namespace cipherlane::drivers {
namespace {

std::unique_ptr<ports::pinpad> make_abecs(std::unique_ptr<net::transport> link, const pinpad_options& options) {
    return std::make_unique<abecs_pinpad>(std::move(link), abecs_profile{}, options.notice);
}

serial_settings line(unsigned baud) {
    serial_settings settings;
    settings.baud = baud;
    return settings;
}

constexpr address_kinds streams{address_kind::line, address_kind::usb, address_kind::tcp, address_kind::tls};
constexpr pinpad_capabilities all{.magnetic = true, .contact = true, .contactless = true, .pin = true, .text = true};

const std::array families{
    pinpad_family{{"abecs", "ABECS 2.12 PIN pad (密码键盘)", streams, line(19'200)}, all, make_abecs},
};

} // namespace

std::span<const pinpad_family> pinpad_families() {
    return families;
}

const pinpad_family* find_pinpad_family(std::string_view name) {
    return find_driver(pinpad_families(), name);
}

result<std::unique_ptr<ports::pinpad>> open_pinpad(boost::asio::any_io_executor on, std::string_view driver,
    std::string_view address, const pinpad_options& options, const call& bounds) {
    CIPHERLANE_TRY(const auto* family, driver_named(pinpad_families(), driver));
    CIPHERLANE_TRY(const auto where, family->address(address));
    link_options with;
    with.line = family->line;
    if (options.baud != 0) with.line.baud = options.baud;
    with.usb = options.usb;
    with.tls = options.tls;
    CIPHERLANE_TRY(auto link, open_link(std::move(on), where, with, bounds));
    auto pad = family->make(std::move(link), options);
    CIPHERLANE_CHECK(pad->open(bounds));
    return pad;
}

} // namespace cipherlane::drivers
