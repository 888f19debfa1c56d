#include "http_exchange.hpp"

#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/hostlink/errc.hpp>

#include <boost/asio/buffer.hpp>

namespace cipherlane::hostlink {
namespace {

namespace http = boost::beast::http;

/// What the parser may want to see again: a header (its own limit is 8 KiB), a chunk's line or a trailer.
constexpr std::size_t largest_pending = 16'384;

/// With what it held before.
void wipe_text(std::string& text) {
    text.resize(text.capacity());
    wipe(std::span(reinterpret_cast<std::uint8_t*>(text.data()), text.size()));
}

error http_error(hostlink_errc what) {
    return error(what, layer::hostlink).during("HTTP");
}

} // namespace

http_exchange::http_exchange(std::string request, std::size_t body_limit)
    : request_(std::move(request))
    , outcome_(http_error(hostlink_errc::no_answer)) {
    pending_.reserve(largest_pending); // so that growing leaves no copies
    parser_.body_limit(body_limit);
    parser_.eager(true);
}

http_exchange::~http_exchange() {
    wipe_text(request_);
    wipe_text(pending_);
    wipe_text(parser_.get().body());
}

net::action http_exchange::resume(const net::event& what) {
    switch (what.what) {
    case net::event::kind::started: return net::action::send(as_bytes(request_));
    case net::event::kind::sent: return net::action::receive();
    case net::event::kind::received: return take_bytes(what.bytes);
    case net::event::kind::expired: return fail(http_error(hostlink_errc::no_answer));
    case net::event::kind::failed: break;
    }
    if (what.why.is(condition::timed_out)) return fail(http_error(hostlink_errc::no_answer));
    if (what.why.is(condition::link_lost) && parser_.is_header_done()) {
        // A body without a length ends with the connection.
        boost::beast::error_code code;
        parser_.put_eof(code);
        if (!code && parser_.is_done()) return finish();
    }
    return fail(http_error(hostlink_errc::lost_after_send));
}

net::action http_exchange::take_bytes(byte_view data) {
    pending_.append(as_text(data));
    while (!pending_.empty() && !parser_.is_done()) {
        boost::beast::error_code code;
        const auto used = parser_.put(boost::asio::buffer(pending_), code);
        pending_.erase(0, used);
        if (code == http::error::need_more) break;
        if (code) return fail(http_error(hostlink_errc::unreadable_answer));
        if (used == 0) break;
    }
    if (parser_.is_done()) return finish();
    if (pending_.size() > largest_pending) return fail(http_error(hostlink_errc::unreadable_answer));
    return net::action::receive();
}

net::action http_exchange::finish() {
    http_fields fields;
    for (const auto& one : parser_.get())
        fields.add({one.name_string().data(), one.name_string().size()}, {one.value().data(), one.value().size()});
    outcome_ = http_answer{parser_.get().result_int(), std::move(parser_.get().body()), std::move(fields)};
    return net::action::done();
}

net::action http_exchange::fail(const error& why) {
    outcome_ = why;
    return net::action::done();
}

} // namespace cipherlane::hostlink
