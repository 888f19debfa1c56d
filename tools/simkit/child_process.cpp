#include "simkit/child_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace cipherlane::sim {
namespace {

constexpr std::chrono::milliseconds patience_to_stop{20'000}; // to end in order, on a machine that is busy
// SIGKILL cannot be refused, but a process in the midst of a sync goes only behind it, and keeps its port and its
// locks.
constexpr std::chrono::milliseconds patience_to_die{60'000};
constexpr std::chrono::milliseconds poll_step{10};

error system_failure(int code, std::string_view operation) {
    return error({code, boost::system::system_category()}, layer::tools).during(operation);
}

/// A file opened for a child before it is forked. Closed on every path.
class child_file {
  public:
    child_file(const char* path, int flags) noexcept
        : descriptor_(::open(path, flags | O_CLOEXEC, 0600)) {}
    child_file(const child_file&) = delete;
    child_file& operator=(const child_file&) = delete;
    ~child_file() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    [[nodiscard]] int get() const noexcept { return descriptor_; }

  private:
    int descriptor_;
};

/// Between fork and exec: nothing but system calls, as other threads of the rig may hold any lock. Tells why the
/// program could not be started.
[[noreturn]] void become(char* const* words, pid_t parent, int input, int output, int errors, int report) noexcept {
    // A rig that is killed takes its programs along; one that ended before this line was reached, too.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
    const bool wired =
        ::dup2(input, STDIN_FILENO) >= 0 && ::dup2(output, STDOUT_FILENO) >= 0 && ::dup2(errors, STDERR_FILENO) >= 0;
    if (wired) ::execv(words[0], words);
    const int why = errno;
    (void)!::write(report, &why, sizeof why);
    ::_exit(127);
}

} // namespace

result<child_process> child_process::start(const std::vector<std::string>& arguments, const std::string& error_file) {
    std::vector<char*> words;
    for (const auto& word : arguments)
        words.push_back(const_cast<char*>(word.c_str())); // NOLINT: POSIX wants it so
    words.push_back(nullptr);
    const child_file input("/dev/null", O_RDONLY);
    const child_file errors(error_file.c_str(), O_WRONLY | O_CREAT | O_APPEND);
    if (input.get() < 0 || errors.get() < 0) return system_failure(errno, error_file);
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return system_failure(errno, "pipe");
    child_process child;
    child.output_ = pipe[0];
    std::array<int, 2> report{}; // closed by a successful exec
    if (::pipe2(report.data(), O_CLOEXEC) != 0) {
        const int why = errno;
        ::close(pipe[1]);
        return system_failure(why, "pipe");
    }
    const pid_t parent = ::getpid();
    child.id_ = ::fork();
    if (child.id_ == 0) become(words.data(), parent, input.get(), pipe[1], errors.get(), report[1]);
    int why = child.id_ < 0 ? errno : 0;
    ::close(pipe[1]);
    ::close(report[1]);
    if (child.id_ > 0 && ::read(report[0], &why, sizeof why) == static_cast<ssize_t>(sizeof why)) {
        (void)child.wait(patience_to_stop);
    }
    ::close(report[0]);
    if (why != 0) {
        child.id_ = -1;
        return system_failure(why, arguments[0]);
    }
    return child;
}

child_process::child_process(child_process&& other) noexcept
    : id_(std::exchange(other.id_, -1))
    , output_(std::exchange(other.output_, -1))
    , text_(std::move(other.text_))
    , code_(std::exchange(other.code_, std::nullopt)) {}

child_process& child_process::operator=(child_process&& other) noexcept {
    if (this != &other) {
        stop();
        if (output_ >= 0) ::close(output_);
        id_ = std::exchange(other.id_, -1);
        output_ = std::exchange(other.output_, -1);
        text_ = std::move(other.text_);
        code_ = std::exchange(other.code_, std::nullopt);
    }
    return *this;
}

child_process::~child_process() {
    stop();
    if (output_ >= 0) ::close(output_);
}

bool child_process::read_more(std::chrono::milliseconds patience) {
    pollfd ready{output_, POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(patience.count())) <= 0) return true;
    std::array<char, 4096> buffer{};
    const auto got = ::read(output_, buffer.data(), buffer.size());
    if (got <= 0) return false;
    text_.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
}

result<std::string> child_process::await(std::string_view key, std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    const std::string start = std::string(key) + " on ";
    bool open = true;
    while (true) {
        for (std::size_t at = 0, end = 0; (end = text_.find('\n', at)) != std::string::npos; at = end + 1) {
            const std::string_view line = std::string_view(text_).substr(at, end - at);
            if (line.starts_with(start)) return std::string(line.substr(start.size()));
        }
        if (!open) return system_failure(EPIPE, "await").with_peer_text(key);
        if (std::chrono::steady_clock::now() >= until) return system_failure(ETIMEDOUT, "await").with_peer_text(key);
        open = read_more(poll_step);
    }
}

std::string child_process::read_all(std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < until && read_more(poll_step)) {
    }
    return text_;
}

std::optional<int> child_process::wait(std::chrono::milliseconds patience) noexcept {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (id_ > 0 && !code_) {
        int status = 0;
        if (::waitpid(id_, &status, WNOHANG) == id_) {
            code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
            break;
        }
        if (std::chrono::steady_clock::now() >= until) break;
        std::this_thread::sleep_for(poll_step);
    }
    return code_;
}

void child_process::kill() noexcept {
    if (id_ <= 0 || code_) return;
    ::kill(id_, SIGKILL);
    (void)wait(patience_to_die);
}

int child_process::stop() noexcept {
    if (id_ <= 0) return 0;
    if (!code_) {
        ::kill(id_, SIGTERM);
        if (!wait(patience_to_stop)) kill();
    }
    return code_.value_or(-SIGKILL);
}

} // namespace cipherlane::sim
