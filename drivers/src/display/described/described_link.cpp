#include <cipherlane/drivers/display/described/described.hpp>
#include <cipherlane/drivers/driver_family.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/transport/link.hpp>

namespace cipherlane::drivers {
namespace {

/// "1-1.2" is a port; anything else that is given is a serial number.
bool is_port(const std::string& device) {
    return !device.empty() && device.find('-') != std::string::npos &&
           device.find_first_not_of("0123456789-.") == std::string::npos;
}

/// An address of this kind, which goes before the description; or a serial number or port alone.
template <class Filter>
result<void> choose(Filter& among, address_kind kind, const std::string& device, std::string Filter::*port) {
    if (device.find(':') != std::string::npos) {
        const driver_family described{"this description", {}, {kind}, {}};
        CIPHERLANE_TRY(auto where, described.address(device));
        among.vendor = where.device.vendor;
        among.product = where.device.product;
        if (!where.device.serial_number.empty()) among.serial_number = where.device.serial_number;
        among.*port = where.device.port;
    } else if (is_port(device)) {
        among.*port = device;
    } else if (!device.empty()) {
        among.serial_number = device;
    }
    return {};
}

result<std::shared_ptr<usb_host>> started(std::shared_ptr<usb_host> usb) {
    if (usb) return usb;
    return usb_host::start();
}

result<std::unique_ptr<net::transport>> open_hid_link(boost::asio::any_io_executor on,
    const display_description& description, const std::string& device, std::shared_ptr<usb_host> usb,
    const call& bounds) {
    using way = display_description::hid_way;
    auto filter = description.hid;
    CIPHERLANE_CHECK(choose(filter, address_kind::hid, device, &hid_filter::usb_port));
    const auto report = description.reports.in_size + (description.reports.in_number != 0 ? 1 : 0);
    if (description.through == way::either) {
        CIPHERLANE_TRY(auto hid, open_hid_as_can_be(std::move(on), filter, std::move(usb), bounds, report));
        return make_report_link(std::move(hid), description.reports);
    }
    if (description.through == way::hidraw) {
        CIPHERLANE_TRY(auto hid, open_hid(std::move(on), filter));
        return make_report_link(std::move(hid), description.reports);
    }
    CIPHERLANE_TRY(const auto host, started(std::move(usb)));
    filter.usage_page.reset(); // not known there; the interface is given by its number
    CIPHERLANE_TRY(auto hid, open_hid_through_usb(*host, std::move(on), filter, bounds, report));
    return make_report_link(std::move(hid), description.reports);
}

} // namespace

result<std::unique_ptr<net::transport>> open_described_link(boost::asio::any_io_executor on,
    const display_description& description, const std::string& device, std::shared_ptr<usb_host> usb,
    const call& bounds) {
    switch (description.over) {
    case display_description::link::hid:
        return open_hid_link(std::move(on), description, device, std::move(usb), bounds);
    case display_description::link::serial: {
        link_options with;
        with.line = description.line;
        return open_link(std::move(on), device, with, bounds);
    }
    case display_description::link::usb: break;
    }
    auto settings = description.usb;
    CIPHERLANE_CHECK(choose(settings.device, address_kind::usb, device, &usb_filter::port));
    CIPHERLANE_TRY(const auto host, started(std::move(usb)));
    CIPHERLANE_TRY(auto link, host->open(std::move(on), settings, bounds));
    return std::unique_ptr<net::transport>(std::move(link));
}

} // namespace cipherlane::drivers
