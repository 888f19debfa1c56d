#pragma once

#include "client/pool_call.hpp"

#include <cipherlane/hsm/codec.hpp>
#include <cipherlane/net/transport.hpp>

#include <array>
#include <memory>
#include <vector>

namespace cipherlane::hsm {

class pool_core;

/// One connection of a pool, on its strand. Puts headers on requests, gathers writes, cuts answers and finds whose
/// they are.
class pool_connection : public std::enable_shared_from_this<pool_connection> {
  public:
    static constexpr std::size_t not_idle = static_cast<std::size_t>(-1);

    pool_connection(std::shared_ptr<pool_core> owner, std::size_t unit, std::unique_ptr<net::transport> link);

    pool_connection(const pool_connection&) = delete;
    pool_connection& operator=(const pool_connection&) = delete;
    ~pool_connection();

    /// Starts reading.
    void start();
    /// Puts the call's request on the wire. There must be room.
    void send(pool_call& what);
    /// The caller has given up: no answer may reach anybody else.
    void forget(pool_call& what);
    /// Closes; calls in flight are given to the core as lost.
    void fail(const error& why);
    /// Takes no new calls; closes when idle.
    void retire();

    /// Writes what was gathered.
    void flush();

    [[nodiscard]] bool has_room() const noexcept { return open_ && !retired_ && in_flight_ < room_; }
    [[nodiscard]] bool is_open() const noexcept { return open_; }
    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }
    [[nodiscard]] std::size_t unit() const noexcept { return unit_; }
    [[nodiscard]] pool_call::clock::time_point opened() const noexcept { return opened_; }
    [[nodiscard]] pool_call::clock::time_point last_used() const noexcept { return last_used_; }
    [[nodiscard]] std::string_view endpoint() const noexcept { return link_->endpoint(); }

  private:
    friend struct pool_unit;
    friend class pool_core;

    void read();
    void on_read(const result<std::size_t>& got);
    /// What one answer came to: the bytes it took, and whether it was its call's last.
    struct taken {
        std::size_t size = 0;
        bool last = true;
    };
    [[nodiscard]] error explained(error why) const;
    [[nodiscard]] result<void> read_answers();
    [[nodiscard]] result<taken> read_answer(pool_call& whose, byte_view body);
    [[nodiscard]] result<taken> read_second(pool_call& whose, byte_view body);
    [[nodiscard]] result<void> take_late();
    void end_unreadable(pool_call& whose, const error& why);
    void end_answered(pool_call& whose, bool more_behind);
    [[nodiscard]] pool_call* find(byte_view header);
    void write_rest(std::size_t gone);
    void put_message(const pool_call& what);
    void take_in_flight();
    void free_in_flight(std::size_t count);
    void close_if_done();
    void close_quietly();
    void release(pool_call& what);
    [[nodiscard]] bool correlates() const noexcept;
    [[nodiscard]] bool is_stream() const noexcept;
    [[nodiscard]] std::uint32_t next_number();

    std::shared_ptr<pool_core> owner_;
    std::size_t unit_;
    std::unique_ptr<net::transport> link_;
    codec engine_;
    std::size_t room_;
    std::vector<pool_call*> table_; ///< by number modulo its size, a power of two
    std::uint32_t number_ = 0;
    std::uint32_t largest_number_;
    std::size_t in_flight_ = 0;
    bytes input_;
    std::size_t have_ = 0;
    bytes writing_;
    bytes pending_;
    std::size_t pending_calls_ = 0; ///< whose requests are there
    std::size_t header_length_;
    std::size_t idle_place_ = not_idle; ///< in the unit's list
    bool gathered_ = false;             ///< in the core's list of those to flush
    bool write_under_way_ = false;
    bool open_ = true;
    bool retired_ = false;
    std::size_t forgotten_ = 0;
    pool_call::clock::time_point opened_ = pool_call::clock::now();
    pool_call::clock::time_point last_used_ = opened_;
};

} // namespace cipherlane::hsm
