#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace cipherlane::service {

/// The last events of all terminals, for those who listen: each has an id, and whoever comes back with the id of the
/// last one he has seen gets what followed. Kept in memory: what counts of a payment stands in the journal.
///
/// Nobody who listens slowly holds anything up: an event that has fallen out of the log is told as missed. From any
/// thread.
class event_log {
  public:
    static constexpr std::size_t most = 1024;
    using number = std::uint64_t;

    /// @param start names this run, so that an id of an earlier one is known as such.
    explicit event_log(std::string start)
        : start_(std::move(start)) {}
    event_log(const event_log&) = delete;
    event_log& operator=(const event_log&) = delete;

    /// @param data one line of JSON.
    void publish(std::string_view kind, std::string_view terminal, std::string data);

    /// Behind which event somebody begins who has seen `last_id`: the newest one where that is empty, none that is
    /// here where it is another run's.
    [[nodiscard]] number begin_after(std::string_view last_id) const;
    /// What follows `seen` as a stream of server-sent events, at most some; moves `seen` on. Empty: nothing yet.
    [[nodiscard]] std::string take(number& seen, std::string_view terminal) const;

    /// Calls `wake` after each event, on the thread of whoever published it. @return what ends it.
    [[nodiscard]] number subscribe(std::function<void()> wake);
    void unsubscribe(number subscription);

    [[nodiscard]] number published() const;

  private:
    struct event {
        number id;
        std::string kind;
        std::string terminal;
        std::string data;
    };
    const std::string start_;
    mutable std::mutex mutex_;
    std::deque<event> events_;
    number last_ = 0;
    number last_subscription_ = 0;
    std::map<number, std::function<void()>> listeners_;
};

} // namespace cipherlane::service
