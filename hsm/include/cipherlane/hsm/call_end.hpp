#pragma once

#include <cipherlane/hsm/end_allocator.hpp>
#include <cipherlane/hsm/reply.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include <type_traits>
#include <utility>

namespace cipherlane::hsm {

/// Whom a call tells once how it ended: the answer, or why there is none. The answer lives until the end returns;
/// who keeps it moves it out. By reference, since a result has room for an error and would be copied at each step of
/// the way. Construct and move an end, never assign it (a fault of Asio 1.25, Boost 1.81).
using call_end = boost::asio::any_completion_handler<void(const result<reply_ptr*>&)>;

/// An end that reads the answer of a typed operation and calls `handler`: on the handler's executor if it has one,
/// which is kept at work until then.
template <class Response, class Handler>
[[nodiscard]] call_end typed_end(Handler handler) {
    struct none_of_its_own {};
    using own_executor = boost::asio::associated_executor<Handler, none_of_its_own>;
    const auto slot = boost::asio::get_associated_cancellation_slot(handler);
    const auto in_place = [slot](auto end) {
        return boost::asio::bind_cancellation_slot(
            slot, boost::asio::bind_allocator(end_allocator<>(), std::move(end)));
    };
    const auto read = [](const result<reply_ptr*>& answer) {
        return answer ? Response::from(***answer) : result<Response>(answer.error());
    };
    if constexpr (std::is_same_v<typename own_executor::type, none_of_its_own>) {
        return in_place([read, last = std::move(handler)](
                            const result<reply_ptr*>& answer) mutable { std::move(last)(read(answer)); });
    } else {
        auto on = own_executor::get(handler, none_of_its_own());
        return in_place([read, on, work = boost::asio::make_work_guard(on), last = std::move(handler)](
                            const result<reply_ptr*>& answer) mutable {
            boost::asio::dispatch(on,
                [end = std::move(last), outcome = read(answer)]() mutable { std::move(end)(std::move(outcome)); });
        });
    }
}

} // namespace cipherlane::hsm
