#pragma once

#include "simkit/usb_function.hpp"
#include "simkit/usbip_message.hpp"

#include <functional>
#include <optional>

namespace cipherlane::sim {

/// Carries a device model over a stream of USB/IP request blocks, as the kernel's vhci_hcd speaks them. No socket and
/// no thread: bytes in, bytes out.
///
///     sim::usbip_carrier device(model, [&](bytes answer) { socket.write(answer); });
///     device.take(what_the_socket_gave);
///
/// `take` belongs to one thread; the function and what it sends may be used by any (see `usb_function`).
class usbip_carrier {
  public:
    /// `to_host` is called with the device's lock held, in the order in which the bytes go out.
    usbip_carrier(device_model& model, std::function<void(bytes)> to_host);

    /// Takes the stream as it comes, in any pieces.
    /// @return what `decode_usbip` refuses: the stream cannot be followed any more and must be closed.
    [[nodiscard]] result<void> take(byte_view stream);
    /// The stream has ended: pending requests are forgotten, nothing is sent any more.
    void disconnect();

    [[nodiscard]] usb_function& function() noexcept { return function_; }

    /// Sees each command before it is carried out; for tests. Set it before the first byte comes.
    std::function<void(const usbip_command&)> on_command = [](const usbip_command&) {};

  private:
    void carry_out(const usbip_submit& asked, byte_view data);
    void carry_out(const usbip_unlink& asked);
    void finished(usb_outcome outcome);
    void give_back(const usb_outcome& outcome);

    std::function<void(bytes)> to_host_;
    bytes input_;
    bool ended_ = false;
    std::optional<std::uint32_t> unlinking_;
    std::optional<usb_outcome> taken_back_;
    usb_function function_;
};

} // namespace cipherlane::sim
