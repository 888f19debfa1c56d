#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <functional>
#include <string>
#include <vector>

namespace cipherlane::benchmarks {

/// The least that a client with many requests in flight can do: frames, finds whose an answer is through an array,
/// calls one handler for each. Writes what was asked while it read at once.
///
/// What a client of a cipher machine must do besides, and this one does not: write a request from a key, a PIN block
/// and an account (it copies one that is ready and puts its number in), read the answer and its status, bound the
/// call by a deadline, take a cancel, wipe what it held. It is a limit to be measured against, not one to be reached.
class bare_client {
  public:
    bare_client(boost::asio::io_context& io, std::uint16_t port, std::string request, const bool framed,
        std::size_t answer_size)
        : socket_(io)
        , request_(std::move(request))
        , framed_(framed)
        , answer_size_(answer_size) {
        socket_.connect({boost::asio::ip::address_v4::loopback(), port});
        socket_.set_option(boost::asio::ip::tcp::no_delay(true));
        read();
    }
    bare_client(const bare_client&) = delete;
    bare_client& operator=(const bare_client&) = delete;

    void call(std::function<void(const char*, std::size_t)> done) {
        const auto number = static_cast<std::uint16_t>(++number_);
        waiting_[framed_ ? number : 0] = std::move(done);
        const auto at = pending_.size();
        pending_.append(request_);
        for (std::size_t i = 0; framed_ && i < 4; ++i) {
            pending_[at + 2 + i] = "0123456789ABCDEF"[(number >> (12 - 4 * i)) & 0xF];
        }
        if (!reading_) write();
    }

  private:
    void write() {
        if (writing_ || pending_.empty()) return;
        writing_ = true;
        sent_.swap(pending_);
        pending_.clear();
        boost::asio::async_write(socket_, boost::asio::buffer(sent_), [this](auto why, std::size_t) {
            writing_ = false;
            if (!why) write();
        });
    }

    void read() {
        socket_.async_read_some(
            boost::asio::buffer(input_.data() + have_, input_.size() - have_), [this](auto why, std::size_t size) {
                if (why) return;
                have_ += size;
                reading_ = true;
                take_answers();
                reading_ = false;
                write();
                read();
            });
    }

    void take_answers() {
        std::size_t used = 0;
        while (have_ - used >= answer_size_) {
            const char* at = input_.data() + used;
            std::size_t number = 0;
            for (std::size_t i = 2; framed_ && i < 6; ++i) {
                number = number * 16 + static_cast<std::size_t>(at[i] <= '9' ? at[i] - '0' : at[i] - 'A' + 10);
            }
            used += answer_size_;
            auto done = std::move(waiting_[number]);
            done(at, answer_size_);
        }
        std::copy(input_.begin() + static_cast<std::ptrdiff_t>(used),
            input_.begin() + static_cast<std::ptrdiff_t>(have_), input_.begin());
        have_ -= used;
    }

    boost::asio::ip::tcp::socket socket_;
    std::string request_;
    bool framed_;
    std::size_t answer_size_;
    std::vector<char> input_ = std::vector<char>(16'384);
    std::size_t have_ = 0;
    std::string pending_;
    std::string sent_;
    bool writing_ = false;
    bool reading_ = false;
    std::size_t number_ = 0;
    std::vector<std::function<void(const char*, std::size_t)>> waiting_{65'536};
};

} // namespace cipherlane::benchmarks
