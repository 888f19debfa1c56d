#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <chrono>
#include <iosfwd>

namespace cipherlane::net {

/// What happened to a machine's last action.
struct event {
    enum class kind {
        started,  ///< the first call
        sent,     ///< all bytes of the last `send` are with the transport
        received, ///< `bytes` arrived: any number from one on, split anywhere; the view lives for this call only
        expired,  ///< the protocol timer of the last `receive` or the span of the last `wait` ran out
        failed,   ///< deadline, cancel or a lost link, as `why` says; the machine must answer `done`
    };

    kind what = kind::started;
    byte_view bytes{};
    error why{};
};

/// What a machine wants next.
struct action {
    enum class kind { send, receive, wait, done };

    /// Whether the protocol timer of a `receive` starts anew or goes on from the last one. Without the second a peer
    /// that dribbles bytes could stretch a response timer for ever.
    enum class timer { starts, goes_on };

    kind what = kind::done;
    byte_view bytes{}; ///< to send; must live until the next `resume`
    std::chrono::milliseconds
        timeout{}; ///< protocol timer of `receive` (0: the call's deadline alone); span of `wait`
    timer rule = timer::starts;

    [[nodiscard]] static action send(byte_view data) { return {kind::send, data, {}, timer::starts}; }
    [[nodiscard]] static action receive(std::chrono::milliseconds span = {}) {
        return {kind::receive, {}, span, timer::starts};
    }
    /// Receive on under the timer that the last `receive` started, as for the rest of a message or of an answer.
    [[nodiscard]] static action receive_more() { return {kind::receive, {}, {}, timer::goes_on}; }
    [[nodiscard]] static action wait(std::chrono::milliseconds span) { return {kind::wait, {}, span, timer::starts}; }
    [[nodiscard]] static action done() { return {}; }

    friend bool operator==(const action& a, const action& b) noexcept;
};

std::ostream& operator<<(std::ostream& out, const event& value);
std::ostream& operator<<(std::ostream& out, const action& value);

/// A protocol exchange without socket, clock or thread: fed with events, it answers with actions.
///
/// An engine (`drive`, `async_drive`) runs it over a `transport`; a script runs it in tests. After `done` it is
/// never resumed again. Partial input is the machine's to keep.
class machine {
  public:
    machine() = default;
    machine(const machine&) = delete;
    machine& operator=(const machine&) = delete;
    virtual ~machine() = default;

    [[nodiscard]] virtual action resume(const event& what) = 0;
};

/// A machine with an outcome, to be taken once after `done`.
template <class T>
class exchange : public machine {
  public:
    [[nodiscard]] virtual result<T> take() = 0;
};

} // namespace cipherlane::net
