#include "client/command_exchange.hpp"
#include "client/message_builder.hpp"
#include "command/bind.hpp"
#include "command/reply_shelf.hpp"
#include "fail.hpp"

#include <cipherlane/hsm/client.hpp>
#include <cipherlane/net/engine.hpp>
#include <cipherlane/net/post_completion.hpp>

#include <boost/asio/io_context.hpp>

#include <functional>
#include <stop_token>
#include <utility>

namespace cipherlane::hsm {

struct client::impl : std::enable_shared_from_this<client::impl> {
    std::unique_ptr<boost::asio::io_context> own; ///< of blocking clients: transports want an executor
    boost::asio::any_io_executor on;
    client_settings settings;
    bool reconnects = true;
    std::unique_ptr<net::transport> link;
    std::shared_ptr<reply_shelf> shelf = std::make_shared<reply_shelf>();
    std::uint32_t number = 0;
    bool busy = false;

    /// A connection being made for an asynchronous call.
    struct attempt {
        std::stop_source stop;
        bool closed = false;
    };
    std::shared_ptr<attempt> connecting;

    [[nodiscard]] bool is_connected() const { return link != nullptr && link->is_open(); }

    /// Why a call cannot start now, if so.
    [[nodiscard]] result<void> admit() const {
        if (busy) return fail(hsm_errc::busy);
        if (settings.dialect == nullptr) return fail(hsm_errc::no_profile);
        return {};
    }

    result<void> connect(const call& bounds) {
        if (is_connected()) return {};
        if (!reconnects) return fail(hsm_errc::closed);
        if (settings.tls != nullptr) {
            CIPHERLANE_TRY(link, net::connect_tls(on, settings.at, *settings.tls, bounds));
        } else {
            CIPHERLANE_TRY(link, net::connect_tcp(on, settings.at, bounds));
        }
        return {};
    }

    void async_connect(const call& bounds, net::completion<std::unique_ptr<net::transport>> done) const {
        if (settings.tls != nullptr)
            return net::async_connect_tls(on, settings.at, settings.tls, bounds, std::move(done));
        net::async_connect_tcp(on, settings.at, bounds, std::move(done));
    }

    [[nodiscard]] reply_ptr fresh_reply() { return reply_shelf::take(shelf, settings.dialect); }

    /// `put` appends the command to the message.
    template <class Put>
    [[nodiscard]] result<std::unique_ptr<command_exchange>> make_exchange(
        reply_ptr subject, std::size_t extra, Put put) {
        const auto& frame = settings.dialect->frame;
        bytes header(frame.header_length);
        write_header(frame, ++number, header);
        bytes message;
        // Never grown: that would leave keys in freed memory.
        message.reserve(std::size_t{frame.largest} + frame.trailer.size() + extra + 4);
        const auto mark = begin_frame(frame, header, message);
        const auto start = message.size();
        if (auto good = put(*subject, message); !good) {
            // What was written of it before the error was found is still there.
            message.resize(message.capacity());
            wipe(message);
            return good.error();
        }
        const auto size = message.size() - start;
        auto ended = end_frame(frame, mark, message);
        auto made = std::make_unique<command_exchange>(
            std::move(subject), command_message{std::move(message), start, size}, std::move(header));
        if (!ended) return ended.error();
        return made;
    }
    [[nodiscard]] result<std::unique_ptr<command_exchange>> make_exchange(const operation_request& request) {
        return make_exchange(
            fresh_reply(), 0, [&](reply& into, bytes& out) { return encode_call(request, into, out); });
    }
    [[nodiscard]] result<std::unique_ptr<command_exchange>> make_exchange(const raw_command& command) {
        const auto raw = command.body();
        return make_exchange(fresh_reply(), raw.size(), [&](reply& into, bytes& out) -> result<void> {
            CIPHERLANE_CHECK(bind_raw(raw, into));
            out.insert(out.end(), raw.begin(), raw.end());
            return {};
        });
    }

    /// After an error on the wire the stream is lost: a late answer must find nobody.
    void settle(const result<reply_ptr>& outcome) {
        busy = false;
        if (!outcome || hangs_up_after(**outcome)) link.reset();
    }

    [[nodiscard]] error with_endpoint(error why) const {
        if (!why.endpoint().empty()) return why;
        if (link != nullptr) return std::move(why).at_endpoint(link->endpoint());
        return why;
    }

    template <class Command>
    result<reply_ptr> run(const Command& command, const call& bounds) {
        CIPHERLANE_CHECK(admit());
        CIPHERLANE_TRY(auto exchange, make_exchange(command));
        CIPHERLANE_CHECK(connect(bounds));
        busy = true;
        auto outcome = net::run(*exchange, *link, bounds);
        if (!outcome) outcome = with_endpoint(outcome.error());
        settle(outcome);
        return outcome;
    }

