#include "lock_file.hpp"

#include <cipherlane/store/errc.hpp>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cipherlane::store {

lock_file::~lock_file() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

result<lock_file> lock_file::take(const std::string& path) {
    lock_file taken;
    taken.descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (taken.descriptor_ < 0) return error(store_errc::cannot_open, layer::store).during("lock").at_endpoint(path);
    if (::flock(taken.descriptor_, LOCK_EX | LOCK_NB) != 0) {
        const auto what = errno == EWOULDBLOCK ? store_errc::in_use : store_errc::io_failed;
        return error(what, layer::store).during("lock").at_endpoint(path);
    }
    return taken;
}

} // namespace cipherlane::store
