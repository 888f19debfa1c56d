#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/ports/pinpad.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace cipherlane::ports {

/// Field 64 as it goes on the wire.
using mac_field = std::array<std::uint8_t, 8>;

/// Makes and checks the MAC of POS messages. Three implementations: the PIN pad, the cipher machine, and software
/// (which prints a warning: the MAC key is then in the till's memory). One thread at a time.
class sealer {
  public:
    sealer() = default;
    sealer(const sealer&) = delete;
    sealer& operator=(const sealer&) = delete;
    virtual ~sealer() = default;

    /// Takes a new MAC key (TAK) as sign-in delivered it. `rejected_by_peer` if its check value is wrong.
    [[nodiscard]] virtual result<void> load_mac_key(const wrapped_key& key, const call& bounds) = 0;
    /// Checks that a PIN key (TPK) decrypts to its check value, where this sealer holds the master key.
    /// `rejected_by_peer` if it does not; `unsupported` where only the PIN pad can tell.
    [[nodiscard]] virtual result<void> check_pin_key(const wrapped_key& key, const call& bounds) = 0;
    /// Whether it can be given a new master key (TMK) by download.
    [[nodiscard]] virtual bool takes_master_key() const noexcept { return false; }
    /// A new master key under the one in force, which it replaces. `rejected_by_peer` if its check value is wrong;
    /// the old one is in force then.
    [[nodiscard]] virtual result<void> load_master_key(const wrapped_key& key, const call& bounds) {
        static_cast<void>(key);
        static_cast<void>(bounds);
        return error(boost::system::errc::make_error_code(boost::system::errc::operation_not_supported), layer::ports)
            .during("load TMK");
    }
    /// Whether it makes the terminal serial cryptogram: it has a key for that.
    [[nodiscard]] virtual bool makes_serial_cryptogram() const noexcept { return false; }
    /// As `pinpad::make_serial_cryptogram`.
    [[nodiscard]] virtual result<serial_cryptogram> make_serial_cryptogram(
        std::string_view serial, std::string_view factor, const call& bounds) {
        static_cast<void>(serial);
        static_cast<void>(factor);
        static_cast<void>(bounds);
        return error(boost::system::errc::make_error_code(boost::system::errc::operation_not_supported), layer::ports)
            .during("terminal serial");
    }
    /// The MAC over `mab`: message type to the field before 64, as on the wire.
    [[nodiscard]] virtual result<mac_field> make_mac(byte_view mab, const call& bounds) = 0;
    /// True if `mac` is right. Compared in constant time.
    [[nodiscard]] virtual result<bool> verify_mac(byte_view mab, const mac_field& mac, const call& bounds) = 0;
};

} // namespace cipherlane::ports
