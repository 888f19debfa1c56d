#include "../open_failure.hpp"
#include "../owned_descriptor.hpp"
#include "line_setup.hpp"

#include <cipherlane/core/pause.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/transport/serial.hpp>
#include <cipherlane/net/descriptor_transport.hpp>
#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/post_completion.hpp>

#include <boost/asio/steady_timer.hpp>

#include <cerrno>
#include <fcntl.h>
#include <functional>
#include <optional>
#include <poll.h>
#include <stop_token>
#include <sys/file.h>
#include <sys/ioctl.h>

namespace cipherlane::drivers {
namespace {

namespace asio = boost::asio;

constexpr net::descriptor_calls line_calls{
    [](int line, std::uint8_t* into, std::size_t size) noexcept -> std::ptrdiff_t {
        return ::read(line, into, size);
    },
    [](int line, const std::uint8_t* from, std::size_t size) noexcept -> std::ptrdiff_t {
        return ::write(line, from, size);
    },
    // Some drivers report an end of file that passes; a line that is gone says so itself.
    [](int line) noexcept { return !line_is_alive(line); },
    [](int line) noexcept {
        pollfd asked{line, POLLIN, 0};
        if (::poll(&asked, 1, 0) < 0) return false;
        return (asked.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0 && !line_is_alive(line);
    },
    end_line,
};

/// Everything but the pause.
result<owned_descriptor> open_line(const serial_settings& settings) {
    CIPHERLANE_CHECK(settings.validate());
    owned_descriptor line(::open(settings.device.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    if (line.get() < 0 && errno == EISDIR)
        return error(drivers_errc::bad_setting, layer::drivers)
            .in_field("device")
            .with_hint("found a folder, expected a serial line");
    if (line.get() < 0) return open_failure(errno);
    if (settings.share == serial_settings::sharing::exclusive) {
        // The lock keeps out programs that ask, root's among them; the flag those that do not ask.
        if (::flock(line.get(), LOCK_EX | LOCK_NB) != 0) return open_failure(errno);
        ::ioctl(line.get(), TIOCEXCL);
    }
    CIPHERLANE_CHECK(set_up_line(line.get(), settings));
    set_modem_lines(line.get(), settings);
    return line;
}

error at_device(error why, const serial_settings& settings) {
    return std::move(why).during("open").at_endpoint(settings.device);
}

std::unique_ptr<net::transport> finish_open(
    asio::any_io_executor on, owned_descriptor line, const serial_settings& settings) {
    if (settings.settle.count() > 0) drop_input(line.get());
    return net::adopt_descriptor(std::move(on), line.release(), line_calls, settings.device, layer::drivers);
}

/// Waits for a device to settle, without a thread.
class settling : public std::enable_shared_from_this<settling> {
  public:
    settling(asio::any_io_executor on, owned_descriptor line, serial_settings settings, const call& bounds,
        net::completion<std::unique_ptr<net::transport>> done)
        : executor_(std::move(on))
        , line_(std::move(line))
        , settings_(std::move(settings))
        , bounds_(bounds)
        , timer_(executor_)
        , done_(std::move(done)) {}

    void start() {
        std::weak_ptr<settling> weak = weak_from_this();
        const auto stop = [weak] {
            if (auto self = weak.lock()) asio::post(self->executor_, [self] { self->cancel(); });
        };
        if (auto slot = asio::get_associated_cancellation_slot(done_); slot.is_connected()) {
            slot.assign([stop](asio::cancellation_type) { stop(); });
        }
        if (bounds_.stop().stop_possible()) stop_.emplace(bounds_.stop(), stop);
        const deadline settled = deadline::in(settings_.settle);
        const bool in_time = settled.at() <= bounds_.until().at();
        timer_.expires_at(in_time ? settled.at() : bounds_.until().at());
        timer_.async_wait([self = shared_from_this(), in_time](const boost::system::error_code&) {
            if (!in_time) return self->finish(error(net_errc::timed_out, layer::drivers));
            self->finish({});
        });
    }

  private:
    void cancel() {
        cancelled_ = true;
        timer_.cancel();
    }

    void finish(result<void> settled) {
        stop_.reset();
        if (cancelled_ || bounds_.stopped()) settled = error(net_errc::cancelled, layer::drivers);
        result<std::unique_ptr<net::transport>> outcome(at_device(settled.error(), settings_));
        if (settled) outcome = finish_open(executor_, std::move(line_), settings_);
        net::post_completion(executor_, std::move(done_), std::move(outcome));
    }

    asio::any_io_executor executor_;
    owned_descriptor line_;
    serial_settings settings_;
    call bounds_;
    asio::steady_timer timer_;
    net::completion<std::unique_ptr<net::transport>> done_;
    std::optional<std::stop_callback<std::function<void()>>> stop_;
    bool cancelled_ = false;
};

} // namespace

result<void> serial_settings::validate() const {
    const auto bad = [](std::string_view field) {
        return error(drivers_errc::bad_setting, layer::drivers).during("serial settings").in_field(field);
    };
    if (device.empty()) return bad("device");
    if (baud == 0 || baud > 20'000'000) return bad("baud");
    if (data_bits < 5 || data_bits > 8) return bad("data_bits");
    if (settle.count() < 0) return bad("settle");
    return {};
}

result<std::unique_ptr<net::transport>> open_serial(
    boost::asio::any_io_executor on, const serial_settings& settings, const call& bounds) {
    if (bounds.stopped()) return at_device(error(net_errc::cancelled, layer::drivers), settings);
    auto line = open_line(settings);
    if (!line) return at_device(line.error(), settings);
    if (settings.settle.count() > 0) {
        const deadline settled = deadline::in(settings.settle);
        const bool in_time = settled.at() <= bounds.until().at();
        cipherlane::pause(in_time ? call(settled, bounds.stop()) : bounds);
        if (bounds.stopped()) return at_device(error(net_errc::cancelled, layer::drivers), settings);
        if (!in_time) return at_device(error(net_errc::timed_out, layer::drivers), settings);
    }
    return finish_open(std::move(on), *std::move(line), settings);
}

void async_open_serial(boost::asio::any_io_executor on, serial_settings settings, call bounds,
    net::completion<std::unique_ptr<net::transport>> done) {
    auto line = open_line(settings);
    if (!line) {
        result<std::unique_ptr<net::transport>> failed(at_device(line.error(), settings));
        return net::post_completion(on, std::move(done), std::move(failed));
    }
    std::make_shared<settling>(on, *std::move(line), std::move(settings), bounds, std::move(done))->start();
}

} // namespace cipherlane::drivers
