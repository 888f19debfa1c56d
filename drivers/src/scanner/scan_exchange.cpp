#include <cipherlane/drivers/scanner/scan_exchange.hpp>

#include <cassert>
#include <utility>

namespace cipherlane::drivers {
namespace {

/// So long nothing may come before a scanner counts as having said all of what it read earlier.
constexpr std::chrono::milliseconds quiet{40};

} // namespace

scan_exchange::scan_exchange(scan_reader& reader)
    : reader_(reader) {}

net::action scan_exchange::wait_on() const {
    return reader_.begun() ? net::action::receive(reader_.patience()) : net::action::receive();
}

net::action scan_exchange::resume(const net::event& what) {
    using kind = net::event::kind;
    switch (what.what) {
    case kind::started:
    case kind::sent: reader_.reset(); return net::action::receive(quiet);
    case kind::received:
        if (draining_) return net::action::receive(quiet);
        code_ = reader_.take(what.bytes);
        return code_ ? net::action::done() : wait_on();
    case kind::expired:
        if (!draining_) code_ = reader_.silent();
        draining_ = false;
        return code_ ? net::action::done() : wait_on();
    case kind::failed:
        reader_.reset();
        why_ = what.why;
        return net::action::done();
    }
    return net::action::done();
}

result<ports::scanned_code> scan_exchange::take() {
    if (why_) return *std::move(why_);
    assert(code_);
    return *std::move(code_);
}

} // namespace cipherlane::drivers
