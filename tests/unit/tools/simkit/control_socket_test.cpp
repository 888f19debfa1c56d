// A control channel on a Unix socket: what it answers, and what must not get in or be put in its place.
#include "simkit/control_channel.hpp"
#include "simkit/control_client.hpp"
#include "support/temporary_folder.hpp"

#include <cipherlane/core/errc.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <fstream>
#include <string_view>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace cipherlane::sim {
namespace {

namespace fs = std::filesystem;

class ControlSocket : public testing::Test {
  protected:
    ~ControlSocket() override {
        io_.stop();
        if (server_.joinable()) server_.join();
    }

    [[nodiscard]] std::string path() const { return folder_.file("control"); }

    result<std::unique_ptr<control_channel>> listen(const std::string& where) {
        return control_channel::listen(io_, {0, where}, [this](const nlohmann::json&) {
            ++carried_out_;
            return nlohmann::json{{"value", 42}};
        });
    }
    result<std::unique_ptr<control_channel>> listen() { return listen(path()); }
    void serve() {
        server_ = std::thread([this] { io_.run(); });
    }
    /// Why there is no channel at `where`.
    std::string refusal(const std::string& where) {
        auto made = listen(where);
        return made ? "none" : made.error().to_string();
    }
    [[nodiscard]] mode_t mode() const {
        struct ::stat about {};
        return ::lstat(path().c_str(), &about) == 0 ? about.st_mode & 07777U : 0;
    }

