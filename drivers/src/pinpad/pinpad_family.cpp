#include "../refusals.hpp"

#include <cipherlane/drivers/pinpad/abecs/abecs_pinpad.hpp>
#include <cipherlane/drivers/pinpad/keypad/keypad_pinpad.hpp>
#include <cipherlane/drivers/pinpad/pinpad_family.hpp>
#include <cipherlane/drivers/transport/link.hpp>

#include <array>

namespace cipherlane::drivers {
namespace {

constexpr std::string_view described = "described";

using driving = pinpad_family::driving;

result<driving> prepare_abecs(const pinpad_family& of, const pinpad_options& options) {
    return driving{of.line, of.can, [notice = options.notice](std::unique_ptr<net::transport> link) {
                       return std::make_unique<abecs_pinpad>(std::move(link), abecs_profile{}, notice);
                   }};
}

/// The description that belongs to a family: one of those that come with the library, or the caller's file.
result<keypad_description> description_of(const pinpad_family& of, const pinpad_options& options) {
    if (of.name != described) return shipped_keypad(of.name);
    if (options.description_file.empty()) return bad_setting("description_file");
    return load_keypad_description(options.description_file);
}

pinpad_capabilities can_by(const keypad_description& description) {
    return {.magnetic = description.can(keypad_action::card),
        .pin = description.takes_pins(),
        .text = description.can(keypad_action::show),
        .mac = description.makes_macs()};
}

result<driving> prepare_keypad(const pinpad_family& of, const pinpad_options& options) {
    CIPHERLANE_TRY(auto description, description_of(of, options));
    const auto line = description.line;
    const auto can = of.name == described ? can_by(description) : of.can;
    return driving{line, can, [description = std::move(description)](std::unique_ptr<net::transport> link) {
                       return std::make_unique<keypad_pinpad>(std::move(link), description);
                   }};
}

serial_settings line(unsigned baud) {
    serial_settings settings;
    settings.baud = baud;
    return settings;
}

using enum pinpad_family::proof;

constexpr address_kinds streams{address_kind::line, address_kind::usb, address_kind::tcp, address_kind::tls};
constexpr pinpad_capabilities all{.magnetic = true, .contact = true, .contactless = true, .pin = true, .text = true};
constexpr pinpad_capabilities pins{.pin = true};
constexpr pinpad_capabilities stripes_and_pins{.magnetic = true, .pin = true};
constexpr pinpad_capabilities stripes_pins_and_macs{.magnetic = true, .pin = true, .mac = true};
constexpr pinpad_capabilities lines_pins_and_macs{.pin = true, .text = true, .mac = true};

pinpad_family keypad(std::string_view name, std::string_view about, serial_settings with, pinpad_capabilities can,
    pinpad_family::proof answers = pinpad_family::proof::none) {
    return pinpad_family{{name, about, streams, std::move(with)}, can, answers, prepare_keypad};
}

const std::array families{
    pinpad_family{{"abecs", "ABECS 2.12 PIN pad (密码键盘)", streams, line(19'200)}, all, must_come, prepare_abecs},
    keypad("psbc", "ESC keypad, postal savings bank set (邮储, DES)", line(9'600), stripes_pins_and_macs),
    keypad("psbc-sm4", "ESC keypad, postal savings bank set (邮储国密, SM4)", line(9'600), pins),
    keypad("psbc-sm4-serial", "ESC keypad, postal savings bank set (邮储国密, SM4) with the terminal's own key",
        line(9'600), stripes_and_pins),
    keypad("h002", "ESC keypad, H002 (DES)", line(9'600), stripes_and_pins),
    keypad("guoguang", "国光 keypad, Bank of Communications set (交行)", line(9'600), pins),
    keypad("start", "Plain counter keypad (实达, 升腾): no PINs of cards", line(9'600), {}),
    keypad("zt588", "SZZT ZT588 keypad (证通)", line(115'200), pins, must_come),
    keypad("epp", "Encrypting kiosk keypad (02 LN CMD DATA BCC)", line(9'600), pins),
    keypad("pp1000se", "VeriFone PINpad 1000SE", line(1'200), lines_pins_and_macs),
    keypad("pp791", "UIC PP791", line(9'600), lines_pins_and_macs),
    keypad(described, "PIN keypad described by a TOML file", line(9'600), {}),
};

} // namespace

std::span<const pinpad_family> pinpad_families() {
    return families;
}

const pinpad_family* find_pinpad_family(std::string_view name) {
    return find_driver(pinpad_families(), name);
}

result<pinpad_capabilities> pinpad_capabilities_of(std::string_view driver, const pinpad_options& options) {
    CIPHERLANE_TRY(const auto* family, driver_named(pinpad_families(), driver));
    CIPHERLANE_TRY(const auto driven, family->prepare(*family, options));
    return driven.can;
}

result<std::unique_ptr<ports::pinpad>> open_pinpad(boost::asio::any_io_executor on, std::string_view driver,
    std::string_view address, const pinpad_options& options, const call& bounds) {
    CIPHERLANE_TRY(const auto* family, driver_named(pinpad_families(), driver));
    CIPHERLANE_TRY(const auto where, family->address(address));
    link_options with;
    CIPHERLANE_TRY(const auto driven, family->prepare(*family, options));
    with.line = driven.line;
    if (options.baud != 0) with.line.baud = options.baud;
    with.usb = options.usb;
    with.tls = options.tls;
    CIPHERLANE_TRY(auto link, open_link(std::move(on), where, with, bounds));
    auto pad = driven.make(std::move(link));
    CIPHERLANE_CHECK(pad->open(bounds));
    return pad;
}

} // namespace cipherlane::drivers
