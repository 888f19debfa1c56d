#include "../refusals.hpp"

#include <cipherlane/drivers/terminal/ecr17/ecr17_terminal.hpp>
#include <cipherlane/drivers/terminal/mispos/mispos_terminal.hpp>
#include <cipherlane/drivers/terminal/terminal_family.hpp>
#include <cipherlane/drivers/terminal/zvt/zvt_terminal.hpp>
#include <cipherlane/drivers/transport/link.hpp>

#include <array>

namespace cipherlane::drivers {
namespace {

bool is_stream(address_kind over) {
    return over == address_kind::tcp || over == address_kind::tls;
}

using made_terminal = result<std::unique_ptr<ports::terminal>>;

made_terminal make_zvt(terminal_opener open, address_kind over, const terminal_options& options) {
    zvt_profile profile;
    profile.link = is_stream(over) ? zvt_link::stream : zvt_link::serial;
    profile.unit = options.unit;
    profile.receipts = static_cast<bool>(options.events.line);
    if (!options.password.empty()) profile.password = options.password;
    return std::make_unique<zvt_terminal>(std::move(open), std::move(profile), options.events);
}

made_terminal make_ecr17(terminal_opener open, address_kind /*over*/, const terminal_options& options) {
    ecr17_profile profile;
    if (options.plain_payment) profile.payment = ecr17::payment_form::plain;
    profile.receipts = static_cast<bool>(options.events.line);
    return std::make_unique<ecr17_terminal>(std::move(open), std::move(profile), options.events);
}

made_terminal make_mispos(terminal_opener open, address_kind /*over*/, const terminal_options& options) {
    if (options.description_file.empty()) return bad_setting("description_file");
    mispos_profile profile;
    CIPHERLANE_TRY(profile.by, load_mispos_description(options.description_file));
    profile.unit = options.unit;
    return std::make_unique<mispos_terminal>(std::move(open), std::move(profile), options.events);
}

serial_settings line(unsigned baud, serial_settings::stop_kind stop) {
    serial_settings settings;
    settings.baud = baud;
    settings.stop_bits = stop;
    return settings;
}

constexpr address_kinds streams{address_kind::line, address_kind::usb, address_kind::tcp, address_kind::tls};

const std::array families{
    terminal_family{
        {"zvt", "ZVT terminal: Germany, Austria, Switzerland", streams, line(9'600, serial_settings::stop_kind::two)},
        zvt_terminal::can, make_zvt},
    terminal_family{{"ecr17", "ECR17 terminal: Italy", streams, line(9'600, serial_settings::stop_kind::one)},
        ecr17_terminal::can, make_ecr17},
    terminal_family{{"mispos", "MIS-POS terminal (收银一体化) described by a TOML file: China", streams,
                        line(9'600, serial_settings::stop_kind::one)},
        {}, make_mispos, true},
};

} // namespace

std::span<const terminal_family> terminal_families() {
    return families;
}

const terminal_family* find_terminal_family(std::string_view name) {
    return find_driver(terminal_families(), name);
}

result<std::unique_ptr<ports::terminal>> make_terminal(boost::asio::any_io_executor on, std::string_view driver,
    std::string_view address, const terminal_options& options) {
    CIPHERLANE_TRY(const auto* family, driver_named(terminal_families(), driver));
    CIPHERLANE_TRY(auto where, family->address(address));
    link_options with;
    with.line = family->line;
    if (options.baud != 0) with.line.baud = options.baud;
    with.tls = options.tls;
    const auto over = where.kind;
    auto open = [on = std::move(on), where = std::move(where), with = std::move(with)](
                    const call& bounds) { return open_link(on, where, with, bounds); };
    return family->make(std::move(open), over, options);
}

result<std::unique_ptr<ports::terminal>> open_terminal(boost::asio::any_io_executor on, std::string_view driver,
    std::string_view address, const terminal_options& options, const call& bounds) {
    CIPHERLANE_TRY(auto made, make_terminal(std::move(on), driver, address, options));
    CIPHERLANE_CHECK(made->open(bounds));
    return made;
}

} // namespace cipherlane::drivers
