#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace cipherlane::ports {

/// Says which message answers a request, so that late and foreign answers are dropped instead of believed.
class answer_filter {
  public:
    virtual ~answer_filter() = default;
    /// True if `message` (without its length) is the answer that is waited for.
    [[nodiscard]] virtual bool matches(byte_view message) const = 0;
};

/// The acquirer's host. One request, one answer; messages go without their two-byte length.
/// One thread at a time.
class host {
  public:
    host() = default;
    host(const host&) = delete;
    host& operator=(const host&) = delete;
    virtual ~host() = default;

    /// Sends `request` and waits for the answer that `filter` accepts.
    ///
    /// If the call leaves less than `response_time` it ends `timed_out` with nothing sent. From the request's first
    /// byte on neither deadline nor stop request ends the wait: only the answer, the link or `response_time` does.
    /// @return `link_lost`, `timed_out` or `cancelled` only while no byte of the request has left; `outcome_unknown`
    /// from its first byte on.
    [[nodiscard]] virtual result<bytes> exchange(
        byte_view request, const answer_filter& filter, const call& bounds) = 0;

    /// The same for a message that moves no money and may be asked again at no cost: its call ends the wait at any
    /// time, so that it may leave less than `response_time`. @return `timed_out` and `cancelled` may come after the
    /// request has left, too. A host that knows no such difference treats it as any exchange.
    [[nodiscard]] virtual result<bytes> inquire(byte_view request, const answer_filter& filter, const call& bounds) {
        return exchange(request, filter, bounds);
    }

    /// An exchange is coming, and the cardholder is busy meanwhile: the link may connect already. Returns at once;
    /// what fails is said by the exchange.
    virtual void connect_ahead() noexcept {}

    /// Whom this link reaches, in words that stay the same as long as it is the same acquirer's host: a record keeps
    /// them, so that no reversal goes to another. Empty: not told.
    [[nodiscard]] virtual std::string identity() const { return {}; }
    /// What it is called in records of before, by another address or before it had a name.
    [[nodiscard]] virtual std::vector<std::string> earlier_identities() const { return {}; }

    /// How long the host may take for its answer (应答超时).
    [[nodiscard]] virtual std::chrono::milliseconds response_time() const noexcept = 0;
};

} // namespace cipherlane::ports
