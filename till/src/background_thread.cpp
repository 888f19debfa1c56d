#include "background_thread.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace cipherlane::assembly {

struct background_thread::inside {
    std::atomic<std::thread::id> id;
    std::mutex mutex;
    std::condition_variable_any woken; ///< by the stop alone
    std::shared_ptr<void> kept;        ///< touched on the thread itself alone
    void run(const look& each, const std::stop_token& stop);
};

namespace {

constexpr std::chrono::minutes after_a_fault{1};

monotonic_clock::time_point look_once(const background_thread::look& each, const std::stop_token& stop) noexcept {
    try {
        return each(stop);
    } catch (...) { // memory that is short for a moment, or a logger that throws, ends no till
        return monotonic_clock::now() + after_a_fault;
    }
}

} // namespace

void background_thread::inside::run(const look& each, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const auto next = look_once(each, stop);
        std::unique_lock lock(mutex);
        woken.wait_until(lock, stop, next, [] { return false; });
    }
}

background_thread::background_thread()
    : inside_(std::make_shared<inside>()) {}

background_thread::~background_thread() {
    ask_to_end();
    if (!thread_.joinable()) return;
    if (is_this_thread()) {
        thread_.detach();
    } else {
        thread_.join();
    }
}

void background_thread::start(look each) {
    thread_ = std::jthread([in = inside_, each = std::move(each)](const std::stop_token& stop) {
        in->id = std::this_thread::get_id();
        in->run(each, stop);
        const auto last = std::move(in->kept); // may hold whoever started this: nothing of theirs is touched after it
    });
}

void background_thread::ask_to_end() noexcept {
    thread_.request_stop();
}

bool background_thread::is_this_thread() const noexcept {
    return inside_->id.load() == std::this_thread::get_id();
}

void background_thread::end_with(std::shared_ptr<void> owner) noexcept {
    inside_->kept = std::move(owner);
    ask_to_end();
}

} // namespace cipherlane::assembly
