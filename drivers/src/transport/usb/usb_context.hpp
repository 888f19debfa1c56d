#pragma once

#include <cipherlane/core/result.hpp>

#include <libusb.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>

namespace cipherlane::drivers {

/// A libusb context of its own with the one thread that handles its events. Callbacks on that thread only post.
/// May be released anywhere, on its own thread too.
class usb_context {
  public:
    /// `tick` is called on the event thread at least every `period`.
    [[nodiscard]] static result<std::shared_ptr<usb_context>> start(
        std::chrono::milliseconds period, std::function<void(usb_context&)> tick);
    usb_context(const usb_context&) = delete;
    usb_context& operator=(const usb_context&) = delete;
    ~usb_context();

    [[nodiscard]] libusb_context* get() const noexcept;
    /// Keeps something alive until the context has ended: what libusb's callbacks are given.
    void keep(std::shared_ptr<void> something);

  private:
    struct core;
    explicit usb_context(std::shared_ptr<core> inner)
        : core_(std::move(inner)) {}
    static void handle_events(const std::shared_ptr<core>& of);
    std::shared_ptr<core> core_;
    std::thread thread_;
};

} // namespace cipherlane::drivers
