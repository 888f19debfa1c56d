#pragma once

#include <cipherlane/net/completion.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace cipherlane::net {

/// Ends an operation: calls `done` with `outcome` on its associated executor (`from` if it has none), never before
/// this function returns.
template <class T>
void post_completion(const boost::asio::any_io_executor& from, completion<T> done, result<T> outcome) {
    auto to = boost::asio::get_associated_executor(done, from);
    boost::asio::post(from,
        [to, work = boost::asio::make_work_guard(to), end = std::move(done), value = std::move(outcome)]() mutable {
            boost::asio::dispatch(
                to, [last = std::move(end), what = std::move(value)]() mutable { std::move(last)(std::move(what)); });
        });
}

} // namespace cipherlane::net
