#pragma once

#include "client/pool_call.hpp"
#include "client/pool_connection.hpp"
#include "client/pool_unit.hpp"
#include "command/reply_shelf.hpp"

#include <cipherlane/hsm/pool_settings.hpp>
#include <cipherlane/hsm/pool_stats.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <deque>
#include <memory>
#include <random>

namespace cipherlane::hsm {

/// What a pool does, all of it on one strand but `prepare`, `submit`, `cancel` and `stats`.
class pool_core : public std::enable_shared_from_this<pool_core> {
  public:
    using clock = pool_call::clock;

    pool_core(boost::asio::any_io_executor on, pool_settings settings);
    pool_core(const pool_core&) = delete;
    pool_core& operator=(const pool_core&) = delete;

    [[nodiscard]] const pool_settings& settings() const noexcept { return settings_; }
    [[nodiscard]] const boost::asio::any_io_executor& strand() const noexcept { return strand_; }
    [[nodiscard]] std::size_t room() const noexcept;
    [[nodiscard]] reply_ptr fresh_reply() { return reply_shelf::take(replies_, settings_.dialect); }

    /// From any thread: encodes `subject` (or takes `raw`) into a call.
    [[nodiscard]] result<pool_call*> prepare(reply_ptr subject, byte_view raw, const call& bounds);
    /// From any thread: starts it; `done` is called once.
    void submit(pool_call* what, net::completion<reply_ptr> done);

    void begin();
    void close();
    void set_state(std::size_t unit, unit_state state);
    [[nodiscard]] pool_stats stats() const;

    // For connections.
    void answered(pool_connection& on, pool_call& what);
    void lost(pool_call& what, std::size_t unit, const error& why);
    void closed(pool_connection& which, const error& why);
    void count_late(std::size_t unit) { ++units_[unit].stats.late_answers; }

  private:
    void admit(pool_call& what);
    void place(pool_call& what);
    [[nodiscard]] pool_connection* pick(const pool_call& what);
    void send(pool_connection& on, pool_call& what);
    void serve_waiting();
    void want_connection(const pool_call& what);
    void connect(std::size_t unit);
    void connected(std::size_t unit, result<std::unique_ptr<net::transport>> link);
    void unit_failed(std::size_t unit);
    [[nodiscard]] bool is_usable(const pool_unit& unit) const;
    [[nodiscard]] bool all_out() const;
    void note_fault(pool_unit& unit, const error& why);
    [[nodiscard]] const error* common_fault() const;
    void end_waiting(const error& why);

    void check_health(pool_connection& on);
    void health_came(std::size_t unit, const std::weak_ptr<pool_connection>& on, result<reply_ptr> answer);
    void look_after_connections(clock::time_point now);
    void judge_unit(std::size_t unit, const reply& answer);

    void arm(clock::time_point at);
    void on_timer();
    void expire(pool_call& what, clock::time_point now);
    void cancel(pool_call& what, std::uint64_t serial);
    [[nodiscard]] bool may_repeat(const pool_call& what) const;
    void finish(pool_call& what, result<reply_ptr> outcome);
    void activate(pool_call& what);
    void deactivate(pool_call& what);

    pool_settings settings_;
    codec engine_;
    boost::asio::any_io_executor strand_;
    boost::asio::steady_timer timer_;
    clock::time_point armed_ = clock::time_point::max();
    std::shared_ptr<reply_shelf> replies_ = std::make_shared<reply_shelf>();
    pool_call_shelf calls_;
    std::vector<pool_unit> units_;
    std::vector<pool_call*> active_;
    std::deque<pool_call*> waiting_;
    clock::time_point next_care_{};
    short_bytes lmk_check_;
    std::uint64_t retries_ = 0;
    std::minstd_rand jitter_;
    std::stop_source stop_; ///< of connecting
    bool closed_ = false;
    bool serving_ = false;
};

} // namespace cipherlane::hsm
