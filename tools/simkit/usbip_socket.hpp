#pragma once

#include "simkit/usbip_carrier.hpp"

#include <thread>

namespace cipherlane::sim {

/// A device model at one end of a connected socket: what the kernel's vhci_hcd is handed the other end of. One thread
/// reads; answers go out from whoever causes them. Closing the socket is how the device is unplugged.
class usbip_socket {
  public:
    /// Owns `socket`, which blocks.
    usbip_socket(device_model& model, int socket);
    usbip_socket(const usbip_socket&) = delete;
    usbip_socket& operator=(const usbip_socket&) = delete;
    ~usbip_socket();

    /// Before `start`: to set `on_command` and the function's `on_unplug`.
    [[nodiscard]] usbip_carrier& carrier() noexcept { return carrier_; }
    [[nodiscard]] usb_function& function() noexcept { return carrier_.function(); }
    void start();
    /// Ends the connection and the thread. Idempotent. Not to be called from within the model.
    void close();

  private:
    void read();
    void write(const bytes& message) const;

    int socket_;
    usbip_carrier carrier_;
    std::thread reader_;
};

} // namespace cipherlane::sim
