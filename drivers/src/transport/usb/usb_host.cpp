#include "../../refusals.hpp"
#include "usb_error.hpp"
#include "usb_link.hpp"
#include "usb_registry.hpp"

#include <cipherlane/core/pause.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/transport/usb.hpp>
#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/post_completion.hpp>

#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <optional>
#include <stop_token>
#include <thread>

namespace cipherlane::drivers {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto permission_pause = 40ms;

class open_usb_device final : public usb_transport {
  public:
    explicit open_usb_device(std::shared_ptr<usb_link> link)
        : link_(std::move(link)) {}
    ~open_usb_device() override { link_->close(); }

    result<void> write(byte_view data, const call& bounds) override { return link_->write(data, bounds); }
    result<std::size_t> read_some(byte_span into, const call& bounds) override {
        return link_->read_some(into, bounds);
    }
    void async_write(byte_view data, net::completion<void> done) override {
        link_->async_write(data, std::move(done));
    }
    void async_read_some(byte_span into, net::completion<std::size_t> done) override {
        link_->async_read_some(into, std::move(done));
    }
    void cancel() noexcept override { link_->cancel(); }
    void close() noexcept override { link_->close(); }
    bool is_open() const noexcept override { return link_->is_open(); }
    asio::any_io_executor get_executor() override { return link_->executor(); }
    std::string_view endpoint() const noexcept override { return link_->endpoint(); }
    result<std::size_t> control_in(const usb_control& request, byte_span into, const call& bounds) override {
        return link_->control(request, {}, into, bounds);
    }
    result<void> control_out(const usb_control& request, byte_view data, const call& bounds) override {
        CIPHERLANE_CHECK(link_->control(request, data, {}, bounds));
        return {};
    }
    const usb_device_info& device() const noexcept override { return link_->device(); }

  private:
    std::shared_ptr<usb_link> link_;
};

struct pipes {
    usb_pipe_info out{};
    usb_pipe_info in{};
};

bool is_data(const libusb_endpoint_descriptor& endpoint) {
    const auto type = endpoint.bmAttributes & LIBUSB_TRANSFER_TYPE_MASK;
    return type == LIBUSB_TRANSFER_TYPE_BULK || type == LIBUSB_TRANSFER_TYPE_INTERRUPT;
}

/// Bulk before interrupt, unless the settings name one.
void consider(usb_pipe_info& chosen, const libusb_endpoint_descriptor& endpoint, std::uint8_t wanted) {
    if (!is_data(endpoint) || (wanted != 0 && endpoint.bEndpointAddress != wanted)) return;
    const std::size_t packet = std::size_t{endpoint.wMaxPacketSize} & 0x7FFU; // USB 2.0, 9.6.6: bits 10 to 0
    if (packet == 0) return;                                                  // one that carries nothing is none
    const auto type = static_cast<libusb_transfer_type>(endpoint.bmAttributes & LIBUSB_TRANSFER_TYPE_MASK);
    const bool better =
        chosen.address == 0 || (chosen.type == LIBUSB_TRANSFER_TYPE_INTERRUPT && type == LIBUSB_TRANSFER_TYPE_BULK);
    if (better) chosen = {endpoint.bEndpointAddress, type, packet};
}

result<pipes> find_pipes(libusb_device* device, const usb_settings& settings) {
    libusb_config_descriptor* raw = nullptr;
    if (const int code = libusb_get_active_config_descriptor(device, &raw); code != 0) return usb_call_failure(code);
    const std::unique_ptr<libusb_config_descriptor, decltype(&libusb_free_config_descriptor)> configuration(
        raw, &libusb_free_config_descriptor);
    for (int i = 0; i < configuration->bNumInterfaces; ++i) {
        const libusb_interface& group = configuration->interface[i];
        for (int k = 0; k < group.num_altsetting; ++k) {
            const libusb_interface_descriptor& one = group.altsetting[k];
            if (one.bInterfaceNumber != settings.interface_number) continue;
            if (one.bAlternateSetting != settings.alternate_setting) continue;
            pipes found;
            for (int e = 0; e < one.bNumEndpoints; ++e) {
                const bool in = (one.endpoint[e].bEndpointAddress & LIBUSB_ENDPOINT_IN) != 0;
                consider(
                    in ? found.in : found.out, one.endpoint[e], in ? settings.in_endpoint : settings.out_endpoint);
            }
            if (settings.in_endpoint != 0 && found.in.address == 0) return bad_setting("in_endpoint");
            if (settings.out_endpoint != 0 && found.out.address == 0) return bad_setting("out_endpoint");
            return found;
        }
    }
    return bad_setting("interface_number");
}

using owned_handle = std::unique_ptr<libusb_device_handle, decltype(&libusb_close)>;

result<void> claim(libusb_device_handle* handle, const usb_settings& settings) {
    const bool detach = settings.other_driver == usb_settings::kernel_driver::detach;
    libusb_set_auto_detach_kernel_driver(handle, detach ? 1 : 0);
    int code = libusb_claim_interface(handle, settings.interface_number);
    if (code == LIBUSB_ERROR_NOT_FOUND) return bad_setting("interface_number");
    if (code != 0) return usb_call_failure(code);
    if (settings.alternate_setting == 0) return {};
    code = libusb_set_interface_alt_setting(handle, settings.interface_number, settings.alternate_setting);
    if (code != 0) {
        libusb_release_interface(handle, settings.interface_number);
        return bad_setting("alternate_setting");
    }
    return {};
}

/// One attempt. `retry` says that the node's rights may still be on their way.
struct open_attempt {
    result<std::unique_ptr<usb_transport>> outcome;
    bool retry = false;
};

} // namespace

