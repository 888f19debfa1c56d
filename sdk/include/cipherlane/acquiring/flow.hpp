#pragma once

#include <cipherlane/acquiring/lane.hpp>
#include <cipherlane/core/call.hpp>

#include <boost/asio/async_result.hpp>

#include <memory>
#include <utility>

namespace cipherlane::ports {
template <class T>
struct completion_box;
} // namespace cipherlane::ports

namespace cipherlane::acquiring {

namespace detail {
/// Whether `cipherlane/ports/completion.hpp` is included.
template <class Box>
concept is_complete = requires {
    sizeof(Box);
};
} // namespace detail

/// What all flows have in common: a blocking and an asynchronous form of the same thing.
///
/// The work runs on the lane's own thread. `run` waits for it; `async_run` returns at once and completes on the
/// token's executor with `void(result<Outcome>)`. Cancel through the call's stop token, or through the cancellation
/// slot of the handler; the moment from which it is too late is said by each flow. A flow that waits behind another
/// one ends at its deadline, or when it is cancelled, with nothing done. Cheap to copy.
///
/// Errors of every flow: `lane_closed` once the lane has gone, `busy` (see `lane`), `deadline_passed` and
/// `cashier_cancelled` before its turn, and with `run` `own_thread`.
template <class Request, class Outcome>
class flow {
  public:
    explicit flow(lane& on) noexcept
        : core_(access(on)) {}

    [[nodiscard]] result<Outcome> run(const Request& request, const call& bounds) const;

    /// Wants `cipherlane/ports/completion.hpp`, which a till that only waits does without.
    template <class Token>
    auto async_run(Request request, const call& bounds, Token&& token) const {
        using box = ports::completion_box<Outcome>;
        static_assert(detail::is_complete<box>, "asynchronous calls: include cipherlane/ports/completion.hpp");
        return boost::asio::async_initiate<Token, void(result<Outcome>)>(
            [](auto handler, flow self, Request what, call limits) {
                self.start(std::move(what), limits, box(std::move(handler)));
            },
            token, *this, std::move(request), bounds);
    }

  private:
    [[nodiscard]] static std::weak_ptr<lane_core> access(lane& on) noexcept;
    void start(Request request, const call& bounds, ports::completion_box<Outcome> done) const;
    std::weak_ptr<lane_core> core_;
};

} // namespace cipherlane::acquiring
