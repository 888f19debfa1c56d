#include "simkit/unix_listener.hpp"

#include "simkit/accept_loop.hpp"
#include "simkit/peer_user.hpp"

#include <cipherlane/core/errc.hpp>

#include <cerrno>
#include <filesystem>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace cipherlane::sim {

using boost::asio::local::stream_protocol;
using boost::system::error_code;

namespace {

namespace fs = std::filesystem;
using file_state = struct ::stat;

constexpr std::size_t longest_path = sizeof(sockaddr_un::sun_path) - 1;
constexpr mode_t private_mode = S_IRUSR | S_IWUSR;
constexpr std::string_view right_folder = "a folder of this user that nobody else may write to, as one of mode 0700";

error refused(core_errc what, const std::string& where, std::string_view expected) {
    return error(what, layer::tools)
        .during("control socket")
        .at_endpoint(where)
        .with_hint("expected " + std::string(expected));
}

error failed_at(error_code why, const std::string& path) {
    return error(why, layer::tools).during("control socket").at_endpoint(path);
}

/// Whoever may write to a folder may put another socket in the place of ours, and whoever may rename the folders
/// above may put another folder there.
result<void> judge_folder(const std::string& path) {
    const auto named = fs::path(path).parent_path();
    std::error_code none;
    const auto folder = fs::canonical(named.empty() ? fs::path(".") : named, none);
    file_state state{};
    if (none || ::stat(folder.c_str(), &state) != 0) return refused(core_errc::no_file, named.string(), right_folder);
    if (state.st_uid != ::geteuid() && state.st_uid != 0)
        return refused(core_errc::file_owner, folder.string(), right_folder);
    if ((state.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return refused(core_errc::file_mode, folder.string(), right_folder);
    for (auto above = folder; above.has_relative_path();) {
        above = above.parent_path();
        const bool known = ::stat(above.c_str(), &state) == 0 && (state.st_uid == ::geteuid() || state.st_uid == 0);
        if (!known || ((state.st_mode & S_IWOTH) != 0 && (state.st_mode & S_ISVTX) == 0))
            return refused(core_errc::file_mode, above.string(), "folders that strangers cannot rename");
    }
    return {};
}

/// Takes a socket away that its program left behind when it was killed.
result<void> clear_away(boost::asio::io_context& on, const std::string& path) {
    file_state there{};
    if (::lstat(path.c_str(), &there) != 0) return {};
    if (!S_ISSOCK(there.st_mode)) return refused(core_errc::file_kind, path, "nothing there");
    if (there.st_uid != ::geteuid()) return refused(core_errc::file_owner, path, "nothing there");
    stream_protocol::socket probe(on);
    error_code why;
    probe.connect(stream_protocol::endpoint(path), why);
    if (why != boost::asio::error::connection_refused)
        return failed_at(why ? why : make_error_code(boost::asio::error::address_in_use), path)
            .with_hint(why ? "" : "another program listens there: end it, or take another path");
    if (::unlink(path.c_str()) != 0) return failed_at({errno, boost::system::system_category()}, path);
    return {};
}

} // namespace

struct unix_listener::impl : accept_loop<stream_protocol> {
    using accept_loop::accept_loop;

    /// The mode is set before there is a name: no moment at which others could connect, and no umask, which all
    /// threads share.
    error_code listen() {
        error_code failed;
        acceptor.open(stream_protocol(), failed);
        if (!failed && ::fchmod(acceptor.native_handle(), private_mode) != 0)
            failed.assign(errno, boost::system::system_category());
        if (!failed) acceptor.bind(stream_protocol::endpoint(path), failed);
        if (failed) return failed;
        is_ours = ::lstat(path.c_str(), &made) == 0;
        acceptor.listen(boost::asio::socket_base::max_listen_connections, failed);
        return failed;
    }

    /// The name goes with the socket, unless it is another's by now.
    void leave() noexcept {
        stop();
        file_state there{};
        const bool same = is_ours && ::lstat(path.c_str(), &there) == 0 && there.st_ino == made.st_ino &&
                          there.st_dev == made.st_dev;
        if (same) ::unlink(path.c_str());
    }

    std::string path;
    file_state made{};
    bool is_ours = false;
};

result<std::unique_ptr<unix_listener>> unix_listener::open(
    boost::asio::io_context& on, const std::string& path, std::function<void(stream_protocol::socket)> accepted) {
    if (path.empty() || path.size() > longest_path) {
        return refused(core_errc::file_kind, path, "a path of 1 to " + std::to_string(longest_path) + " characters");
    }
    CIPHERLANE_CHECK(judge_folder(path));
    CIPHERLANE_CHECK(clear_away(on, path));
    auto own_user_alone = [hand_over = std::move(accepted)](stream_protocol::socket peer) {
        if (is_own_user(peer)) hand_over(std::move(peer));
    };
    auto body = std::make_shared<impl>(on, std::move(own_user_alone), descriptors::all);
    body->path = path;
    std::unique_ptr<unix_listener> made(new unix_listener(body));
    if (const auto failed = body->listen()) return failed_at(failed, path);
    if ((body->made.st_mode & ~static_cast<mode_t>(S_IFMT)) != private_mode)
        return refused(core_errc::file_mode, path, "a disk that keeps the mode 0600");
    body->start();
    return made;
}

unix_listener::unix_listener(std::shared_ptr<impl> body)
    : impl_(std::move(body)) {}

unix_listener::~unix_listener() {
    impl_->leave();
}

const std::string& unix_listener::path() const noexcept {
    return impl_->path;
}

} // namespace cipherlane::sim
