#include "support/scripted_transport.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/post_completion.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::tests {
namespace {

error fault(net_errc code, std::string_view operation) {
    return error(code, layer::net).during(operation).at_endpoint("script");
}

} // namespace

scripted_transport::scripted_transport(
    boost::asio::any_io_executor on, const machine_script& peer, std::size_t most_at_once)
    : executor_(std::move(on))
    , most_at_once_(most_at_once) {
    for (const auto& step : peer.steps()) {
        if (step.what != script_step::kind::wait) steps_.push_back(step);
    }
}

std::optional<result<std::size_t>> scripted_transport::try_read(byte_span into) {
    if (!open_) return fault(net_errc::not_open, "read");
    if (steps_.empty()) return std::nullopt;
    auto& step = steps_.front();
    if (step.what == script_step::kind::fail) {
        const error why = step.why;
        steps_.pop_front();
        return why;
    }
    if (step.what != script_step::kind::recv) return std::nullopt;
    const std::size_t count = std::min({into.size(), step.data.size(), most_at_once_});
    std::copy_n(step.data.begin(), count, into.begin());
    step.data.erase(step.data.begin(), step.data.begin() + static_cast<std::ptrdiff_t>(count));
    if (step.data.empty()) steps_.pop_front();
    return count;
}

void scripted_transport::give_up_reading() {
    if (!steps_.empty() && steps_.front().what == script_step::kind::expire) steps_.pop_front();
}

result<void> scripted_transport::take_write(byte_view data) {
    if (!open_) return fault(net_errc::not_open, "write");
    ++writes_;
    if (!steps_.empty() && steps_.front().what == script_step::kind::fail) {
        const error why = steps_.front().why;
        steps_.pop_front();
        return why;
    }
    if (steps_.empty() || steps_.front().what != script_step::kind::send ||
        !std::ranges::equal(steps_.front().data, data)) {
        const bool other = steps_.empty() || steps_.front().what != script_step::kind::send;
        ADD_FAILURE() << "script expected " << (other ? "no write" : to_hex(steps_.front().data)) << ", got "
                      << to_hex(data);
        return fault(net_errc::lost, "write");
    }
    steps_.pop_front();
    changed_.notify_all();
    return {};
}

result<void> scripted_transport::write(byte_view data, const call& bounds) {
    const std::lock_guard lock(mutex_);
    if (bounds.stopped()) return fault(net_errc::cancelled, "write");
    if (bounds.until().passed()) return fault(net_errc::timed_out, "write");
    return take_write(data);
}

result<std::size_t> scripted_transport::read_some(byte_span into, const call& bounds) {
    std::unique_lock lock(mutex_);
    const unsigned cancels = cancels_;
    std::optional<result<std::size_t>> outcome;
    changed_.wait_until(lock, bounds.stop(), bounds.until().at(), [&] {
        if (cancels_ != cancels || bounds.stopped()) return true;
        outcome = try_read(into);
        return outcome.has_value();
    });
    if (outcome) return std::move(*outcome);
    if (cancels_ != cancels || bounds.stopped()) return fault(net_errc::cancelled, "read");
    give_up_reading();
    return fault(net_errc::timed_out, "read");
}

void scripted_transport::async_write(byte_view data, net::completion<void> done) {
    const std::lock_guard lock(mutex_);
    net::post_completion(executor_, std::move(done), take_write(data));
}

void scripted_transport::async_read_some(byte_span into, net::completion<std::size_t> done) {
    const std::lock_guard lock(mutex_);
    if (auto outcome = try_read(into)) return net::post_completion(executor_, std::move(done), std::move(*outcome));
    reading_into_ = into;
    reading_.emplace(std::move(done));
}

void scripted_transport::cancel() noexcept {
    const std::lock_guard lock(mutex_);
    ++cancels_;
    changed_.notify_all();
    if (!reading_) return;
    net::completion<std::size_t> done(std::move(*reading_));
    reading_.reset();
    give_up_reading();
    net::post_completion(executor_, std::move(done), result<std::size_t>(fault(net_errc::cancelled, "read")));
}

void scripted_transport::close() noexcept {
    cancel();
    const std::lock_guard lock(mutex_);
    open_ = false;
}

bool scripted_transport::is_open() const noexcept {
    const std::lock_guard lock(mutex_);
    return open_;
}

std::size_t scripted_transport::steps_left() const {
    const std::lock_guard lock(mutex_);
    return steps_.size();
}

std::size_t scripted_transport::writes() const {
    const std::lock_guard lock(mutex_);
    return writes_;
}

} // namespace cipherlane::tests