usb_host::usb_host(std::shared_ptr<body> inner)
    : body_(std::move(inner)) {}
usb_host::~usb_host() = default;

result<std::shared_ptr<usb_host>> usb_host::start(options with, logger log) {
    auto inner = std::make_shared<body>(with, std::move(log));
    CIPHERLANE_CHECK(inner->start());
    // Users count apart from the event thread: the body retires with the last of them, on that one's thread.
    const std::shared_ptr<body> users(inner.get(), [inner](body*) mutable {
        inner->retire();
        inner.reset();
    });
    return std::shared_ptr<usb_host>(new usb_host(users));
}

result<std::shared_ptr<usb_host>> usb_host::start() {
    return start(options{});
}

std::vector<usb_device_info> usb_host::devices() const {
    return body_->devices();
}

result<usb_device_info> usb_host::wait_for(const usb_filter& filter, const call& bounds) {
    return body_->wait_for(filter, bounds);
}

std::unique_ptr<usb_host::subscription> usb_host::subscribe(asio::any_io_executor on, observer watch) {
    return std::make_unique<subscription>(body_, body_->subscribe(std::move(on), std::move(watch)));
}

usb_host::subscription::subscription(std::weak_ptr<body> host, std::uint64_t id) noexcept
    : host_(std::move(host))
    , id_(id) {}

usb_host::subscription::~subscription() {
    if (auto host = host_.lock()) host->unsubscribe(id_);
}

/// Opening, shared by both faces.
class usb_host::opener {
  public:
    static open_attempt attempt(body& host, const asio::any_io_executor& on, const usb_settings& settings) {
        if (auto valid = settings.validate(); !valid) return {valid.error()};
        auto chosen = host.choose(settings.device);
        if (!chosen) return {chosen.error()};
        libusb_device_handle* raw = nullptr;
        const int code = libusb_open(chosen->device.get(), &raw);
        if (code == LIBUSB_ERROR_ACCESS) {
            const bool fresh = std::chrono::steady_clock::now() < chosen->arrived + settings.permission_grace;
            return {at(usb_call_failure(code), chosen->info), fresh};
        }
        if (code != 0) return {at(usb_call_failure(code), chosen->info)};
        owned_handle handle(raw, &libusb_close);
        auto found = find_pipes(chosen->device.get(), settings);
        if (!found) return {at(found.error(), chosen->info)};
        if (auto claimed = claim(handle.get(), settings); !claimed) return {at(claimed.error(), chosen->info)};
        auto link = std::make_shared<usb_link>(
            chosen->context, handle.release(), on, chosen->info, settings, found->out, found->in);
        host.watch(chosen->info, link);
        return {std::unique_ptr<usb_transport>(std::make_unique<open_usb_device>(std::move(link)))};
    }

