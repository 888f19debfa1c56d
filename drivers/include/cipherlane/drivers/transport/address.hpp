#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/drivers/transport/serial.hpp>
#include <cipherlane/drivers/transport/usb.hpp>
#include <cipherlane/net/tcp.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// The kinds of link that an address can mean.
enum class address_kind : std::uint8_t {
    line, ///< a serial line: a path
    usb,  ///< an interface of a USB device
    hid,  ///< a HID interface
    tcp,
    tls,
};

/// "line", "usb", "hid", "tcp", "tls".
[[nodiscard]] std::string_view to_string(address_kind value) noexcept;

/// A set of them.
class address_kinds {
  public:
    constexpr address_kinds() noexcept = default;
    constexpr address_kinds(std::initializer_list<address_kind> those) noexcept {
        for (const auto one : those)
            bits_ = static_cast<std::uint8_t>(bits_ | bit(one));
    }
    [[nodiscard]] constexpr bool has(address_kind one) const noexcept { return (bits_ & bit(one)) != 0; }
    /// "line, usb, tcp": for people.
    [[nodiscard]] std::string to_string() const;

  private:
    [[nodiscard]] static constexpr std::uint8_t bit(address_kind one) noexcept {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(one));
    }
    std::uint8_t bits_ = 0;
};

/// What an address says of how a serial line is set up; the rest is the driver's.
struct line_options {
    std::optional<unsigned> baud;
    std::optional<int> data_bits;
    std::optional<serial_settings::parity_kind> parity;
    std::optional<serial_settings::stop_kind> stop_bits;
    std::optional<serial_settings::flow_kind> flow;
    std::optional<serial_settings::line_policy> dtr;
    std::optional<serial_settings::line_policy> rts;

    void apply_to(serial_settings& settings) const;
};

/// Where a device is, as settings, command lines and samples write it. This is the only grammar of it:
///
///     /dev/serial/by-id/usb-X?baud=115200&dtr=lower   a serial line: any path; options after '?', joined by '&'
///     usb:1209:5a21, usb:1209:5a21:SERIAL, usb:1209:5a21@1-1.2   vendor and product in hexadecimal, then the serial
///                                                     number or the port, where there are several
///     hid:1209:5a02, hid:1209:5a02:SERIAL, hid:1209:5a02@1-1.2   as usb
///     tcp:HOST:PORT, HOST:PORT, tls:HOST:PORT         an IPv6 address in brackets
///
/// Options of a line: `baud`, `bits` 5 to 8, `parity` none, odd or even, `stop` 1 or 2, `flow` none, rts_cts or
/// xon_xoff, `dtr` and `rts` leave, raise or lower. What has no ':' or begins with '/' or '.' is a path.
struct device_address {
    address_kind kind = address_kind::line;
    std::string path;       ///< of a line, without options
    line_options line;      ///< of a line
    usb_filter device;      ///< of usb and hid
    net::tcp_settings peer; ///< of tcp and tls

    /// @return `bad_address`: its endpoint is the address, its hint what was found there and what is allowed.
    [[nodiscard]] static result<device_address> parse(std::string_view text);
    /// Whether a text asks for a secured link, be the rest of it right or wrong.
    [[nodiscard]] static bool wants_tls(std::string_view text) noexcept;
};

} // namespace cipherlane::drivers
