#include "language_unit.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/errc.hpp>

#include <boost/asio/system_executor.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <spawn.h>
#include <sstream>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

extern char** environ; // NOLINT: POSIX wants it so

namespace cipherlane::hsm::tests {
namespace {

using named_values = std::map<std::string, bytes, std::less<>>;

/// The other program: its standard input and output are one socket.
class driver {
  public:
    driver() = default;
    driver(const driver&) = delete;
    driver& operator=(const driver&) = delete;
    ~driver() { (void)end(); }

    void start(const std::string& program) {
        if (id_ > 0) return;
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return;
        posix_spawn_file_actions_t wiring;
        ::posix_spawn_file_actions_init(&wiring);
        ::posix_spawn_file_actions_adddup2(&wiring, ends[1], STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&wiring, ends[1], STDOUT_FILENO);
        std::string line = "exec " + program;
        std::array<std::string, 2> words{"sh", "-c"};
        std::array<char*, 4> arguments{words[0].data(), words[1].data(), line.data(), nullptr};
        if (::posix_spawn(&id_, "/bin/sh", &wiring, nullptr, arguments.data(), environ) != 0) id_ = -1;
        ::posix_spawn_file_actions_destroy(&wiring);
        ::close(ends[1]);
        socket_ = ends[0];
        const timeval patience{60, 0}; // a virtual machine's start under load
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }

    /// Its answer's words; none where it is gone.
    std::vector<std::string> ask(const std::string& line) {
        const auto whole = line + "\n";
        if (::send(socket_, whole.data(), whole.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(whole.size()))
            return {};
        std::array<char, 4096> room{};
        while (heard_.find('\n') == std::string::npos) {
            const auto size = ::recv(socket_, room.data(), room.size(), 0);
            if (size <= 0) return {};
            heard_.append(room.data(), static_cast<std::size_t>(size));
        }
        std::istringstream answer(heard_.substr(0, heard_.find('\n')));
        heard_.erase(0, heard_.find('\n') + 1);
        std::vector<std::string> words;
        for (std::string word; answer >> word;)
            words.push_back(word);
        return words;
    }

    /// How it ended; 0 too where it was never started.
    int end() {
        if (socket_ >= 0) ::close(socket_);
        socket_ = -1;
        int status = 0;
        if (id_ > 0) ::waitpid(id_, &status, 0);
        id_ = -1;
        return status;
    }

  private:
    pid_t id_ = -1;
    int socket_ = -1;
    std::string heard_;
};

driver& the_driver() {
    static driver one;
    return one;
}

class driver_ends_well final : public testing::Environment {
    void TearDown() override { EXPECT_EQ(the_driver().end(), 0) << "the program in the other language"; }
};
// Before main, as the framework wants it; it owns what it is given.
[[maybe_unused]] const auto* const ending = testing::AddGlobalTestEnvironment(new driver_ends_well);

std::string text_of(const std::string& hex) {
    if (hex == "-") return {};
    const auto data = from_hex(hex).value();
    return std::string(as_text(data));
}

/// A fault of a layer that this suite does not provoke is shown whole, and is a fault of the binding.
error fault_of(const std::vector<std::string>& words) {
    if (words.size() != 7) {
        return error(make_error_code(hsm_errc::closed), layer::hsm)
            .with_hint("the program in the other language is gone");
    }
    const auto code = std::atoi(words[2].c_str());
    if (text_of(words[1]) != "hsm") ADD_FAILURE() << text_of(words[6]);
    return error(make_error_code(static_cast<hsm_errc>(code)), layer::hsm)
        .during(text_of(words[4]))
        .in_field(text_of(words[5]))
        .with_peer_code(text_of(words[3]));
}

result<named_values> values_of(const std::vector<std::string>& words) {
    if (words.empty() || words[0] != "ok") return fault_of(words);
    named_values values;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const auto cut = words[i].find('=');
        values[words[i].substr(0, cut)] = from_hex(words[i].substr(cut + 1)).value();
    }
    return values;
}

/// " t:key_type=74706B"
std::string word_of(std::string_view name, byte_view value) {
    const bool plain = !value.empty() && std::all_of(value.begin(), value.end(),
                                             [](std::uint8_t each) { return each >= 0x20 && each < 0x7F; });
    const bool number = name == "size" || name == "index";
    return std::string(number ? " n:" : plain ? " t:" : " b:").append(name).append("=").append(to_hex(value));
}

std::string line_of(const operation_request& request) {
    const std::string name(to_string(request.what()));
    std::string line = "run " + name;
    const auto& values = request.values();
    for (const auto& word : the_driver().ask("fields " + name)) {
        const auto field = word.substr(0, word.find_first_of("!="));
        // The typed request takes the length at once with the MAC.
        if (field == "mac_length")
            line += word_of(field, as_bytes(values.text(field_name("mac")).size() == 4 ? "4" : "8"));
        const auto value = values.get(field_name(field));
        // A typed request of one empties the other.
        const bool other_holder = value && value->empty() && (field == "card" || field == "account");
        if (value && !other_holder) line += word_of(field, *value);
    }
    return line;
}

/// The words that a unit of this dialect says "does not match" with.
void say_mismatch(const profile& dialect, reply& into) {
    for (const auto& each : dialect.commands) {
        if (each.mismatch.empty()) continue;
        into.command = &each;
        into.status.what = answer_status::kind::refused;
        into.status.code = each.mismatch.front() == "*" ? "~" : std::string_view(each.mismatch.front());
        return;
    }
}

} // namespace

language_unit::language_unit(const std::string& program, const std::string& at, const std::string& profile_name,
    std::shared_ptr<const profile> dialect)
    : dialect_(std::move(dialect)) {
    the_driver().start(program);
    const auto answer = the_driver().ask("open " + at + " " + profile_name);
    if (answer.empty() || answer[0] != "ok") ADD_FAILURE() << "open " << at << ": " << fault_of(answer);
}

boost::asio::any_io_executor language_unit::get_executor() const {
    return boost::asio::system_executor();
}

result<raw_answer> language_unit::execute(const raw_command& command, const call&) {
    CIPHERLANE_TRY(const auto got, values_of(the_driver().ask("execute " + to_hex(command.body()))));
    raw_answer made;
    made.body = got.at("answer");
    made.status = as_text(got.at("status"));
    made.meaning = as_text(got.at("meaning"));
    return made;
}

result<reply_ptr> language_unit::run_command(const operation_request& request, const call&) {
    CIPHERLANE_TRY(const auto got, values_of(the_driver().ask(line_of(request))));
    reply_ptr made(new reply, reply_return{});
    made->dialect = dialect_;
    made->command = &dialect_->commands.front();
    if (const auto warning = got.find("warning"); warning != got.end()) {
        made->status.what = answer_status::kind::warning;
        made->status.code = as_text(warning->second);
    }
    const auto right = got.find("right");
    if (right != got.end() && as_text(right->second) != "1") say_mismatch(*dialect_, *made);
    for (const auto& [name, value] : got) {
        // Of a judgement its words are all: what it was made of has been looked at already.
        if (right == got.end() || name == "arpc") made->values.set(field_name(name), value);
    }
    return made;
}

void language_unit::start_command(const operation_request&, const call&, call_end) {
    std::abort();
}

} // namespace cipherlane::hsm::tests
