#include "client/command_exchange.hpp"
#include "client/message_builder.hpp"
#include "command/bind.hpp"
#include "command/reply_shelf.hpp"
#include "fail.hpp"

#include <cipherlane/hsm/client.hpp>
#include <cipherlane/net/engine.hpp>

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

    [[nodiscard]] result<std::unique_ptr<command_exchange>> make_exchange(reply_ptr subject, byte_view raw) {
        const auto& frame = settings.dialect->frame;
        bytes header(frame.header_length);
        write_header(frame, ++number, header);
        bytes message;
        // Never grown: that would leave keys in freed memory.
        message.reserve(std::size_t{frame.largest} + frame.trailer.size() + raw.size() + 4);
        const auto mark = begin_frame(frame, header, message);
        if (raw.empty()) {
            const codec engine(settings.dialect);
            if (auto put = engine.encode_request(*subject->command, subject->asked, message); !put) {
                // What was written of it before the error was found is still there.
                message.resize(message.capacity());
                wipe(message);
                return put.error();
            }
        } else {
            message.insert(message.end(), raw.begin(), raw.end());
        }
        auto ended = end_frame(frame, mark, message);
        auto made = std::make_unique<command_exchange>(std::move(subject), std::move(message), std::move(header));
        if (!ended) return ended.error();
        return made;
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

    result<reply_ptr> run(reply_ptr subject, byte_view raw, const call& bounds) {
        CIPHERLANE_TRY(auto exchange, make_exchange(std::move(subject), raw));
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
        auto subject = fresh_reply();
        if (auto bound = bind_request(request, *subject); !bound) return fail_later(bound.error(), std::move(done));
        auto exchange = make_exchange(std::move(subject), {});
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
    CIPHERLANE_CHECK(impl_->admit());
    auto subject = impl_->fresh_reply();
    CIPHERLANE_CHECK(bind_request(request, *subject));
    return impl_->run(std::move(subject), {}, bounds);
}

result<raw_answer> client::execute(const raw_command& command, const call& bounds) {
    CIPHERLANE_CHECK(impl_->admit());
    auto subject = impl_->fresh_reply();
    CIPHERLANE_CHECK(bind_raw(command.body(), *subject));
    CIPHERLANE_TRY(const auto answer, impl_->run(std::move(subject), command.body(), bounds));
    return to_raw_answer(*answer);
}

namespace {

/// An end in memory of its own, for calls that a transport's completion carries.
class carried_end final : public call_home {
  public:
    explicit carried_end(const call_end_source& from)
        : room_(::operator new(from.size))
        , end_(from.make(room_, from.handler)) {}
    ~carried_end() {
        if (end_ != nullptr) end_->~call_end();
        ::operator delete(room_);
    }
    [[nodiscard]] boost::asio::cancellation_slot slot() const noexcept { return end_->slot(); }

    static void finish(std::unique_ptr<carried_end> self, result<reply_ptr> outcome) {
        auto& home = *self.release();
        home.answer_ = outcome ? std::move(*outcome) : reply_ptr();
        const error why = outcome ? error() : outcome.error();
        home.end_->finish(home.answer_.get(), outcome ? nullptr : &why, home);
    }
    [[nodiscard]] reply_ptr take_answer() override { return std::move(answer_); }
    void leave() noexcept override {
        end_ = nullptr;
        delete this;
    }

  private:
    void* room_;
    call_end* end_;
    reply_ptr answer_;
};

/// The end as a completion that runs wherever it is told.
net::completion<reply_ptr> as_completion(const call_end_source& from) {
    auto kept = std::make_unique<carried_end>(from);
    auto slot = kept->slot();
    return boost::asio::bind_cancellation_slot(slot, [kept = std::move(kept)](result<reply_ptr> outcome) mutable {
        carried_end::finish(std::move(kept), std::move(outcome));
    });
}

} // namespace

void client::start_command(const operation_request& request, const call& bounds, const call_end_source& end) {
    impl_->begin(request, bounds, as_completion(end));
}

} // namespace cipherlane::hsm
