#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <future>
#include <thread>

namespace cipherlane::tests {

/// An io_context with its own thread: where simulators live while the test's thread drives them.
class io_thread {
  public:
    io_thread()
        : guard_(io_.get_executor())
        , runner_([this] { io_.run(); }) {}
    ~io_thread() { stop(); }

    [[nodiscard]] boost::asio::io_context& context() noexcept { return io_; }

    /// Ends the thread, so that what it served may be destroyed. Idempotent.
    void stop() {
        io_.stop();
        if (runner_.joinable()) runner_.join();
    }

    /// Runs `what` on the thread and gives its value; an exception comes out here.
    template <class F>
    auto call_there(F what) -> decltype(what()) {
        std::packaged_task<decltype(what())()> task(std::move(what));
        auto outcome = task.get_future();
        boost::asio::post(io_, [&] { task(); });
        return outcome.get();
    }

  private:
    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
    std::thread runner_;
};

} // namespace cipherlane::tests
