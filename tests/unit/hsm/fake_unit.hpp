#pragma once

#include <cipherlane/hsm/frame.hpp>
#include <cipherlane/net/tcp.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <thread>

namespace cipherlane::hsm::tests {

/// A unit on a port of its own whose answers are a function of the request's body: what it gives back is the answer's
/// body, or nothing for silence. No table of ours is used.
class fake_unit {
  public:
    using answerer = std::function<std::optional<bytes>(byte_view)>;

    fake_unit(framing how, answerer answer)
        : how_(how)
        , answer_(std::move(answer))
        , acceptor_(io_, {boost::asio::ip::address_v4::loopback(), 0}) {
        settings_.host = "127.0.0.1";
        settings_.port = acceptor_.local_endpoint().port();
        accept();
        thread_ = std::thread([this] { io_.run(); });
    }
    fake_unit(const fake_unit&) = delete;
    fake_unit& operator=(const fake_unit&) = delete;
    ~fake_unit() {
        io_.stop();
        thread_.join();
    }

    [[nodiscard]] const net::tcp_settings& at() const { return settings_; }
    [[nodiscard]] std::size_t requests() const { return requests_; }
    [[nodiscard]] std::size_t connections() const { return connections_; }
    void set_silent(const bool silent) { silent_ = silent; }
    /// Each answer goes out so many times, in one piece.
    void set_copies(const std::size_t copies) { copies_ = copies; }
    /// What follows an answer: of commands that answer twice.
    void set_second(answerer second) {
        boost::asio::post(io_, [this, second = std::move(second)] { second_ = second; });
    }
    /// Hangs up behind answers that begin with this byte. 0: never.
    void set_last_word(const std::uint8_t start) { last_word_ = start; }
    /// Resets every connection and stops listening.
    void kill() {
        boost::asio::post(io_, [this] { acceptor_.close(); });
        reset_connections();
    }
    void reset_connections() {
        boost::asio::post(io_, [this] {
            boost::system::error_code ignored;
            for (auto& each : sessions_) {
                each->socket.set_option(boost::asio::socket_base::linger(true, 0), ignored);
                each->socket.close(ignored);
            }
        });
    }
    /// Sends bytes that nobody asked for on every connection.
    void babble(bytes what) {
        boost::asio::post(io_, [this, what] {
            for (auto& each : sessions_) {
                boost::system::error_code ignored;
                boost::asio::write(each->socket, boost::asio::buffer(what), ignored);
            }
        });
    }

  private:
    struct session {
        explicit session(boost::asio::ip::tcp::socket from)
            : socket(std::move(from)) {}
        boost::asio::ip::tcp::socket socket;
        bytes input = bytes(4096);
        std::size_t have = 0;
    };

    void accept() {
        acceptor_.async_accept([this](auto why, boost::asio::ip::tcp::socket socket) {
            if (why) return;
            ++connections_;
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
        bytes out;
        std::size_t used = 0;
        bool last = false;
        while (!last) {
            auto cut = cut_frame(how_, byte_view(on.input).subspan(used, on.have - used));
            if (!cut || !*cut || (*cut)->body.empty()) break;
            const auto& message = **cut;
            const bool stream = how_.length == framing::prefix::none;
            used += stream ? message.consumed + message.body.size() : message.consumed;
            ++requests_;
            auto answer = silent_ ? std::nullopt : answer_(message.body);
            if (!answer) continue;
            for (std::size_t i = 0; i < copies_; ++i) {
                add(message.header, *answer, out);
            }
            if (second_) add(message.header, second_(message.body).value_or(bytes()), out);
            last = last_word_ != 0 && answer->front() == last_word_;
        }
        std::copy(on.input.begin() + static_cast<std::ptrdiff_t>(used),
            on.input.begin() + static_cast<std::ptrdiff_t>(on.have), on.input.begin());
        on.have -= used;
        boost::system::error_code ignored;
        if (!out.empty()) boost::asio::write(on.socket, boost::asio::buffer(out), ignored);
        if (last) on.socket.close(ignored);
    }

    void add(byte_view header, const bytes& answer, bytes& to) const {
        if (answer.empty()) return;
        const auto mark = begin_frame(how_, header, to);
        to.insert(to.end(), answer.begin(), answer.end());
        (void)end_frame(how_, mark, to);
    }

    framing how_;
    answerer answer_;
    answerer second_;
    boost::asio::io_context io_{1};
    boost::asio::ip::tcp::acceptor acceptor_;
    net::tcp_settings settings_;
    std::list<std::shared_ptr<session>> sessions_;
    std::atomic<std::size_t> requests_ = 0;
    std::atomic<std::size_t> connections_ = 0;
    std::atomic<bool> silent_ = false;
    std::atomic<std::size_t> copies_ = 1;
    std::atomic<std::uint8_t> last_word_ = 0;
    std::thread thread_;
};

inline bytes text(std::string_view from) {
    return {from.begin(), from.end()};
}

/// Whether it comes true as long as a test may take; what is awaited this way needs no guess at the machine's speed.
template <class Question>
bool soon(Question true_yet) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!true_yet()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

/// What a payshield says to the commands of these tests: translations give the block back.
inline std::optional<bytes> payshield_answer(byte_view body) {
    const auto said = as_text(body);
    if (said.starts_with("NC")) return text("ND0026860400000000000007-E000");
    if (said.starts_with("CA")) return text("CB0004" + std::string(said.substr(2 + 33 + 33 + 2, 16)) + "01");
    if (said.starts_with("A0")) return text("A100U1EF828AA8F6B80EB83E19FBC373F3A856F1E3F");
    return text(std::string(said.substr(0, 1)) + static_cast<char>(said[1] + 1) + "68");
}

} // namespace cipherlane::hsm::tests
