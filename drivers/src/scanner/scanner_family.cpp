#include "../refusals.hpp"
#include "../transport/open_failure.hpp"
#include "../transport/owned_descriptor.hpp"

#include <cipherlane/drivers/scanner/device_scanner.hpp>
#include <cipherlane/drivers/scanner/scanner_family.hpp>
#include <cipherlane/drivers/transport/hid.hpp>
#include <cipherlane/drivers/transport/link.hpp>
#include <cipherlane/net/descriptor_transport.hpp>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <linux/input.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace cipherlane::drivers {
namespace {

constexpr std::uint16_t scanner_page = 0x8C;

result<std::unique_ptr<ports::scanner>> open_text(boost::asio::any_io_executor on, const scanner_family& of,
    const device_address& where, const scanner_options& options, const call& bounds) {
    link_options with;
    with.line = of.line;
    if (options.baud != 0) with.line.baud = options.baud;
    with.usb = options.usb;
    with.tls = options.tls;
    CIPHERLANE_TRY(auto link, open_link(std::move(on), where, with, bounds));
    return std::make_unique<device_scanner>(std::move(link), std::make_unique<text_scan_reader>(options.profile));
}

result<std::unique_ptr<ports::scanner>> open_reports(boost::asio::any_io_executor on, const scanner_family&,
    const device_address& where, const scanner_options& options, const call& bounds) {
    hid_filter filter;
    filter.vendor = where.device.vendor;
    filter.product = where.device.product;
    filter.serial_number = where.device.serial_number;
    filter.usb_port = where.device.port;
    filter.usage_page = scanner_page; // one that is set up as a keyboard has another interface for that
    constexpr std::size_t whole = report_scan_reader::report_size + 1;
    CIPHERLANE_TRY(auto hid, open_hid_as_can_be(std::move(on), filter, options.usb, bounds, whole));
    report_shape shape;
    shape.in_number = report_scan_reader::report_number;
    shape.in_size = report_scan_reader::report_size;
    return std::make_unique<device_scanner>(
        make_report_link(std::move(hid), shape), std::make_unique<report_scan_reader>(options.profile));
}

constexpr net::descriptor_calls input_calls{
    [](int node, std::uint8_t* into, std::size_t size) noexcept -> std::ptrdiff_t {
        return ::read(node, into, size);
    },
    [](int, const std::uint8_t*, std::size_t) noexcept -> std::ptrdiff_t {
        errno = EBADF;
        return -1;
    },
    [](int) noexcept { return true; },
    [](int node) noexcept {
        pollfd asked{node, POLLIN, 0};
        return ::poll(&asked, 1, 0) > 0 && (asked.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
    },
    [](int) noexcept {},
};

result<std::unique_ptr<ports::scanner>> open_wedge(boost::asio::any_io_executor on, const scanner_family&,
    const device_address& where, const scanner_options& options, const call&) {
    owned_descriptor node(::open(where.path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (node.get() < 0) return open_failure(errno).during("open wedge").at_endpoint(where.path);
    if (::ioctl(node.get(), EVIOCGRAB, 1) != 0) {
        const auto why = errno == EBUSY ? drivers_errc::busy : drivers_errc::bad_setting;
        return refused(why)
            .during("open wedge")
            .at_endpoint(where.path)
            .with_hint("expected an input device of the system, as /dev/input/by-id/usb-…-event-kbd");
    }
    auto link = net::adopt_descriptor(std::move(on), node.release(), input_calls, where.path, layer::drivers);
    return std::make_unique<device_scanner>(std::move(link), std::make_unique<wedge_scan_reader>(options.profile));
}

constexpr address_kinds scanner_lines{address_kind::line, address_kind::usb, address_kind::tcp, address_kind::tls};

const std::array scanner_table{
    scanner_family{{"serial", "scanner on a serial line (扫码枪, 扫码盒)", scanner_lines, {}}, open_text},
    scanner_family{
        {"hid-pos", "scanner as a USB HID-POS device", address_kinds{address_kind::hid}, {}}, open_reports},
    scanner_family{{"wedge", "scanner that types as a keyboard", address_kinds{address_kind::line}, {}}, open_wedge},
};

} // namespace

std::span<const scanner_family> scanner_families() {
    return scanner_table;
}

result<std::unique_ptr<ports::scanner>> open_scanner(boost::asio::any_io_executor on, std::string_view driver,
    std::string_view address, const scanner_options& options, const call& bounds) {
    CIPHERLANE_TRY(const auto* family, driver_named(scanner_families(), driver));
    CIPHERLANE_TRY(const auto where, family->address(address));
    CIPHERLANE_CHECK(options.profile.validate());
    return family->open(std::move(on), *family, where, options, bounds);
}

} // namespace cipherlane::drivers
