#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/net/transport.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::drivers {

/// A USB device as it is plugged in, known without opening it.
struct usb_device_info {
    std::uint16_t vendor = 0;
    std::uint16_t product = 0;
    std::string serial_number;
    std::string manufacturer;
    std::string product_name;
    std::string port; ///< "1-1.2": bus and ports down to the device
    std::uint8_t bus = 0;
    std::uint8_t address = 0; ///< changes with each replug

    /// What stays the same over replugging: "VVVV:PPPP:serial", or "VVVV:PPPP@port" without a serial number.
    [[nodiscard]] std::string identity() const;
    /// "/dev/bus/usb/001/002".
    [[nodiscard]] std::string node() const;
};

/// Which device is meant; empty members match anything.
struct usb_filter {
    std::optional<std::uint16_t> vendor;
    std::optional<std::uint16_t> product;
    std::string serial_number;
    std::string port;

    [[nodiscard]] bool matches(const usb_device_info& device) const noexcept;
};

/// How an interface of a USB device is used as a stream of bytes.
struct usb_settings {
    /// Whether a transfer that ends on a full packet is closed with an empty one: part of the device's protocol. A
    /// device that needs it and does not get it waits for ever.
    enum class zero_packet : std::uint8_t { never, closes_full_packets };
    enum class kernel_driver : std::uint8_t { detach, refuse };

    usb_filter device;
    std::uint8_t interface_number = 0;
    std::uint8_t alternate_setting = 0;
    std::uint8_t out_endpoint = 0; ///< 0: the first bulk, else the first interrupt OUT endpoint
    std::uint8_t in_endpoint = 0;  ///< 0: the first bulk, else the first interrupt IN endpoint
    zero_packet zero = zero_packet::never;
    kernel_driver other_driver = kernel_driver::detach;
    std::size_t read_size = 4'096;                     ///< of one IN transfer; rounded up to whole packets
    std::chrono::milliseconds permission_grace{1'000}; ///< udev may set the node's rights a moment after arrival

    /// @return `bad_setting` naming the field.
    [[nodiscard]] result<void> validate() const;
};

/// A control request on endpoint zero.
struct usb_control {
    std::uint8_t request_type = 0;
    std::uint8_t request = 0;
    std::uint16_t value = 0;
    std::uint16_t index = 0;
};

/// An open interface of a USB device. Reads give what the device sends, transfer boundaries unseen; an IN transfer
/// stays with the device between reads, so that an unplugged device is noticed at once and nothing is lost to a
/// read's deadline. A stalled endpoint is cleared and tried once more.
/// Errors: `device_gone` (unplugged), `stalled`, `babble`, `bus_fault`; `timed_out` and `cancelled` of a write leave
/// the device in an unknown state, the transport is of no further use then.
class usb_transport : public net::transport {
  public:
    /// Reads a control answer into `into` (direction bit set in `request_type`).
    [[nodiscard]] virtual result<std::size_t> control_in(
        const usb_control& request, byte_span into, const call& bounds) = 0;
    [[nodiscard]] virtual result<void> control_out(
        const usb_control& request, byte_view data, const call& bounds) = 0;
    [[nodiscard]] virtual const usb_device_info& device() const noexcept = 0;
};

/// The USB devices of this machine: a libusb context of its own and one event thread that only posts. Devices come
/// and go by hotplug events; a slow look at the system's list finds those that come without one (no udev).
///
/// Thread-safe. Transports keep what they need of it alive. Not to be carried over a fork.
class usb_host {
  public:
    struct options {
        std::chrono::milliseconds rescan_every = std::chrono::seconds{2};
    };
    class body; ///< not for users
    enum class change : std::uint8_t { arrived, left };
    using observer = std::function<void(change, const usb_device_info&)>;

    [[nodiscard]] static result<std::shared_ptr<usb_host>> start(options with, logger log = logger::none());
    [[nodiscard]] static result<std::shared_ptr<usb_host>> start();
    usb_host(const usb_host&) = delete;
    usb_host& operator=(const usb_host&) = delete;
    ~usb_host();

    /// What is plugged in now, hubs left out.
    [[nodiscard]] std::vector<usb_device_info> devices() const;

    /// Opens one device and claims the interface.
    /// @return `no_such_device`; `bad_setting` if more than one device matches or it has no such interface or
    ///   endpoint; `no_permission` after the grace; `busy`; `device_gone`; `timed_out`, `cancelled`.
    [[nodiscard]] result<std::unique_ptr<usb_transport>> open(
        boost::asio::any_io_executor on, const usb_settings& settings, const call& bounds);
    /// As `open`; the handler's cancellation slot ends it.
    void async_open(boost::asio::any_io_executor on, usb_settings settings, call bounds,
        net::completion<std::unique_ptr<usb_transport>> done);

    /// Waits until a device that `filter` matches is there.
    [[nodiscard]] result<usb_device_info> wait_for(const usb_filter& filter, const call& bounds);

    /// Keeps an observer registered. Calls that were already posted may still come after its end.
    class subscription;
    /// `watch` is called through `on` for each arrival and departure from now on.
    [[nodiscard]] std::unique_ptr<subscription> subscribe(boost::asio::any_io_executor on, observer watch);

  private:
    class opener;
    class opening;
    explicit usb_host(std::shared_ptr<body> inner);
    std::shared_ptr<body> body_;
};

class usb_host::subscription {
  public:
    subscription(std::weak_ptr<body> host, std::uint64_t id) noexcept;
    subscription(const subscription&) = delete;
    subscription& operator=(const subscription&) = delete;
    ~subscription();

  private:
    std::weak_ptr<body> host_;
    std::uint64_t id_;
};

} // namespace cipherlane::drivers