    /// Gives `why` to a handler, not from within the initiating function.
    void fail_later(const error& why, net::completion<reply_ptr> done) const {
        net::post_completion<reply_ptr>(on, std::move(done), why);
    }

    void begin(const operation_request& request, const call& bounds, net::completion<reply_ptr> done) {
        if (auto admitted = admit(); !admitted) return fail_later(admitted.error(), std::move(done));
        auto exchange = make_exchange(request);
        if (!exchange) return fail_later(exchange.error(), std::move(done));
        busy = true;
        if (is_connected()) return start(*std::move(exchange), bounds, std::move(done));
        if (!reconnects) {
            busy = false;
            return fail_later(fail(hsm_errc::closed), std::move(done));
        }
        connect_first(*std::move(exchange), bounds, std::move(done));
    }

    void connect_first(std::unique_ptr<command_exchange> next, const call& bounds, net::completion<reply_ptr> done) {
        using pass_on = std::stop_callback<std::function<void()>>;
        connecting = std::make_shared<attempt>();
        auto watch = std::make_unique<pass_on>(bounds.stop(), [which = connecting] { which->stop.request_stop(); });
        const call limits(bounds.until(), connecting->stop.get_token());
        auto slot = boost::asio::get_associated_cancellation_slot(done);
        async_connect(limits,
            boost::asio::bind_executor(
                on, boost::asio::bind_cancellation_slot(
                        slot, [self = shared_from_this(), bounds, exchange = std::move(next), kept = std::move(watch),
                                  end = std::move(done)](result<std::unique_ptr<net::transport>> made) mutable {
                            kept.reset();
                            const auto which = std::exchange(self->connecting, nullptr);
                            // It may have been made before it was told to stop; nothing is sent all the same.
                            if (which->closed) made = fail(hsm_errc::closed);
                            if (!made) {
                                self->busy = false;
                                return std::move(end)(result<reply_ptr>(made.error()));
                            }
                            self->link = *std::move(made);
                            self->start(std::move(exchange), bounds, std::move(end));
                        })));
    }

    void close() noexcept {
        if (connecting != nullptr) {
            connecting->closed = true;
            connecting->stop.request_stop();
        }
        if (link != nullptr) link->close();
    }

    void start(std::unique_ptr<command_exchange> exchange, const call& bounds, net::completion<reply_ptr> done) {
        auto slot = boost::asio::get_associated_cancellation_slot(done);
        net::async_run(std::move(exchange), *link, bounds,
            boost::asio::bind_executor(
                on, boost::asio::bind_cancellation_slot(
                        slot, [self = shared_from_this(), end = std::move(done)](result<reply_ptr> outcome) mutable {
                            self->settle(outcome);
                            std::move(end)(std::move(outcome));
                        })));
    }
};

client::client(client_settings settings)
    : impl_(std::make_shared<impl>()) {
    impl_->own = std::make_unique<boost::asio::io_context>(1);
    impl_->on = impl_->own->get_executor();
    impl_->settings = std::move(settings);
}

client::client(boost::asio::any_io_executor on, client_settings settings)
    : impl_(std::make_shared<impl>()) {
    impl_->on = std::move(on);
    impl_->settings = std::move(settings);
}

client::client(std::unique_ptr<net::transport> link, std::shared_ptr<const profile> dialect)
    : impl_(std::make_shared<impl>()) {
    impl_->on = link->get_executor();
    impl_->link = std::move(link);
    impl_->settings.dialect = std::move(dialect);
    impl_->reconnects = false;
}

client::~client() {
    close();
}

const profile& client::dialect() const noexcept {
    return *impl_->settings.dialect;
}

result<void> client::connect(const call& bounds) {
    CIPHERLANE_CHECK(impl_->admit());
    return impl_->connect(bounds);
}

void client::close() noexcept {
    impl_->close();
}

boost::asio::any_io_executor client::get_executor() const {
    return impl_->on;
}

result<reply_ptr> client::run_command(const operation_request& request, const call& bounds) {
    return impl_->run(request, bounds);
}

result<raw_answer> client::execute(const raw_command& command, const call& bounds) {
    CIPHERLANE_TRY(const auto answer, impl_->run(command, bounds));
    return to_raw_answer(*answer);
}

void client::start_command(const operation_request& request, const call& bounds, call_end end) {
    auto slot = boost::asio::get_associated_cancellation_slot(end);
    impl_->begin(request, bounds,
        boost::asio::bind_cancellation_slot(slot, [last = std::move(end)](result<reply_ptr> outcome) mutable {
            if (!outcome) return std::move(last)(outcome.error());
            std::move(last)(&*outcome);
        }));
}

} // namespace cipherlane::hsm
