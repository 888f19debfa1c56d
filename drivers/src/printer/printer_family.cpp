#include <cipherlane/drivers/printer/printer_family.hpp>
#include <cipherlane/drivers/transport/link.hpp>

#include <array>

namespace cipherlane::drivers {
namespace {

result<std::unique_ptr<ports::printer>> make_escpos(
    std::unique_ptr<net::transport> link, const receipt_options& options) {
    receipt_printer_profile profile;
    CIPHERLANE_TRY(profile.paper, escpos_profile_of(options.printer));
    profile.proof = options.proof;
    profile.cut = options.cut;
    profile.drawer_pin = options.drawer_pin;
    profile.columns = options.columns;
    profile.timing = options.timing;
    CIPHERLANE_CHECK(profile.validate());
    return std::make_unique<escpos_receipt_printer>(std::move(link), std::move(profile));
}

constexpr address_kinds printer_links{address_kind::line, address_kind::usb, address_kind::tcp, address_kind::tls};

const std::array printer_table{
    printer_family{{"escpos", "ESC/POS receipt printer (票据打印机)", printer_links, {}}, make_escpos},
};

} // namespace

std::span<const printer_family> printer_families() {
    return printer_table;
}

result<std::unique_ptr<ports::printer>> open_printer(boost::asio::any_io_executor on, std::string_view driver,
    std::string_view address, const receipt_options& options, const call& bounds) {
    CIPHERLANE_TRY(const auto* family, driver_named(printer_families(), driver));
    CIPHERLANE_TRY(const auto where, family->address(address));
    link_options with;
    with.line = family->line;
    if (options.baud != 0) with.line.baud = options.baud;
    with.usb = options.usb;
    with.tls = options.tls;
    CIPHERLANE_TRY(auto link, open_link(std::move(on), where, with, bounds));
    CIPHERLANE_TRY(auto printer, family->make(std::move(link), options));
    if (options.proof == print_proof::none) return printer;
    CIPHERLANE_CHECK(printer->status(bounds));
    return printer;
}

} // namespace cipherlane::drivers