  private:
    static error at(error why, const usb_device_info& device) {
        return std::move(why).at_endpoint(device.identity());
    }
};

namespace {

result<std::unique_ptr<usb_transport>> named(result<std::unique_ptr<usb_transport>> outcome) {
    if (outcome) return outcome;
    return outcome.error().during("open");
}

result<std::unique_ptr<usb_transport>> ended(const call& bounds) {
    return error(bounds.stopped() ? net_errc::cancelled : net_errc::timed_out, layer::drivers).during("open");
}

} // namespace

result<std::unique_ptr<usb_transport>> usb_host::open(
    asio::any_io_executor on, const usb_settings& settings, const call& bounds) {
    for (;;) {
        if (bounds.stopped() || bounds.until().passed()) return ended(bounds);
        auto tried = opener::attempt(*body_, on, settings);
        if (!tried.retry) return named(std::move(tried.outcome));
        cipherlane::pause(bounds.no_later_than(permission_pause));
    }
}

/// The asynchronous face: the same attempts, paused by a timer.
class usb_host::opening : public std::enable_shared_from_this<usb_host::opening> {
  public:
    opening(std::shared_ptr<body> host, asio::any_io_executor on, usb_settings settings, const call& bounds,
        net::completion<std::unique_ptr<usb_transport>> done)
        : host_(std::move(host))
        , executor_(std::move(on))
        , settings_(std::move(settings))
        , bounds_(bounds)
        , timer_(executor_)
        , done_(std::move(done)) {}

    void start() {
        std::weak_ptr<opening> weak = weak_from_this();
        const auto stop = [weak] {
            if (auto self = weak.lock()) asio::post(self->executor_, [self] { self->cancel(); });
        };
        if (auto slot = asio::get_associated_cancellation_slot(done_); slot.is_connected()) {
            slot.assign([stop](asio::cancellation_type) { stop(); });
        }
        if (bounds_.stop().stop_possible()) stop_.emplace(bounds_.stop(), stop);
        asio::post(executor_, [self = shared_from_this()] { self->attempt(); });
    }

  private:
    void cancel() {
        cancelled_ = true;
        timer_.cancel();
    }

    void attempt() {
        if (cancelled_) return finish(error(net_errc::cancelled, layer::drivers).during("open"));
        if (bounds_.stopped() || bounds_.until().passed()) return finish(ended(bounds_));
        auto tried = opener::attempt(*host_, executor_, settings_);
        if (!tried.retry) return finish(named(std::move(tried.outcome)));
        timer_.expires_at(bounds_.until().no_later_than(permission_pause).at());
        timer_.async_wait([self = shared_from_this()](const boost::system::error_code&) { self->attempt(); });
    }

    void finish(result<std::unique_ptr<usb_transport>> outcome) {
        stop_.reset();
        net::post_completion(executor_, std::move(done_), std::move(outcome));
    }

    std::shared_ptr<body> host_;
    asio::any_io_executor executor_;
    usb_settings settings_;
    call bounds_;
    asio::steady_timer timer_;
    net::completion<std::unique_ptr<usb_transport>> done_;
    std::optional<std::stop_callback<std::function<void()>>> stop_;
    bool cancelled_ = false;
};

void usb_host::async_open(asio::any_io_executor on, usb_settings settings, call bounds,
    net::completion<std::unique_ptr<usb_transport>> done) {
    std::make_shared<opening>(body_, std::move(on), std::move(settings), bounds, std::move(done))->start();
}

} // namespace cipherlane::drivers
