#pragma once

#include "usb_context.hpp"
#include "usb_link.hpp"

#include <cipherlane/core/counted_log.hpp>
#include <cipherlane/drivers/transport/usb.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <libusb.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace cipherlane::drivers {

/// What libusb knows of a device, and what sysfs adds, without opening it.
[[nodiscard]] usb_device_info describe(libusb_device* device);

using usb_device_reference = std::shared_ptr<libusb_device>;

/// The inside of a `usb_host`: which devices are there, who wants to know, which links depend on them.
class usb_host::body : public std::enable_shared_from_this<usb_host::body> {
  public:
    struct entry {
        usb_device_info info;
        std::shared_ptr<usb_context> context; ///< outlives the device of it
        usb_device_reference device;
        std::chrono::steady_clock::time_point arrived;
        std::vector<std::weak_ptr<usb_link>> links{};
    };

    body(options with, logger log)
        : settings_(with)
        , log_(log)
        , comings_(std::move(log), "usb", most_lines) {}
    body(const body&) = delete;
    body& operator=(const body&) = delete;
    ~body() = default;

    [[nodiscard]] result<void> start();
    /// When the last user lets go: waits until the event thread has left, then lets go of devices and context. From
    /// then on nothing of libusb runs but for links that are still open.
    void retire();
    [[nodiscard]] std::vector<usb_device_info> devices() const;
    /// The one device that is meant.
    [[nodiscard]] result<entry> choose(const usb_filter& filter) const;
    /// Lets `link` know when its device leaves.
    void watch(const usb_device_info& device, const std::shared_ptr<usb_link>& link);
    [[nodiscard]] result<usb_device_info> wait_for(const usb_filter& filter, const call& bounds);
    [[nodiscard]] std::uint64_t subscribe(boost::asio::any_io_executor on, observer watch);
    void unsubscribe(std::uint64_t id);

  private:
    class visit;
    using key = std::pair<std::uint8_t, std::uint8_t>; ///< bus and address
    struct subscriber {
        boost::asio::any_io_executor on;
        std::shared_ptr<observer> watch;
    };

    [[nodiscard]] result<std::shared_ptr<usb_context>> open_context();
    [[nodiscard]] bool listen(usb_context& context);
    static int LIBUSB_CALL on_hotplug(libusb_context*, libusb_device* device, libusb_hotplug_event event, void* self);
    void arrived(const std::shared_ptr<usb_context>& through, libusb_device* device);
    void left(key which);
    void tell(change what, const usb_device_info& info);
    void look_again(usb_context& context);
    void take_list(const std::shared_ptr<usb_context>& context);
    [[nodiscard]] bool knows(key which) const;

    /// A hub full of devices may be plugged in at once; one whose plug is loose comes and goes without end.
    static constexpr std::uint32_t most_lines = 32;
    void note(std::string_view what, const usb_device_info& device);

    options settings_;
    logger log_;
    counted_log comings_; ///< what arrived and left
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::shared_ptr<usb_context> context_;
    libusb_hotplug_callback_handle hotplug_ = 0;
    bool hotplug_on_ = false;
    std::map<key, entry> entries_;
    std::map<std::uint64_t, subscriber> subscribers_;
    std::uint64_t last_subscriber_ = 0;
    unsigned visits_ = 0; ///< of event threads
    bool retired_ = false;
    unsigned unheard_ = 0; ///< looks in a row that found a device which no event had told of
};

} // namespace cipherlane::drivers
