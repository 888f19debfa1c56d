#include "cipherlane/patient_output.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <poll.h>
#include <unistd.h>

namespace cipherlane::cli {
namespace {

/// So much a pipe that is ready takes without blocking.
constexpr std::size_t atomic_size = PIPE_BUF;

bool is_ready(int descriptor) {
    pollfd wanted{descriptor, POLLOUT, 0};
    return ::poll(&wanted, 1, 0) == 1 && (wanted.revents & (POLLOUT | POLLERR | POLLHUP)) != 0;
}

} // namespace

void patient_output::line(std::string_view text) {
    if (gone_) return;
    if (kept_.size() - begin_ + text.size() > most_kept_) {
        ++left_out_;
        return;
    }
    if (left_out_ != 0) kept_.append("(").append(std::to_string(left_out_)).append(" lines left out)\n");
    left_out_ = 0;
    kept_.append(text).append("\n");
    flush();
}

bool patient_output::flush() {
    while (!gone_ && begin_ < kept_.size() && is_ready(descriptor_)) {
        const auto size = std::min(atomic_size, kept_.size() - begin_);
        const auto written = ::write(descriptor_, kept_.data() + begin_, size);
        if (written < 0 && errno == EINTR) continue;
        gone_ = written < 0;
        if (written > 0) begin_ += static_cast<std::size_t>(written);
    }
    if (gone_) begin_ = kept_.size();
    if (begin_ == kept_.size() || begin_ > most_kept_) {
        kept_.erase(0, begin_);
        begin_ = 0;
    }
    return !kept_.empty();
}

} // namespace cipherlane::cli
