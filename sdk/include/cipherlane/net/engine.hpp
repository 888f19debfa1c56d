#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/net/machine.hpp>
#include <cipherlane/net/transport.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>

#include <memory>

namespace cipherlane::net {

/// Runs `subject` to its end on the calling thread. The call's deadline, a stop request or a lost link reach the
/// machine as one `failed` event.
void drive(machine& subject, transport& link, const call& bounds);

/// As `drive`, without blocking: the machine runs on the link's executor; `done` is called once, on its associated
/// executor. Ends early by the call's stop token (from any thread) and by the handler's cancellation slot (on the
/// link's executor). `subject` and `link` must live until then.
void async_drive(
    machine& subject, transport& link, const call& bounds, boost::asio::any_completion_handler<void()> done);

/// Runs an exchange blocking and takes its outcome.
template <class T>
[[nodiscard]] result<T> run(exchange<T>& subject, transport& link, const call& bounds) {
    drive(subject, link, bounds);
    return subject.take();
}

/// Runs an exchange asynchronously; completion signature `void(result<T>)`. The exchange is kept alive until then;
/// the link must be by the caller.
template <class Exchange, class Token>
auto async_run(std::unique_ptr<Exchange> subject, transport& link, const call& bounds, Token&& token) {
    using outcome = decltype(subject->take());
    return boost::asio::async_initiate<Token, void(outcome)>(
        [](auto handler, std::unique_ptr<Exchange> owned, transport* over, call limits) {
            auto& ref = *owned;
            auto executor = boost::asio::get_associated_executor(handler, over->get_executor());
            auto slot = boost::asio::get_associated_cancellation_slot(handler);
            boost::asio::any_completion_handler<void(outcome)> done(std::move(handler));
            async_drive(ref, *over, limits,
                boost::asio::bind_executor(executor, boost::asio::bind_cancellation_slot(slot,
                                                         [kept = std::move(owned), end = std::move(done)]() mutable {
                                                             auto taken = kept->take();
                                                             kept.reset();
                                                             std::move(end)(std::move(taken));
                                                         })));
        },
        token, std::move(subject), &link, bounds);
}

} // namespace cipherlane::net
