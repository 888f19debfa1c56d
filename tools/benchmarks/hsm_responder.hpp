#pragma once

#include "placement.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace cipherlane::benchmarks {

/// What a unit of the bench speaks: framed requests whose header comes back, or requests of a fixed size.
struct fixed_dialect {
    std::size_t request_size = 0; ///< 0: a two-byte length in front, a header of four characters
    std::string answer;           ///< body
    std::string diagnosis;        ///< body of the answer to NC, of framed dialects
};

/// Gives the same answer to every request, on a thread of its own. Both clients are measured against it.
class fixed_responder {
  public:
    explicit fixed_responder(fixed_dialect what, std::optional<int> core = std::nullopt)
        : what_(std::move(what))
        , acceptor_(io_, {boost::asio::ip::address_v4::loopback(), 0}) {
        accept();
        thread_ = std::thread([this, core] {
            const auto here = core ? std::make_unique<pinned>(*core) : nullptr;
            io_.run();
        });
    }
    fixed_responder(const fixed_responder&) = delete;
    fixed_responder& operator=(const fixed_responder&) = delete;
    ~fixed_responder() {
        io_.stop();
        thread_.join();
    }

    /// What a connection costs on this side, nearly all of it its buffer.
    static constexpr std::size_t memory_of_session = 65'536;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Resets all connections and refuses new ones.
    void reset() {
        boost::asio::post(io_, [this] {
            acceptor_.close();
            for (auto& each : sessions_) {
                each->socket.set_option(boost::asio::socket_base::linger(true, 0));
                each->socket.close();
            }
        });
    }
    void fall_silent() {
        boost::asio::post(io_, [this] { silent_ = true; });
    }

  private:
    struct session {
        explicit session(boost::asio::ip::tcp::socket from)
            : socket(std::move(from)) {}
        boost::asio::ip::tcp::socket socket;
        std::vector<char> input = std::vector<char>(memory_of_session);
        std::size_t have = 0;
        std::string out;
    };

    void accept() {
        port_ = acceptor_.local_endpoint().port();
        acceptor_.async_accept([this](auto why, boost::asio::ip::tcp::socket socket) {
            if (why) return;
            socket.set_option(boost::asio::ip::tcp::no_delay(true));
            sessions_.push_back(std::make_shared<session>(std::move(socket)));
            read(sessions_.back());
            accept();
        });
    }

    void read(std::shared_ptr<session> on) {
        auto room = boost::asio::buffer(on->input.data() + on->have, on->input.size() - on->have);
        on->socket.async_read_some(room, [this, on](auto why, std::size_t size) {
            if (why) return;
            on->have += size;
            serve(*on);
            read(on);
        });
    }

    void serve(session& on) {
        std::size_t used = 0;
        on.out.clear();
        while (const auto size = next(on.input.data() + used, on.have - used)) {
            answer(on, on.input.data() + used);
            used += size;
        }
        std::copy(on.input.begin() + static_cast<std::ptrdiff_t>(used),
            on.input.begin() + static_cast<std::ptrdiff_t>(on.have), on.input.begin());
        on.have -= used;
        boost::system::error_code ignored;
        if (!on.out.empty() && !silent_) boost::asio::write(on.socket, boost::asio::buffer(on.out), ignored);
    }

    [[nodiscard]] std::size_t next(const char* at, std::size_t left) const {
        if (what_.request_size != 0) return left >= what_.request_size ? what_.request_size : 0;
        if (left < 2) return 0;
        const std::size_t size =
            static_cast<std::size_t>(static_cast<unsigned char>(at[0])) * 256 + static_cast<unsigned char>(at[1]);
        return left >= size + 2 ? size + 2 : 0;
    }

    void answer(session& on, const char* request) {
        if (what_.request_size != 0) {
            on.out.append(what_.answer);
            return;
        }
        const bool diagnosis = request[6] == 'N' && request[7] == 'C';
        const auto& body = diagnosis ? what_.diagnosis : what_.answer;
        on.out.push_back('\0');
        on.out.push_back(static_cast<char>(body.size() + 4));
        on.out.append(request + 2, 4);
        on.out.append(body);
    }

    fixed_dialect what_;
    boost::asio::io_context io_{1};
    boost::asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_ = 0;
    std::list<std::shared_ptr<session>> sessions_;
    bool silent_ = false;
    std::thread thread_;
};

} // namespace cipherlane::benchmarks
