#pragma once

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace cipherlane::tests {

/// A connection to a server of this machine, byte by byte.
class raw_connection {
  public:
    /// @param where "127.0.0.1:PORT" or the path of a Unix socket.
    explicit raw_connection(const std::string& where) {
        const auto colon = where.rfind(':');
        if (where.starts_with('/')) {
            sockaddr_un at{};
            at.sun_family = AF_UNIX;
            where.copy(at.sun_path, sizeof at.sun_path - 1);
            connect_to(AF_UNIX, reinterpret_cast<const sockaddr*>(&at), sizeof at);
        } else {
            sockaddr_in at{};
            at.sin_family = AF_INET;
            at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            at.sin_port = htons(static_cast<std::uint16_t>(std::stoi(where.substr(colon + 1))));
            connect_to(AF_INET, reinterpret_cast<const sockaddr*>(&at), sizeof at);
        }
    }
    raw_connection(const raw_connection&) = delete;
    raw_connection& operator=(const raw_connection&) = delete;
    ~raw_connection() { close(); }

    void close() {
        if (socket_ >= 0) ::close(std::exchange(socket_, -1));
    }
    /// It still reads.
    void send_no_more() const { ::shutdown(socket_, SHUT_WR); }
    [[nodiscard]] bool is_open() const { return socket_ >= 0; }
    bool send(std::string_view text) const {
        while (!text.empty()) {
            const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    /// What comes until `part` is in it, the other side has done, or the time is over.
    std::string read_until(std::string_view part, std::chrono::milliseconds patience = std::chrono::seconds(30)) {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (text_.find(part) == std::string::npos) {
            const auto left =
                std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
            pollfd ready{socket_, POLLIN, 0};
            if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0) break;
            char piece[4096];
            const auto got = ::recv(socket_, piece, sizeof piece, 0);
            if (got <= 0) {
                ended_ = true;
                break;
            }
            text_.append(piece, static_cast<std::size_t>(got));
        }
        return text_;
    }
    [[nodiscard]] bool ended() const { return ended_; }
    /// What was read is forgotten.
    void forget() { text_.clear(); }

  private:
    void connect_to(int family, const sockaddr* at, socklen_t size) {
        socket_ = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (::connect(socket_, at, size) != 0) close();
    }

    int socket_ = -1;
    bool ended_ = false;
    std::string text_;
};

struct http_reply {
    int status = 0; ///< 0: none came
    std::string head;
    std::string body;
};

/// A request as HTTP/1.1 has it; without a token where that is empty.
inline std::string http_text(const std::string& verb, const std::string& path, const std::string& body,
    const std::string& token, const std::string& more = {}) {
    std::string text = verb + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + more;
    if (!token.empty()) text += "Authorization: Bearer " + token + "\r\n";
    if (!body.empty() || verb == "POST") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return text + "\r\n" + body;
}

/// The answer to a request that ended its connection.
inline http_reply read_reply(raw_connection& from, std::chrono::milliseconds patience = std::chrono::seconds(60)) {
    const auto text = from.read_until("\r\n\r\n", patience);
    http_reply made;
    const auto end = text.find("\r\n\r\n");
    if (end == std::string::npos || !text.starts_with("HTTP/1.1 ")) return made;
    made.status = std::atoi(text.c_str() + 9);
    made.head = text.substr(0, end);
    made.body = from.read_until("\x01 no byte of any answer", patience).substr(end + 4);
    return made;
}

inline http_reply call_http(const std::string& where, const std::string& verb, const std::string& path,
    const std::string& body = {}, const std::string& token = {}) {
    raw_connection to(where);
    if (!to.is_open() || !to.send(http_text(verb, path, body, token))) return {};
    return read_reply(to);
}

} // namespace cipherlane::tests
