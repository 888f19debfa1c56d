#include "usb_context.hpp"

#include "usb_error.hpp"

#include <mutex>
#include <vector>

namespace cipherlane::drivers {

/// What the event thread needs, so that it can outlast its owner when it is the one that releases it.
struct usb_context::core {
    core() = default;
    core(const core&) = delete;
    core& operator=(const core&) = delete;
    ~core() {
        if (context != nullptr) libusb_exit(context);
    }

    libusb_context* context = nullptr;
    std::atomic<bool> stopping{false};
    std::chrono::milliseconds period{};
    std::function<void(usb_context&)> tick;
    std::atomic<usb_context*> owner{nullptr};
    std::mutex mutex;
    std::vector<std::shared_ptr<void>> kept;
};

result<std::shared_ptr<usb_context>> usb_context::start(
    std::chrono::milliseconds period, std::function<void(usb_context&)> tick) {
    auto inner = std::make_shared<core>();
    inner->period = period;
    inner->tick = std::move(tick);
    if (const int code = libusb_init(&inner->context); code != 0) return usb_call_failure(code).during("start usb");
    std::shared_ptr<usb_context> started(new usb_context(inner));
    inner->owner = started.get();
    started->thread_ = std::thread([inner] { handle_events(inner); });
    return started;
}

libusb_context* usb_context::get() const noexcept {
    return core_->context;
}

void usb_context::keep(std::shared_ptr<void> something) {
    const std::lock_guard held(core_->mutex);
    core_->kept.push_back(std::move(something));
}

void usb_context::handle_events(const std::shared_ptr<core>& of) {
    using clock = std::chrono::steady_clock;
    auto next_tick = clock::now() + of->period;
    while (!of->stopping) {
        const auto left = std::chrono::ceil<std::chrono::microseconds>(next_tick - clock::now()).count();
        timeval wait{left > 0 ? left / 1'000'000 : 0, left > 0 ? left % 1'000'000 : 0};
        libusb_handle_events_timeout_completed(of->context, &wait, nullptr);
        if (of->stopping || clock::now() < next_tick) continue;
        next_tick = clock::now() + of->period;
        if (usb_context* owner = of->owner) of->tick(*owner);
    }
    of->tick = nullptr;
}

usb_context::~usb_context() {
    core_->owner = nullptr;
    core_->stopping = true;
    if (std::this_thread::get_id() == thread_.get_id()) {
        thread_.detach();
        return;
    }
    // A flag alone would be seen only when the thread wakes by itself. It may do so before the interruption: the
    // context must outlast both, so the core ends it and not the thread.
    libusb_interrupt_event_handler(core_->context);
    thread_.join();
}

} // namespace cipherlane::drivers
