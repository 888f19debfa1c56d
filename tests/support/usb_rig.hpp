#pragma once

#include "simkit/device_model.hpp"
#include "simkit/usb_function.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cipherlane::tests {

/// A device plugged into the rig: a carrier of its model to the real libusb. Two carriers implement it, a program is
/// linked to one of them: `usb_rig.cpp`, umockdev's emulation of usbfs, and `vhci_rig.cpp`, a kernel's vhci_hcd.
class usb_port {
  public:
    struct counters {
        std::atomic<unsigned> calls{0}; ///< ioctls of any kind; on vhci_hcd the requests that reach the device
        std::atomic<unsigned> submits{0};
        std::atomic<unsigned> empty_reaps{0}; ///< asked for finished requests where there were none
        std::atomic<unsigned> discards{0};
        std::atomic<unsigned> clear_halts{0};
        std::atomic<unsigned> unclaimed{0}; ///< requests on an interface that nobody had claimed
    };
    /// Real systems tell programs about a lost device in either order. A kernel always ends the descriptor first; the
    /// event comes long after or at once.
    enum class order { descriptor_first, event_first };

    usb_port(const usb_port&) = delete;
    usb_port& operator=(const usb_port&) = delete;
    ~usb_port();

    /// Stalls, babble, pace, messages: what a test does to the device.
    [[nodiscard]] sim::usb_function& function() noexcept;
    [[nodiscard]] const counters& counts() const noexcept;
    [[nodiscard]] const std::string& node() const noexcept; ///< "/dev/bus/usb/001/002"
    /// A driver of the kernel that took the interface back, or none.
    [[nodiscard]] std::string kernel_driver() const;
    void unplug(order how = order::event_first);
    /// What chmod would do: while false, opening the node fails with EACCES.
    void set_permitted(bool permitted);

  private:
    friend class usb_rig;
    class body;
    explicit usb_port(std::unique_ptr<body> inner);
    std::unique_ptr<body> body_;
};

/// The USB bus of a test program: whatever opens /dev/bus/usb or reads /sys in this process sees the rig's devices.
///
/// With umockdev the program must be linked to its preload library before everything else (`cipherlane_usb_rig` does
/// that). With vhci_hcd (`cipherlane_vhci_rig`) it needs root and a machine of its own: `tools/rig-vm`.
/// One rig at a time in a process, made before and destroyed after any libusb context.
class usb_rig {
  public:
    usb_rig();
    usb_rig(const usb_rig&) = delete;
    usb_rig& operator=(const usb_rig&) = delete;
    ~usb_rig();

    /// Plugs `model` in at `port` ("1-1": bus 1, port 1) with the next address, as a kernel does. Both must be
    /// destroyed before the rig, the port before the model.
    [[nodiscard]] std::unique_ptr<usb_port> plug(sim::device_model& model, const std::string& port = "1-1");

  private:
    void* testbed_ = nullptr; ///< umockdev's
    int last_address_ = 1;
};

} // namespace cipherlane::tests
