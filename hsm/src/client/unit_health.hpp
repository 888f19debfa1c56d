#pragma once

#include <cipherlane/core/error.hpp>
#include <cipherlane/hsm/pool_settings.hpp>
#include <cipherlane/hsm/pool_stats.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace cipherlane::hsm {

/// What a pool thinks of one unit: whether it takes calls, how long it rests after a failure, when it is to be asked
/// whether it still works, and why it failed last. Reads no clock and does no I/O: events and times come in, what is
/// to be done goes out. Not thread-safe.
class unit_health {
  public:
    using time_point = std::chrono::steady_clock::time_point;
    using milliseconds = std::chrono::milliseconds;

    /// What the pool does next for the unit.
    enum class next : std::uint8_t {
        nothing,
        ask,     ///< send the health command
        serve,   ///< it takes calls again: hand out those that wait
        take_out ///< its local master key is not the pool's
    };

    /// `can_ask`: the profile has a health command.
    unit_health(const pool_settings& limits, bool can_ask);

    [[nodiscard]] unit_state state() const noexcept { return state_; }
    /// Whether it gets calls now.
    [[nodiscard]] bool takes_calls() const noexcept { return state_ == unit_state::ready && proven_; }
    /// Whether a connection to it may be opened besides `connecting` that are being opened. One that has shown
    /// nothing since it failed gets one at a time.
    [[nodiscard]] bool may_connect(time_point now, std::size_t connecting) const noexcept;
    /// Drained or taken out: it does not come back by itself.
    [[nodiscard]] bool is_out() const noexcept;
    /// When its rest is over.
    [[nodiscard]] time_point rests_until() const noexcept { return rests_until_; }
    /// Why it failed last; no error if it never did.
    [[nodiscard]] const error& last_error() const noexcept { return last_error_; }
    [[nodiscard]] time_point failed_at() const noexcept { return failed_at_; }
    /// It has failed, and never shown itself before.
    [[nodiscard]] bool has_never_worked() const noexcept { return !reached_ && last_error_.code().failed(); }
    /// A fault of its or our certificate that keeps it away. Certificates do not mend themselves while a call waits.
    [[nodiscard]] const error* certificate_fault() const noexcept;

    /// A connection stands.
    [[nodiscard]] next connected();
    /// It failed: no connection, no answer, a connection that broke. It rests, longer each time, by a span that
    /// `chance` varies so that no two clients come back at once. Nothing where it rests already or is out.
    std::optional<milliseconds> failed(time_point now, std::uint32_t chance, const error& why);
    /// Its rest is over. `has_room`: one of its connections can carry a question.
    [[nodiscard]] next rested(bool has_room);
    /// A caller gave up before the unit's time was over, and nothing came from it since: it shows itself before it
    /// gets more work.
    [[nodiscard]] next doubted(bool has_room, bool has_connections);
    /// The health command left.
    void asked(time_point now) noexcept;
    /// It answered the health command. `agreed` is the check value of the pool's units; an empty one becomes the
    /// first that comes.
    [[nodiscard]] next shown(const short_bytes& check_value, short_bytes& agreed);
    /// Asked once in an interval whatever its load; where no connection has room, as soon as one has.
    [[nodiscard]] next looked_after(time_point now, bool has_room, bool has_connections);
    /// Whether it is to be asked as soon as a connection has room.
    [[nodiscard]] bool is_check_due() const noexcept { return check_due_; }
    /// A command was answered.
    void answered(time_point now, bool by_health_command) noexcept;
    /// Something came that cannot be read.
    void heard(time_point now) noexcept { answered_at_ = now; }
    [[nodiscard]] time_point answered_at() const noexcept { return answered_at_; }
    /// A command was carried out, or refused for a key's parity or for another reason. Keys that were good and are
    /// not any more hint at another local master key.
    void accepted() noexcept { parity_refusals_ = 0; }
    void refused(bool for_parity) noexcept;
    /// By the caller, by a refusal that is about the unit, by its local master key.
    void take_out(unit_state state) noexcept { state_ = state; }
    void take_out(const error& why) noexcept;
    /// Nothing where it was not away.
    [[nodiscard]] bool restore(time_point now) noexcept;

  private:
    next prove() noexcept;

    milliseconds backoff_first_;
    milliseconds backoff_most_;
    milliseconds interval_;
    std::size_t most_parity_refusals_;
    bool can_ask_;
    bool asks_first_;

    unit_state state_ = unit_state::ready;
    bool proven_ = false;    ///< a connection stood since the last failure
    bool reached_ = false;   ///< likewise, ever
    bool check_due_ = false; ///< asked as soon as a connection has room
    milliseconds backoff_;
    std::size_t parity_refusals_ = 0; ///< in a row
    time_point rests_until_{};
    time_point asked_at_{};
    time_point answered_at_{};
    time_point failed_at_{};
    error last_error_;
};

} // namespace cipherlane::hsm
