#include <cipherlane/drivers/timer.hpp>

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace cipherlane::drivers {

struct thread_timer::impl {
    using key = std::pair<clock::time_point, std::uint64_t>;
    std::mutex lock;
    std::condition_variable_any changed;
    std::map<key, task> due;
    std::uint64_t last = 0;
    bool left_alone = false; ///< by a task that has let its timer go; the thread's own
    std::jthread runner;     // last: joined before the rest goes

    void run(const std::stop_token& stop) {
        std::unique_lock held(lock);
        while (!stop.stop_requested()) {
            if (due.empty()) {
                changed.wait(held, stop, [this] { return !due.empty(); });
                continue;
            }
            auto next = due.begin()->first.first;
            if (clock::now() < next) {
                changed.wait_until(
                    held, stop, next, [this, next] { return due.empty() || due.begin()->first.first < next; });
                continue;
            }
            auto what = std::move(due.begin()->second);
            due.erase(due.begin());
            held.unlock();
            what();
            what = nullptr; // what it holds may use the timer when it goes
            held.lock();
        }
    }
};

thread_timer::thread_timer()
    : impl_(std::make_unique<impl>()) {
    impl_->runner = std::jthread([body = impl_.get()](const std::stop_token& stop) {
        body->run(stop);
        if (body->left_alone) std::default_delete<impl>()(body);
    });
}

thread_timer::~thread_timer() {
    impl_->runner.request_stop();
    if (impl_->runner.get_id() != std::this_thread::get_id()) {
        impl_->runner.join();
    } else { // in a task of its own, which cannot be waited for
        impl_->left_alone = true;
        impl_->runner.detach();
        (void)impl_.release();
    }
}

std::uint64_t thread_timer::at(clock::time_point when, task what) {
    std::uint64_t number = 0;
    {
        std::lock_guard held(impl_->lock);
        number = ++impl_->last;
        impl_->due.emplace(impl::key{when, number}, std::move(what));
    }
    impl_->changed.notify_all();
    return number;
}

void thread_timer::cancel(std::uint64_t which) noexcept {
    task dropped; // destroyed outside the lock
    std::lock_guard held(impl_->lock);
    for (auto i = impl_->due.begin(); i != impl_->due.end(); ++i) {
        if (i->first.second != which) continue;
        dropped = std::move(i->second);
        impl_->due.erase(i);
        return;
    }
}

} // namespace cipherlane::drivers
