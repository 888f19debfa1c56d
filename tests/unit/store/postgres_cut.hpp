#pragma once

#include <arpa/inet.h>
#include <atomic>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace cipherlane::tests {

/// A line to a PostgreSQL server that breaks when it is told to: at the n-th thing that the client sends from then
/// on, before the server has it, or behind it, so that the server acts and its answer is lost.
class postgres_cut {
  public:
    enum class where { before_the_server, behind_it };

    explicit postgres_cut(int server_port)
        : server_port_(server_port)
        , listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        auto at = loopback(0);
        socklen_t size = sizeof at;
        const bool listens = ::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0 &&
                             ::listen(listener_, 16) == 0 &&
                             ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) == 0;
        if (!listens) throw std::runtime_error("no port");
        port_ = ntohs(at.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    postgres_cut(const postgres_cut&) = delete;
    postgres_cut& operator=(const postgres_cut&) = delete;
    ~postgres_cut() {
        ending_ = true;
        let_go();
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }

    [[nodiscard]] std::string address() const {
        return "postgresql://postgres@127.0.0.1:" + std::to_string(port_) + "/postgres?sslmode=disable";
    }
    /// At the n-th thing sent, from 1.
    void cut_at(int nth, where place) {
        place_ = place;
        left_ = nth;
    }
    /// The n-th thing sent, from 1, waits before the server has it, until it is let go.
    void hold_at(int nth) { hold_left_ = nth; }
    void wait_until_held() const { held_.wait(false); }
    void let_go() {
        hold_left_ = -1;
        held_ = false;
        held_.notify_all();
    }
    /// Whether new connections end at once.
    void refuse(bool now) { refusing_ = now; }
    /// Whether that moment has come.
    [[nodiscard]] bool has_cut() const { return left_ == 0; }

  private:
    static sockaddr_in loopback(int port) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        at.sin_port = htons(static_cast<std::uint16_t>(port));
        return at;
    }

    void serve() {
        while (!ending_) {
            const int client = ::accept(listener_, nullptr, nullptr);
            if (client < 0) return;
            if (refusing_) {
                ::close(client);
                continue;
            }
            const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            const auto at = loopback(server_port_);
            if (::connect(server, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0) carry(client, server);
            ::close(client);
            ::close(server);
        }
    }

    /// One connection at a time, until an end closes or the cut comes.
    void carry(int client, int server) {
        bool swallow = false; // what the server answers, until it has closed
        while (!ending_) {
            pollfd lines[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
            if (::poll(lines, 2, 50) < 0) return;
            char data[65536];
            if (lines[0].revents != 0) {
                const auto size = ::read(client, data, sizeof data);
                if (size <= 0) return;
                const bool now = left_ > 0 && --left_ == 0;
                if (hold_left_ > 0 && --hold_left_ == 0) {
                    held_ = true;
                    held_.notify_all();
                    held_.wait(true);
                }
                if (now && place_ == where::before_the_server) return;
                if (::send(server, data, static_cast<std::size_t>(size), MSG_NOSIGNAL) < 0) return;
                swallow = swallow || now;
            }
            if (lines[1].revents != 0) {
                const auto size = ::read(server, data, sizeof data);
                if (size <= 0 || swallow) return; // it has carried out what was sent
                if (::send(client, data, static_cast<std::size_t>(size), MSG_NOSIGNAL) < 0) return;
            }
        }
    }

    const int server_port_;
    const int listener_;
    int port_ = 0;
    std::atomic<bool> ending_{false};
    std::atomic<bool> refusing_{false};
    std::atomic<int> left_{-1};
    std::atomic<int> hold_left_{-1};
    std::atomic<bool> held_{false};
    std::atomic<where> place_{where::behind_it};
    std::thread thread_;
};

} // namespace cipherlane::tests
