#include <cipherlane/drivers/display/described.hpp>
#include <cipherlane/drivers/errc.hpp>

namespace cipherlane::drivers {
namespace {

/// "1-1.2" is a port; anything else that is given is a serial number.
bool is_port(const std::string& device) {
    return !device.empty() && device.find('-') != std::string::npos &&
           device.find_first_not_of("0123456789-.") == std::string::npos;
}

template <class Filter>
void choose(Filter& among, const std::string& device, std::string Filter::*port) {
    if (device.empty()) return;
    if (is_port(device)) {
        among.*port = device;
    } else {
        among.serial_number = device;
    }
}

result<std::shared_ptr<usb_host>> started(std::shared_ptr<usb_host> usb) {
    if (usb) return usb;
    return usb_host::start();
}

bool has_node(const hid_filter& filter) {
    for (const auto& device : list_hid_devices()) {
        if (filter.matches(device)) return true;
    }
    return false;
}

result<std::unique_ptr<net::transport>> open_hid_link(boost::asio::any_io_executor on,
    const display_description& description, const std::string& device, std::shared_ptr<usb_host> usb,
    const call& bounds) {
    using way = display_description::hid_way;
    auto filter = description.hid;
    choose(filter, device, &hid_filter::usb_port);
    if (description.through == way::hidraw || (description.through == way::either && has_node(filter))) {
        CIPHERLANE_TRY(auto hid, open_hid(std::move(on), filter));
        return make_report_link(std::move(hid), description.reports);
    }
    CIPHERLANE_TRY(const auto host, started(std::move(usb)));
    filter.usage_page.reset(); // not known there; the interface is given by its number
    const auto report = description.reports.in_size + (description.reports.in_number != 0 ? 1 : 0);
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
        auto settings = description.line;
        settings.device = device;
        return open_serial(std::move(on), settings, bounds);
    }
    case display_description::link::usb: break;
    }
    auto settings = description.usb;
    choose(settings.device, device, &usb_filter::port);
    CIPHERLANE_TRY(const auto host, started(std::move(usb)));
    CIPHERLANE_TRY(auto link, host->open(std::move(on), settings, bounds));
    return std::unique_ptr<net::transport>(std::move(link));
}

} // namespace cipherlane::drivers
