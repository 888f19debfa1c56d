#include "../refusals.hpp"

#include <cipherlane/drivers/transport/hid.hpp>
#include <cipherlane/drivers/transport/link.hpp>

namespace cipherlane::drivers {
namespace {

result<std::unique_ptr<net::transport>> open_usb(
    boost::asio::any_io_executor on, const usb_filter& device, const link_options& with, const call& bounds) {
    auto settings = with.usb_interface;
    settings.device = device;
    auto usb = with.usb;
    if (!usb) {
        CIPHERLANE_TRY(usb, usb_host::start());
    }
    CIPHERLANE_TRY(auto link, usb->open(std::move(on), settings, bounds));
    return std::unique_ptr<net::transport>(std::move(link));
}

result<std::unique_ptr<net::transport>> open_reports(
    boost::asio::any_io_executor on, const usb_filter& device, const report_shape& shape) {
    hid_filter filter;
    filter.vendor = device.vendor;
    filter.product = device.product;
    filter.serial_number = device.serial_number;
    filter.usb_port = device.port;
    CIPHERLANE_TRY(auto hid, open_hid(std::move(on), filter));
    return make_report_link(std::move(hid), shape);
}

} // namespace

result<std::unique_ptr<net::transport>> open_link(
    boost::asio::any_io_executor on, const device_address& where, const link_options& with, const call& bounds) {
    switch (where.kind) {
    case address_kind::usb: return open_usb(std::move(on), where.device, with, bounds);
    case address_kind::hid: return open_reports(std::move(on), where.device, with.reports);
    case address_kind::tcp: return net::connect_tcp(std::move(on), where.peer, bounds);
    case address_kind::tls:
        if (!with.tls) return bad_setting("tls");
        return net::connect_tls(std::move(on), where.peer, *with.tls, bounds);
    case address_kind::line: break;
    }
    auto settings = with.line;
    settings.device = where.path;
    where.line.apply_to(settings);
    return open_serial(std::move(on), settings, bounds);
}

result<std::unique_ptr<net::transport>> open_link(
    boost::asio::any_io_executor on, std::string_view address, const link_options& with, const call& bounds) {
    CIPHERLANE_TRY(const auto where, device_address::parse(address));
    return open_link(std::move(on), where, with, bounds);
}

} // namespace cipherlane::drivers
