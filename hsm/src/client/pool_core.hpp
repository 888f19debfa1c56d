#pragma once

#include "client/pool_call.hpp"
#include "client/pool_connection.hpp"
#include "client/pool_unit.hpp"
#include "command/reply_shelf.hpp"

#include <cipherlane/core/counted_line.hpp>
#include <cipherlane/hsm/operation_request.hpp>
#include <cipherlane/hsm/pool_settings.hpp>
#include <cipherlane/hsm/pool_stats.hpp>
#include <cipherlane/hsm/raw_command.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <random>

namespace cipherlane::hsm {

/// What a pool does, all of it on one strand but `prepare`, `submit`, `cancel` and `stats`.
class pool_core : public std::enable_shared_from_this<pool_core> {
  public:
    using clock = pool_call::clock;

    pool_core(boost::asio::any_io_executor on, pool_settings settings);
    pool_core(const pool_core&) = delete;
    pool_core& operator=(const pool_core&) = delete;
    ~pool_core();

    [[nodiscard]] const pool_settings& settings() const noexcept { return settings_; }
    [[nodiscard]] const boost::asio::any_io_executor& strand() const noexcept { return strand_; }
    /// Whether the caller runs on the strand. A blocking call there could never end: its answer is read on the same
    /// strand, behind the caller.
    [[nodiscard]] bool is_own_strand() const noexcept { return own_.running_in_this_thread(); }
    [[nodiscard]] std::size_t room() const noexcept;
    [[nodiscard]] reply_ptr fresh_reply() { return reply_shelf::take(replies_, settings_.dialect); }

    /// From any thread: puts a typed request, or a raw one, into a call.
    [[nodiscard]] result<pool_call*> prepare(const operation_request& request, const call& bounds);
    [[nodiscard]] result<pool_call*> prepare(const raw_command& command, const call& bounds);
    /// From any thread: starts it; its end hears of it once.
    void submit(pool_call* what, call_end end);
    /// From any thread: takes a submitted call back that the strand has not seen yet. False: it has. `serial` tells
    /// the call from the next that uses the same object.
    [[nodiscard]] bool withdraw(pool_call* what, std::uint64_t serial);
    /// Gives an error to an end, not from within this function.
    void refuse_later(const error& why, call_end end);
    /// A call whose end is over.
    void recycle(pool_call& used);

    /// While one lives, requests are gathered and leave together at its end, and the clock is read once for all of
    /// them.
    class batch {
      public:
        explicit batch(pool_core& of);
        batch(const batch&) = delete;
        batch& operator=(const batch&) = delete;
        ~batch();

      private:
        pool_core& core_;
        const pool_core* outer_;
    };

    void begin();
    /// From any thread: calls that come from now on end with `closed`.
    void refuse_new() noexcept { closed_ = true; }
    /// Ends all calls. Not within a handler of one.
    void close();
    void drain(std::size_t unit);
    void restore(std::size_t unit);
    [[nodiscard]] pool_stats stats() const;
    [[nodiscard]] static error timed_out();

    // For connections.
    void answered(pool_connection& on, pool_call& what);
    void unreadable(pool_connection& on, pool_call& what, const error& why);
    void lost(pool_call& what, std::size_t unit, const error& why);
    void closed(pool_connection& which, const error& why);
    void count_late(std::size_t unit) { ++units_[unit].stats.late_answers; }
    [[nodiscard]] pool_unit& unit_at(std::size_t unit) noexcept { return units_[unit]; }
    /// Whether `which` need not flush: the batch under way does.
    [[nodiscard]] bool gathers(pool_connection& which);

  private:
    [[nodiscard]] bool is_here() const noexcept;
    [[nodiscard]] clock::time_point now() const noexcept { return batches_ != 0 ? now_ : clock::now(); }
    [[nodiscard]] pool_call& take_call();
    [[nodiscard]] result<pool_call*> bounded(pool_call& made, const call& bounds);
    void take_inbox();
    void flush_gathered();
    void refuse(pool_call& what, const error& why);
    void watch_for_cancel(pool_call& what);
    void admit(pool_call& what);
    void place(pool_call& what);
    [[nodiscard]] pool_connection* pick(const pool_call& what);
    void send(pool_connection& on, pool_call& what);
    void serve_waiting();
    void want_connection(const pool_call& what);
    void connect(std::size_t unit);
    void connected(std::size_t unit, result<std::unique_ptr<net::transport>> link);
    void unit_failed(std::size_t unit, const error& why);
    void taken_out(std::size_t unit);
    [[nodiscard]] bool all_out() const;
    [[nodiscard]] const error* common_fault() const;
    [[nodiscard]] std::optional<error> lasting_fault() const;
    [[nodiscard]] error no_unit() const;
    [[nodiscard]] error waited_in_vain() const;
    void end_waiting(const error& why);

    void check_health(pool_connection& on);
    void health_came(std::size_t unit, const std::weak_ptr<pool_connection>& on, const result<short_bytes>& answer);
    void look_after_connections(clock::time_point now);
    void judge_unit(pool_connection& on, const reply& answer);
    void carry_out(unit_health::next what, std::size_t unit, pool_connection* on);
    void try_again(std::size_t unit);
    void doubt(std::size_t unit);

    void arm(clock::time_point at);
    void on_timer();
    void expire(pool_call& what, clock::time_point now);
    void cancel(pool_call& what, std::uint64_t serial);
    [[nodiscard]] bool may_repeat(const pool_call& what) const;
    void finish(pool_call& what, const error* why);
    void finish(pool_call& what, const error& why) { finish(what, &why); }
    void activate(pool_call& what);
    void deactivate(pool_call& what);

    pool_settings settings_;
    counted_line unreadable_; ///< answers that a unit, or who stands in its place, can send without end
    codec engine_;
    boost::asio::strand<boost::asio::any_io_executor> own_;
    boost::asio::any_io_executor strand_; ///< the same, for those who take any
    boost::asio::steady_timer timer_;
    clock::time_point armed_ = clock::time_point::max();
    std::shared_ptr<reply_shelf> replies_ = std::make_shared<reply_shelf>();
    pool_call_shelf calls_;         ///< for other threads
    std::vector<pool_call*> spare_; ///< for the strand
    std::mutex inbox_guard_;
    std::vector<pool_call*> inbox_; ///< submitted by other threads
    std::vector<pool_call*> taken_; ///< out of the inbox
    std::vector<pool_connection*> gathered_;
    std::size_t batches_ = 0;
    clock::time_point now_{}; ///< of the batch under way
    std::vector<pool_unit> units_;
    std::vector<pool_call*> active_;
    std::deque<pool_call*> waiting_;
    clock::time_point next_care_{};
    short_bytes lmk_check_;
    std::uint64_t retries_ = 0;
    std::minstd_rand jitter_;
    std::stop_source stop_; ///< of connecting
    std::atomic<bool> closed_ = false;
    bool ended_ = false;
    bool serving_ = false;
};

} // namespace cipherlane::hsm
