#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/transport/hid.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

constexpr std::uint8_t class_to_interface = 0x21;
constexpr std::uint8_t set_report = 0x09;
constexpr std::uint16_t output_report = 0x0200;

/// Reports over a claimed interface: the number 0 is not on the wire.
class hid_over_usb final : public net::transport {
  public:
    hid_over_usb(std::unique_ptr<usb_transport> link, std::uint8_t interface_number)
        : link_(std::move(link))
        , interface_(interface_number) {}

    result<void> write(byte_view report, const call& bounds) override {
        if (report.empty()) return error(drivers_errc::bad_setting, layer::drivers).during("write report");
        auto sent = link_->write(on_wire(report), bounds);
        if (sent || sent.error().code() != drivers_errc::not_supported) return sent;
        const auto value = static_cast<std::uint16_t>(output_report | report[0]);
        return link_->control_out({class_to_interface, set_report, value, interface_}, on_wire(report), bounds);
    }
    result<std::size_t> read_some(byte_span into, const call& bounds) override {
        return link_->read_some(into, bounds);
    }
    void async_write(byte_view report, net::completion<void> done) override {
        link_->async_write(on_wire(report), std::move(done));
    }
    void async_read_some(byte_span into, net::completion<std::size_t> done) override {
        link_->async_read_some(into, std::move(done));
    }
    void cancel() noexcept override { link_->cancel(); }
    void close() noexcept override { link_->close(); }
    bool is_open() const noexcept override { return link_->is_open(); }
    boost::asio::any_io_executor get_executor() override { return link_->get_executor(); }
    std::string_view endpoint() const noexcept override { return link_->endpoint(); }

  private:
    static byte_view on_wire(byte_view report) {
        return !report.empty() && report[0] == 0 ? report.subspan(1) : report;
    }

    std::unique_ptr<usb_transport> link_;
    std::uint8_t interface_;
};

} // namespace

result<std::unique_ptr<net::transport>> open_hid_through_usb(usb_host& host, boost::asio::any_io_executor on,
    const hid_filter& filter, const call& bounds, std::size_t report_size) {
    if (filter.usage_page) return error(drivers_errc::bad_setting, layer::drivers).in_field("usage_page");
    usb_settings settings;
    settings.device = {filter.vendor, filter.product, filter.serial_number, filter.usb_port};
    settings.interface_number = filter.interface_number.value_or(0);
    settings.read_size = report_size; // a larger transfer would wait for more behind a report that fills its packets
    CIPHERLANE_TRY(auto link, host.open(std::move(on), settings, bounds));
    return std::unique_ptr<net::transport>(
        std::make_unique<hid_over_usb>(std::move(link), settings.interface_number));
}

result<std::unique_ptr<net::transport>> open_hid_as_can_be(boost::asio::any_io_executor on, const hid_filter& filter,
    std::shared_ptr<usb_host> usb, const call& bounds, std::size_t report_size) {
    const auto nodes = list_hid_devices();
    if (std::ranges::any_of(nodes, [&](const hid_device_info& one) { return filter.matches(one); }))
        return open_hid(std::move(on), filter);
    if (!usb) {
        CIPHERLANE_TRY(usb, usb_host::start());
    }
    auto by_number = filter; // the interface is given by its number
    by_number.usage_page.reset();
    return open_hid_through_usb(*usb, std::move(on), by_number, bounds, report_size);
}

} // namespace cipherlane::drivers
