#include "simkit/child_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

extern char** environ; // NOLINT(readability-redundant-declaration): not declared by every libc

namespace cipherlane::sim {
namespace {

constexpr std::chrono::milliseconds patience_to_stop{2000};
constexpr std::chrono::milliseconds poll_step{10};

error system_failure(int code, std::string_view operation) {
    return error({code, boost::system::system_category()}, layer::tools).during(operation);
}

/// The file actions of one spawn, freed on every path.
class spawn_actions {
  public:
    spawn_actions() { ::posix_spawn_file_actions_init(&actions_); }
    spawn_actions(const spawn_actions&) = delete;
    spawn_actions& operator=(const spawn_actions&) = delete;
    ~spawn_actions() { ::posix_spawn_file_actions_destroy(&actions_); }
    [[nodiscard]] posix_spawn_file_actions_t* get() noexcept { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_{};
};

} // namespace

result<child_process> child_process::start(const std::vector<std::string>& arguments, const std::string& error_file) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return system_failure(errno, "pipe");
    std::vector<char*> words;
    for (const auto& word : arguments)
        words.push_back(const_cast<char*>(word.c_str())); // NOLINT: POSIX wants it so
    words.push_back(nullptr);

    spawn_actions actions;
    ::posix_spawn_file_actions_adddup2(actions.get(), pipe[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(
        actions.get(), STDERR_FILENO, error_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    child_process child;
    const int failed = ::posix_spawn(&child.id_, words[0], actions.get(), nullptr, words.data(), environ);
    ::close(pipe[1]);
    child.output_ = pipe[0];
    if (failed != 0) {
        child.id_ = -1;
        return system_failure(failed, arguments[0]);
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
    (void)wait(patience_to_stop);
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
