#include "tls_transport.hpp"

#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/post_completion.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>

#include <array>
#include <atomic>

namespace cipherlane::net {
namespace {

namespace asio = boost::asio;

/// Encrypts above a link. Output that reading causes (a key update's answer) leaves with the next write, which is
/// when the protocol wants it; renegotiation is off.
class tls_state : public std::enable_shared_from_this<tls_state> {
  public:
    tls_state(std::unique_ptr<transport> link, std::unique_ptr<tls_session> session)
        : link_(std::move(link))
        , session_(std::move(session)) {}

    result<void> write(byte_view data, const call& bounds) {
        if (failed_) return make(net_errc::not_open, "write");
        CIPHERLANE_CHECK(encrypt(data));
        return noted(link_->write(session_->take_output(), bounds));
    }

    result<std::size_t> read_some(byte_span into, const call& bounds) {
        for (;;) {
            auto clear = decrypt(into);
            if (!clear || *clear > 0 || into.empty()) return clear;
            auto got = link_->read_some(sealed_, bounds);
            if (!got) return got.error();
            session_->feed(byte_view(sealed_).first(*got));
        }
    }

    void async_write(byte_view data, completion<void> done) {
        if (failed_) return post_completion<void>(executor(), std::move(done), make(net_errc::not_open, "write"));
        if (auto sealed = encrypt(data); !sealed) {
            return post_completion<void>(executor(), std::move(done), sealed.error());
        }
        auto slot = asio::get_associated_cancellation_slot(done);
        link_->async_write(session_->take_output(),
            asio::bind_executor(executor(),
                asio::bind_cancellation_slot(
                    slot, [self = shared_from_this(), end = std::move(done)](result<void> sent) mutable {
                        post_completion<void>(self->executor(), std::move(end), self->noted(std::move(sent)));
                    })));
    }

    void async_read_some(byte_span into, completion<std::size_t> done) {
        auto clear = decrypt(into);
        if (!clear || *clear > 0 || into.empty()) {
            return post_completion<std::size_t>(executor(), std::move(done), std::move(clear));
        }
        auto slot = asio::get_associated_cancellation_slot(done);
        link_->async_read_some(sealed_,
            asio::bind_executor(executor(),
                asio::bind_cancellation_slot(
                    slot, [self = shared_from_this(), into, end = std::move(done)](result<std::size_t> got) mutable {
                        if (!got) return post_completion<std::size_t>(self->executor(), std::move(end), got.error());
                        self->session_->feed(byte_view(self->sealed_).first(*got));
                        self->async_read_some(into, std::move(end));
                    })));
    }

    void close() {
        if (link_->is_open() && !failed_) {
            // A closing alert, if the link takes it at once: nobody waits for a peer that is going away.
            session_->close_notify();
            (void)link_->write(session_->take_output(), call(std::chrono::milliseconds{20}));
        }
        failed_ = true;
        link_->close();
    }

    [[nodiscard]] bool is_open() const { return !failed_ && link_->is_open(); }
    [[nodiscard]] transport& link() const noexcept { return *link_; }
    [[nodiscard]] asio::any_io_executor executor() const { return link_->get_executor(); }

  private:
    [[nodiscard]] error make(net_errc code, std::string_view doing) const {
        return error(code, layer::net).during(doing).at_endpoint(link_->endpoint());
    }
    [[nodiscard]] result<void> encrypt(byte_view data) {
        auto sealed = session_->encrypt(data);
        if (sealed) return sealed;
        failed_ = true;
        return sealed.error().at_endpoint(link_->endpoint());
    }
    [[nodiscard]] result<std::size_t> decrypt(byte_span into) {
        if (failed_) return make(net_errc::not_open, "read");
        auto clear = session_->decrypt(into);
        if (clear) return clear;
        failed_ = true;
        return clear.error().at_endpoint(link_->endpoint());
    }
    /// A record that left in part cannot be followed by another.
    [[nodiscard]] result<void> noted(result<void> sent) {
        if (!sent) failed_ = true;
        return sent;
    }

    std::unique_ptr<transport> link_;
    std::unique_ptr<tls_session> session_;
    std::atomic<bool> failed_{false};
    std::array<std::uint8_t, 8192> sealed_{};
};

class tls_transport final : public transport {
  public:
    explicit tls_transport(std::shared_ptr<tls_state> state)
        : state_(std::move(state)) {}
    ~tls_transport() override { state_->close(); }

    result<void> write(byte_view data, const call& bounds) override { return state_->write(data, bounds); }
    result<std::size_t> read_some(byte_span into, const call& bounds) override {
        return state_->read_some(into, bounds);
    }
    void async_write(byte_view data, completion<void> done) override { state_->async_write(data, std::move(done)); }
    void async_read_some(byte_span into, completion<std::size_t> done) override {
        state_->async_read_some(into, std::move(done));
    }
    void cancel() noexcept override { state_->link().cancel(); }
    void close() noexcept override { state_->close(); }
    bool is_open() const noexcept override { return state_->is_open(); }
    asio::any_io_executor get_executor() override { return state_->executor(); }
    std::string_view endpoint() const noexcept override { return state_->link().endpoint(); }

  private:
    std::shared_ptr<tls_state> state_;
};

} // namespace

std::unique_ptr<transport> make_tls_transport(std::unique_ptr<transport> link, std::unique_ptr<tls_session> session) {
    return std::make_unique<tls_transport>(std::make_shared<tls_state>(std::move(link), std::move(session)));
}

} // namespace cipherlane::net
