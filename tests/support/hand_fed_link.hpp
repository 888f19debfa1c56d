#pragma once

#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/post_completion.hpp>
#include <cipherlane/net/transport.hpp>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace cipherlane::tests {

/// A transport without a peer: the test looks at what was written and puts in what is read. Asynchronous use only, on
/// the test's thread. Its state outlives it, for those who do not own the transport.
class hand_fed_link final : public net::transport {
  public:
    struct state {
        bytes written;
        std::vector<std::size_t> writes; ///< how much each of them was
        byte_span room;                  ///< of the read under way
        std::optional<net::completion<std::size_t>> reading;
        bool open = true;

        /// Gives what fits to the read under way; how much that was.
        std::size_t feed(byte_view data) {
            if (!reading || data.empty()) return 0;
            const auto size = std::min(data.size(), room.size());
            std::copy_n(data.begin(), size, room.begin());
            auto done = std::move(*reading);
            reading.reset();
            std::move(done)(result<std::size_t>(size));
            return size;
        }
    };

    hand_fed_link(boost::asio::any_io_executor on, std::shared_ptr<state> shared)
        : executor_(std::move(on))
        , state_(std::move(shared)) {}
    ~hand_fed_link() override { close(); }

    result<void> write(byte_view /*data*/, const call& /*bounds*/) override { return gone(); }
    result<std::size_t> read_some(byte_span /*into*/, const call& /*bounds*/) override { return gone(); }
    void async_write(byte_view data, net::completion<void> done) override {
        note(data);
        net::post_completion<void>(executor_, std::move(done), {});
    }
    result<std::size_t> write_now(byte_view data) override {
        note(data);
        return data.size();
    }
    void async_read_some(byte_span into, net::completion<std::size_t> done) override {
        state_->room = into;
        state_->reading.emplace(std::move(done));
    }
    void cancel() noexcept override {
        if (!state_->reading) return;
        net::post_completion<std::size_t>(executor_, std::move(*state_->reading), gone());
        state_->reading.reset();
    }
    void close() noexcept override {
        state_->open = false;
        cancel();
    }
    bool is_open() const noexcept override { return state_->open; }
    boost::asio::any_io_executor get_executor() override { return executor_; }
    std::string_view endpoint() const noexcept override { return "by hand"; }

  private:
    void note(byte_view data) {
        state_->written.insert(state_->written.end(), data.begin(), data.end());
        state_->writes.push_back(data.size());
    }
    static error gone() { return {make_error_code(net_errc::cancelled), layer::net}; }

    boost::asio::any_io_executor executor_;
    std::shared_ptr<state> state_;
};

} // namespace cipherlane::tests
