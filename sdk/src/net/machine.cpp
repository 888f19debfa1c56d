#include <cipherlane/core/hex.hpp>
#include <cipherlane/net/machine.hpp>

#include <algorithm>
#include <ostream>

namespace cipherlane::net {

bool operator==(const action& a, const action& b) noexcept {
    return a.what == b.what && a.timeout == b.timeout && a.rule == b.rule && std::ranges::equal(a.bytes, b.bytes);
}

// Bytes are printed in tests only: an engine never writes an event or an action anywhere.
std::ostream& operator<<(std::ostream& out, const event& value) {
    switch (value.what) {
    case event::kind::started: return out << "started";
    case event::kind::sent: return out << "sent";
    case event::kind::received: return out << "received " << to_hex(value.bytes);
    case event::kind::expired: return out << "expired";
    case event::kind::failed: return out << "failed: " << value.why;
    }
    return out << "?";
}

std::ostream& operator<<(std::ostream& out, const action& value) {
    switch (value.what) {
    case action::kind::send: return out << "send " << to_hex(value.bytes);
    case action::kind::receive:
        out << "receive";
        if (value.rule == action::timer::goes_on) return out << " more";
        if (value.timeout.count() != 0) out << " within " << value.timeout.count() << " ms";
        return out;
    case action::kind::wait: return out << "wait " << value.timeout.count() << " ms";
    case action::kind::done: return out << "done";
    }
    return out << "?";
}

} // namespace cipherlane::net
