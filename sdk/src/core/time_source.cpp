#include <cipherlane/core/pause.hpp>
#include <cipherlane/core/time_source.hpp>

#include <condition_variable>
#include <mutex>
#include <utility>

namespace cipherlane {
namespace {

constinit thread_local time_source* in_place = nullptr;

} // namespace

monotonic_clock::time_point monotonic_clock::now() noexcept {
    return in_place == nullptr ? std::chrono::steady_clock::now() : in_place->now();
}

void pause(const call& bounds) {
    if (in_place != nullptr) return in_place->pause(bounds);
    std::mutex unshared;
    std::unique_lock lock(unshared);
    std::condition_variable_any never;
    never.wait_until(lock, bounds.stop(), bounds.until().at(), [] { return false; });
}

time_source::on_this_thread::on_this_thread(time_source& source) noexcept
    : before_(std::exchange(in_place, &source)) {}

time_source::on_this_thread::~on_this_thread() {
    in_place = before_;
}

} // namespace cipherlane
