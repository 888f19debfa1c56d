#pragma once

#include "support/machine_script.hpp"

#include <cipherlane/net/engine.hpp>
#include <cipherlane/net/transport.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

namespace cipherlane::tests {

/// A transport in memory whose peer follows a script: expects each `send`, gives each `recv`, is silent at each
/// `expire` (until the reader gives up), fails as `fail` says. A write that is not the expected one fails the test.
/// Unlike `machine_script::run` it is used through an engine, or by code that takes a `net::transport`.
class scripted_transport final : public net::transport {
  public:
    /// `most_at_once` bounds each read, to split what the peer gives.
    scripted_transport(boost::asio::any_io_executor on, const machine_script& peer, std::size_t most_at_once = 4096);
    ~scripted_transport() override { close(); }

    result<void> write(byte_view data, const call& bounds) override;
    result<std::size_t> read_some(byte_span into, const call& bounds) override;
    void async_write(byte_view data, net::completion<void> done) override;
    void async_read_some(byte_span into, net::completion<std::size_t> done) override;
    void cancel() noexcept override;
    void close() noexcept override;
    bool is_open() const noexcept override;
    boost::asio::any_io_executor get_executor() override { return executor_; }
    std::string_view endpoint() const noexcept override { return "script"; }

    /// Steps that were never reached.
    [[nodiscard]] std::size_t steps_left() const;
    /// How often the user wrote: round trips are counted by it.
    [[nodiscard]] std::size_t writes() const;

  private:
    [[nodiscard]] std::optional<result<std::size_t>> try_read(byte_span into);
    [[nodiscard]] result<void> take_write(byte_view data);
    void give_up_reading();

    boost::asio::any_io_executor executor_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<script_step> steps_;
    std::size_t most_at_once_;
    std::size_t writes_ = 0;
    bool open_ = true;
    unsigned cancels_ = 0;
    byte_span reading_into_{};
    std::optional<net::completion<std::size_t>> reading_;
};

/// Runs fresh machines from `make` through `net::drive` and `net::async_run` over the script, whole and byte by byte,
/// and checks that each ends as the script says.
template <class Factory>
void both_engines_agree(
    const machine_script& peer, Factory make, std::chrono::milliseconds span = std::chrono::milliseconds{5000}) {
    const auto check = [&](auto outcome, const scripted_transport& link, const char* how) {
        peer.check_end(outcome.error(), how);
        if (!peer.end().fault) {
            EXPECT_EQ(link.steps_left(), 0U) << how;
        }
    };
    for (const std::size_t most : {std::size_t{4096}, std::size_t{1}}) {
        boost::asio::io_context io;
        scripted_transport blocking(io.get_executor(), peer, most);
        auto subject = make();
        check(net::run(*subject, blocking, call(span)), blocking, "blocking engine");

        scripted_transport composed(io.get_executor(), peer, most);
        int calls = 0;
        net::async_run(make(), composed, call(span), [&](auto outcome) {
            ++calls;
            check(std::move(outcome), composed, "asynchronous engine");
        });
        io.run();
        EXPECT_EQ(calls, 1);
    }
}

} // namespace cipherlane::tests
