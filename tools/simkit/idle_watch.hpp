#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace cipherlane::sim {

/// How long a simulator keeps a connection on which nothing comes, unless it is told otherwise.
inline constexpr std::chrono::seconds usual_idle_time{600};

/// Ends a connection on which nothing comes. It looks once a `limit`, so that `heard` costs a store: one is ended
/// after between one and two of it. Belongs to the executor's thread.
class idle_watch {
  public:
    /// @param give_up ends the connection; never called after the watch is gone.
    idle_watch(
        const boost::asio::any_io_executor& on, std::chrono::milliseconds limit, std::function<void()> give_up);
    idle_watch(const idle_watch&) = delete;
    idle_watch& operator=(const idle_watch&) = delete;
    ~idle_watch();

    void heard() noexcept;
    /// No more looking: the connection is over.
    void stop() noexcept;

  private:
    struct impl;
    std::shared_ptr<impl> impl_;
};

} // namespace cipherlane::sim
