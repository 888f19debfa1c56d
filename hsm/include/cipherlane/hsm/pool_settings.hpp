#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/hsm/profile.hpp>
#include <cipherlane/hsm/types.hpp>
#include <cipherlane/net/tcp.hpp>
#include <cipherlane/net/tls.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace cipherlane::hsm {

/// May the pool send a command again by itself?
enum class retry_policy : std::uint8_t {
    safe_commands, ///< those that a profile calls safe to repeat, while nothing of their answer has come
    never,
};

/// Does a unit show itself before it gets work: at first, and when it comes back?
enum class first_check : std::uint8_t {
    diagnose, ///< by the profile's health command; a check value, where the dialect has one, must be the pool's
    none,
};

/// What calls do while each unit has failed and none has ever worked for this pool. What worked once and is away now
/// is waited for in any case.
enum class until_reached : std::uint8_t {
    calls_wait, ///< to their deadlines: a unit may be starting yet
    calls_end,  ///< at once, with what each unit said: a wrong address or profile mends itself for nobody
};

/// A pool over units that share a local master key.
struct pool_settings {
    std::vector<net::tcp_settings> units;
    std::shared_ptr<const profile> dialect;
    std::size_t connections = 4;  ///< at most, to each unit; opened when needed
    std::size_t in_flight = 64;   ///< at most, on each connection; always 1 where the dialect does not correlate
    std::size_t waiting = 10'000; ///< calls that may wait for a connection; more are refused
    /// How long one unit may take to answer, inside the call's deadline. 0: the profile's.
    std::chrono::milliseconds answer_timeout{0};
    /// A connection idle for this long carries a health command: load balancers cut after 3 minutes.
    /// Each unit is asked once in it whatever its load, so that another local master key is noticed.
    std::chrono::milliseconds health_interval{60'000};
    /// Refusals for a key's parity in a row after which a unit is asked at once. 0: never.
    std::size_t parity_refusals = 3;
    std::chrono::milliseconds largest_age{0};    ///< a connection older than this is replaced when idle; 0: never
    std::chrono::milliseconds backoff_first{50}; ///< before a unit that failed is tried again; doubles, with jitter
    std::chrono::milliseconds backoff_most{10'000};
    retry_policy retry = retry_policy::safe_commands;
    std::size_t attempts = 3; ///< of one call, the first included
    first_check on_connect = first_check::diagnose;
    until_reached unreached = until_reached::calls_wait;
    short_bytes lmk_check; ///< what each unit must show; empty: what the first one shows
    /// Whom to trust and who we are, the same for all units; each must show its own host name (or the settings'
    /// name). None: plain TCP.
    std::shared_ptr<const net::tls_client> tls = nullptr;
    logger log = logger::none();

    /// @return `misuse` naming the field.
    [[nodiscard]] result<void> validate() const;
};

} // namespace cipherlane::hsm
