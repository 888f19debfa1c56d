#include "line_setup.hpp"

#include "../../refusals.hpp"

#include <array>
#include <cerrno>

// The kernel's own termios2: <termios.h> knows only the standard rates and cannot be included beside it.
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/net/descriptor_transport.hpp>

#include <asm/termbits.h>
#include <poll.h>
#include <sys/ioctl.h>

namespace cipherlane::drivers {
namespace {

constexpr std::array<tcflag_t, 4> sizes{CS5, CS6, CS7, CS8};

tcflag_t control_flags(const serial_settings& settings) {
    tcflag_t flags = CLOCAL | CREAD | BOTHER | sizes[static_cast<std::size_t>(settings.data_bits - 5)];
    if (settings.parity != serial_settings::parity_kind::none) flags |= PARENB;
    if (settings.parity == serial_settings::parity_kind::odd) flags |= PARODD;
    if (settings.stop_bits == serial_settings::stop_kind::two) flags |= CSTOPB;
    if (settings.flow == serial_settings::flow_kind::rts_cts) flags |= CRTSCTS;
    // Dropping DTR at close makes the edge that `leave` is there to avoid.
    if (settings.dtr != serial_settings::line_policy::leave) flags |= HUPCL;
    return flags;
}

/// A rate within 2 % is what a UART's divisor can be off by and still be read.
bool near(unsigned wanted, unsigned got) {
    const auto difference = wanted > got ? wanted - got : got - wanted;
    return difference <= wanted / 50;
}

} // namespace

result<void> set_up_line(int descriptor, const serial_settings& settings) {
    termios2 line{};
    if (::ioctl(descriptor, TCGETS2, &line) != 0) {
        // A file that is no terminal cannot be this device.
        if (errno != ENOTTY) return net::error_from_errno(errno, layer::drivers);
        return bad_setting("device").with_hint("found something else than a serial line there");
    }
    line.c_iflag = settings.flow == serial_settings::flow_kind::xon_xoff ? IXON | IXOFF : 0;
    line.c_oflag = 0;
    line.c_lflag = 0;
    line.c_cflag = control_flags(settings);
    line.c_ispeed = settings.baud;
    line.c_ospeed = settings.baud;
    line.c_cc[VMIN] = 1;
    line.c_cc[VTIME] = 0;
    if (::ioctl(descriptor, TCSETS2, &line) != 0) {
        return errno == EINVAL ? bad_setting("baud") : net::error_from_errno(errno, layer::drivers);
    }
    if (::ioctl(descriptor, TCGETS2, &line) != 0) return net::error_from_errno(errno, layer::drivers);
    if (!near(settings.baud, line.c_ospeed)) return bad_setting("baud");
    return {};
}

void set_modem_lines(int descriptor, const serial_settings& settings) noexcept {
    const auto set = [descriptor](serial_settings::line_policy policy, int line) {
        if (policy == serial_settings::line_policy::leave) return;
        ::ioctl(descriptor, policy == serial_settings::line_policy::raise ? TIOCMBIS : TIOCMBIC, &line);
    };
    set(settings.dtr, TIOCM_DTR);
    set(settings.rts, TIOCM_RTS);
}

bool line_is_alive(int descriptor) noexcept {
    termios2 line{};
    return ::ioctl(descriptor, TCGETS2, &line) == 0;
}

void drop_input(int descriptor) noexcept {
    ::ioctl(descriptor, TCFLSH, TCIFLUSH);
}

void end_line(int descriptor) noexcept {
    ::ioctl(descriptor, TCFLSH, TCIFLUSH);
    constexpr int step_ms = 20;
    constexpr int most_still_ms = 200;
    constexpr int most_ms = 5'000;
    int waiting = 0;
    int before = 0;
    for (int still = 0, all = 0; ::ioctl(descriptor, TIOCOUTQ, &waiting) == 0 && waiting > 0; all += step_ms) {
        still = waiting == before ? still + step_ms : 0;
        if (still >= most_still_ms || all >= most_ms) {
            ::ioctl(descriptor, TCFLSH, TCOFLUSH);
            return;
        }
        before = waiting;
        ::poll(nullptr, 0, step_ms);
    }
}

} // namespace cipherlane::drivers
