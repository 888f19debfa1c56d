#include "simkit/pty_pair.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <stdlib.h> // NOLINT(modernize-deprecated-headers): posix_openpt is not in <cstdlib>
#include <termios.h>
#include <unistd.h>
#include <utility>

namespace cipherlane::sim {
namespace {

error system_failure() {
    return error({errno, boost::system::system_category()}, layer::tools).during("open pty");
}

} // namespace

result<pty_pair> pty_pair::open() {
    pty_pair pair;
    pair.master_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (pair.master_ < 0 || ::grantpt(pair.master_) != 0 || ::unlockpt(pair.master_) != 0) return system_failure();
    std::array<char, 128> name{};
    if (::ptsname_r(pair.master_, name.data(), name.size()) != 0) return system_failure();
    pair.path_ = name.data();
    pair.slave_ =
        ::open(pair.path_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC); // NOLINT(cppcoreguidelines-pro-type-vararg)
    if (pair.slave_ < 0) return system_failure();
    termios mode{};
    if (::tcgetattr(pair.slave_, &mode) != 0) return system_failure();
    ::cfmakeraw(&mode);
    if (::tcsetattr(pair.slave_, TCSANOW, &mode) != 0) return system_failure();
    return pair;
}

pty_pair::pty_pair(pty_pair&& other) noexcept
    : master_(std::exchange(other.master_, -1))
    , slave_(std::exchange(other.slave_, -1))
    , path_(std::move(other.path_)) {}

pty_pair& pty_pair::operator=(pty_pair&& other) noexcept {
    if (this != &other) {
        unplug();
        master_ = std::exchange(other.master_, -1);
        slave_ = std::exchange(other.slave_, -1);
        path_ = std::move(other.path_);
    }
    return *this;
}

pty_pair::~pty_pair() {
    unplug();
}

int pty_pair::release_master() noexcept {
    return std::exchange(master_, -1);
}

void pty_pair::unplug() noexcept {
    if (slave_ >= 0) ::close(std::exchange(slave_, -1));
    if (master_ >= 0) ::close(std::exchange(master_, -1));
}

} // namespace cipherlane::sim