    tests::temporary_folder folder_;
    boost::asio::io_context io_;
    std::atomic<int> carried_out_ = 0;
    std::thread server_;
};

bool says(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// What another user can do at a Unix socket: 0 if he gets nothing out of it.
int as_nobody(const std::string& path) {
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    path.copy(where.sun_path, sizeof where.sun_path - 1);
    const pid_t child = ::fork();
    if (child == 0) {
        // Nothing but system calls: another thread may hold any lock.
        if (::setresuid(65'534, 65'534, 65'534) != 0) ::_exit(3);
        const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (::connect(socket, reinterpret_cast<sockaddr*>(&where), sizeof where) != 0) ::_exit(0);
        constexpr std::string_view command = "{\"cmd\":\"pay\"}\n";
        (void)!::send(socket, command.data(), command.size(), MSG_NOSIGNAL);
        char one = 0;
        ::_exit(::recv(socket, &one, 1, 0) > 0 ? 5 : 0);
    }
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(ControlSocket, AnswersItsUserAndGoesWithItsChannel) {
    auto channel = listen();
    ASSERT_TRUE(channel) << channel.error();
    EXPECT_EQ(mode(), 0600U);
    EXPECT_EQ((*channel)->where(), "unix:" + path());
    serve();
    auto client = control_client::connect((*channel)->where());
    ASSERT_TRUE(client) << client.error();
    EXPECT_EQ(client->ask({{"cmd", "any"}}).at("value"), 42);
    EXPECT_THROW(client->ask({{"value", 1}}), std::runtime_error);
    io_.stop();
    server_.join();
    channel->reset();
    EXPECT_FALSE(fs::exists(path()));
    EXPECT_FALSE(control_client::connect("unix:" + path()));
}

TEST_F(ControlSocket, IsNoDoorForAnotherUser) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
    fs::permissions(folder_.path(), fs::perms(0711));
    auto channel = listen();
    ASSERT_TRUE(channel) << channel.error();
    serve();
    EXPECT_EQ(as_nobody(path()), 0);
    // Even where somebody has opened the file the kernel's word for the other end counts.
    fs::permissions(path(), fs::perms(0666));
    EXPECT_EQ(as_nobody(path()), 0);
    EXPECT_EQ(carried_out_, 0);
    EXPECT_EQ(control_client::connect("unix:" + path())->ask({{"cmd", "any"}}).at("value"), 42);
}

TEST_F(ControlSocket, IsNotMadeWhereOthersCouldReplaceIt) {
    for (const auto open : {0777, 0770, 01777, 0702}) {
        fs::permissions(folder_.path(), fs::perms(open));
        const auto why = refusal(path());
        EXPECT_TRUE(says(why, "open to others") && says(why, "expected a folder")) << why;
        EXPECT_FALSE(fs::exists(path()));
    }
    fs::create_directory(folder_.file("inner"));
    fs::permissions(folder_.file("inner"), fs::perms(0700));
    fs::permissions(folder_.path(), fs::perms(0777)); // who may rename the folder may put another there
    EXPECT_TRUE(says(refusal(folder_.file("inner/control")), "strangers cannot rename"));
    fs::permissions(folder_.path(), fs::perms(0700));
    EXPECT_TRUE(listen(folder_.file("inner/control")));
    EXPECT_TRUE(says(refusal(folder_.file("none/control")), "expected a folder of this user"));
    EXPECT_TRUE(says(refusal(folder_.file(std::string(108, 'x'))), "1 to 107 characters"));
}

TEST_F(ControlSocket, TakesNothingAwayButWhatItsOwnKindLeft) {
    std::ofstream(path()) << "precious";
    EXPECT_TRUE(says(refusal(path()), "expected nothing there"));
    EXPECT_TRUE(fs::is_regular_file(path()));
    fs::remove(path());
    fs::create_symlink(folder_.file("elsewhere"), path());
    EXPECT_TRUE(says(refusal(path()), "expected nothing there"));
    EXPECT_FALSE(fs::exists(folder_.file("elsewhere")));
    fs::remove(path());
    {
        auto first = listen();
        ASSERT_TRUE(first) << first.error();
        EXPECT_TRUE(says(refusal(path()), "in use")) << refusal(path());
        EXPECT_EQ(mode(), 0600U) << "the one in use stays";
    }
    // What a killed program leaves: a name that nobody listens behind.
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    path().copy(where.sun_path, sizeof where.sun_path - 1);
    const int left = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(::bind(left, reinterpret_cast<sockaddr*>(&where), sizeof where), 0);
    ::close(left);
    EXPECT_TRUE(listen());
}

TEST_F(ControlSocket, OfAStrangersProgramGetsNoCommands) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
    fs::permissions(folder_.path(), fs::perms(0777));
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    path().copy(where.sun_path, sizeof where.sun_path - 1);
    std::array<int, 2> ready{};
    ASSERT_EQ(::pipe(ready.data()), 0);
    const pid_t stranger = ::fork();
    if (stranger == 0) {
        if (::setresuid(65'534, 65'534, 65'534) != 0) ::_exit(3);
        const int door = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (::bind(door, reinterpret_cast<sockaddr*>(&where), sizeof where) != 0 || ::listen(door, 1) != 0)
            ::_exit(4);
        (void)!::write(ready[1], "x", 1);
        const int peer = ::accept(door, nullptr, nullptr);
        char one = 0;
        ::_exit(::recv(peer, &one, 1, 0) > 0 ? 5 : 0);
    }
    ::close(ready[1]);
    char one = 0;
    ASSERT_EQ(::read(ready[0], &one, 1), 1);
    ::close(ready[0]);
    const auto refused = control_client::connect("unix:" + path());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), boost::system::errc::permission_denied);
    int status = 0;
    ASSERT_EQ(::waitpid(stranger, &status, 0), stranger);
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(ControlAddress, IsAPortOrASocket) {
    EXPECT_EQ(control_address::parse("1501")->port, 1501);
    EXPECT_EQ(control_address::parse("0")->path, "");
    EXPECT_EQ(control_address::parse("unix:/run/x:y")->path, "/run/x:y");
    for (const auto* wrong : {"", "65536", "-1", "15 01", "unix:", "127.0.0.1:1501", "unix"})
        EXPECT_FALSE(control_address::parse(wrong)) << wrong;
}

} // namespace
} // namespace cipherlane::sim
