#include "lane/foreground_program.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace cipherlane::sim {

foreground_program::foreground_program(std::vector<std::string> words) {
    std::vector<char*> raw;
    for (auto& word : words)
        raw.push_back(word.data());
    raw.push_back(nullptr);
    std::array<int, 2> report{}; // closed by a successful exec
    if (::pipe2(report.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::system_category(), "pipe");
    const pid_t parent = ::getpid();
    id_ = ::fork();
    if (id_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() == parent) ::execvp(raw[0], raw.data());
        const int why = errno;
        (void)!::write(report[1], &why, sizeof why);
        ::_exit(127);
    }
    int why = id_ < 0 ? errno : 0;
    ::close(report[1]);
    const bool failed = id_ < 0 || ::read(report[0], &why, sizeof why) == static_cast<ssize_t>(sizeof why);
    ::close(report[0]);
    if (!failed) return;
    if (id_ > 0) ::waitpid(id_, nullptr, 0);
    throw std::runtime_error(words[0] + ": " + std::system_category().message(why));
}

foreground_program::~foreground_program() {
    if (id_ <= 0) return;
    ::kill(id_, SIGKILL);
    (void)wait();
}

int foreground_program::wait() {
    int status = 0;
    while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
    }
    id_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace cipherlane::sim
