#include "cipherlane/key_input.hpp"

#include "cipherlane/tool_door.hpp"

#include <cipherlane/core/core_dumps.hpp>
#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_file.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <termios.h>
#include <unistd.h>

namespace cipherlane::cli {
namespace {

constexpr std::size_t longest = 4096; ///< characters

bool is_hex(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return hex_value(c) >= 0; });
}

/// A terminal that shows nothing of what is typed, while this lives.
class silent_terminal {
  public:
    silent_terminal() {
        if (::isatty(STDIN_FILENO) == 0 || ::tcgetattr(STDIN_FILENO, &before_) != 0) return;
        auto silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        is_silent_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
    }
    silent_terminal(const silent_terminal&) = delete;
    silent_terminal& operator=(const silent_terminal&) = delete;
    ~silent_terminal() {
        if (!is_silent_) return;
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
        std::cerr << "\n";
    }
    [[nodiscard]] bool is_silent() const noexcept { return is_silent_; }

  private:
    termios before_{};
    bool is_silent_ = false;
};

/// One line, byte by byte: what is behind it stays for others. Somebody at a terminal is asked for it.
result<secret_bytes> first_line(std::string_view option) {
    const silent_terminal terminal;
    if (terminal.is_silent()) std::cerr << option << ": " << std::flush;
    secret_bytes text(longest);
    std::size_t size = 0;
    std::uint8_t one = 0;
    while (::read(STDIN_FILENO, &one, 1) == 1 && one != '\n') {
        if (size == longest) return error(core_errc::wrong_length, layer::tools).during("read key");
        text.expose()[size++] = one;
    }
    return secret_bytes(byte_view(text.expose().first(size)));
}

result<secret_bytes> line_from(std::string_view option, const std::string& given) {
    if (given == "-") return first_line(option);
    CIPHERLANE_TRY(auto file, secret_file::open(given));
    return file.read(longest);
}

/// Blanks between groups and at the end are left out.
result<secret_bytes> from_digits(byte_view text) {
    secret_bytes digits(text.size());
    std::size_t size = 0;
    for (const auto c : text) {
        if (c > ' ') digits.expose()[size++] = c;
    }
    if (size == 0) return error(core_errc::wrong_length, layer::tools).during("read key");
    secret_bytes key(size / 2);
    CIPHERLANE_CHECK(from_hex(as_text(byte_view(digits.expose().first(size))), key.expose()));
    return key;
}

result<secret_bytes> read_from(std::string_view option, const std::string& given) {
    if (is_hex(given)) return from_digits(as_bytes(given));
    CIPHERLANE_TRY(const auto line, line_from(option, given));
    return from_digits(line.expose());
}

/// A file that was named and is not there is wrong use; any other fault of a file is this machine's.
[[noreturn]] void refuse(const error& why, std::string_view option, const std::string& given) {
    std::error_code ignored;
    if (!is_hex(given) && given != "-" && !std::filesystem::exists(given, ignored)) {
        throw tool_stop(
            error(why).in_field(option), "neither hex digits nor a file that is there", ending::wrong_use);
    }
    throw tool_stop(error(why).in_field(option));
}

} // namespace

void keep_secrets() {
    if (const auto done = forbid_core_dumps(); !done) throw tool_stop(done.error());
}

void warn_of_arguments(std::string_view subcommand, std::string_view what, std::string_view instead) {
    std::cerr << "cipherlane " << subcommand << ": WARNING: " << what
              << " stands in clear among the arguments, where others see it in the list of processes; give "
              << instead << '\n';
}

secret_bytes read_key(std::string_view subcommand, std::string_view option, const std::string& given) {
    keep_secrets();
    if (is_hex(given)) warn_of_arguments(subcommand, option);
    auto key = read_from(option, given);
    if (!key) refuse(key.error(), option, given);
    return *std::move(key);
}

secret_bytes read_secret_line(std::string_view option, const std::string& given) {
    keep_secrets();
    auto line = line_from(option, given);
    if (!line) refuse(line.error(), option, given);
    auto text = line->expose();
    std::size_t size = 0;
    while (size < text.size() && text[size] > ' ')
        ++size;
    return secret_bytes(byte_view(text.first(size)));
}

} // namespace cipherlane::cli
