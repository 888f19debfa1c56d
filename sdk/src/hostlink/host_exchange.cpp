#include "host_exchange.hpp"

#include <cipherlane/hostlink/errc.hpp>

namespace cipherlane::hostlink {
namespace {

error host_error(hostlink_errc what) {
    return error(what, layer::hostlink).during("exchange");
}

} // namespace

host_exchange::host_exchange(byte_view frame, const ports::answer_filter& filter, net::length_prefixed& stream)
    : frame_(frame)
    , filter_(filter)
    , stream_(stream)
    , outcome_(host_error(hostlink_errc::no_answer)) {}

net::action host_exchange::resume(const net::event& what) {
    switch (what.what) {
    case net::event::kind::started: return net::action::send(frame_);
    case net::event::kind::sent: return take_messages();
    case net::event::kind::received: return take_bytes(what.bytes);
    case net::event::kind::expired: return fail(host_error(hostlink_errc::no_answer));
    case net::event::kind::failed: break;
    }
    const bool silence = what.why.is(condition::timed_out);
    return fail(host_error(silence ? hostlink_errc::no_answer : hostlink_errc::lost_after_send));
}

net::action host_exchange::take_bytes(byte_view data) {
    // What stands whole in front of something unreadable is as good as without it.
    const auto fed = stream_.feed(data);
    const auto next = take_messages();
    const bool wants_more = next.what == net::action::kind::receive;
    return fed || !wants_more ? next : fail(host_error(hostlink_errc::unreadable_answer));
}

/// What the stream has, of this link's earlier exchanges too.
net::action host_exchange::take_messages() {
    const auto prefix = stream_.prefix();
    const auto poll = byte_span(poll_).first(net::size_of(prefix));
    while (const auto message = stream_.next()) {
        if (message->empty()) {
            ++polls_;
            net::put_prefix(poll, 0, prefix);
            return net::action::send(poll);
        }
        if (filter_.matches(*message)) {
            outcome_ = bytes(message->begin(), message->end());
            return net::action::done();
        }
        ++dropped_;
    }
    return net::action::receive();
}

net::action host_exchange::fail(const error& why) {
    outcome_ = why;
    return net::action::done();
}

result<bytes> host_exchange::take() {
    return std::move(outcome_);
}

} // namespace cipherlane::hostlink
