#include "cipherlane/hsm_describe.hpp"
#include "cipherlane/hsm_tools.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/frame.hpp>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <deque>
#include <iostream>

namespace cipherlane::cli {
namespace {

using boost::asio::ip::tcp;

/// A request that waits for its answer.
struct asked_command {
    bytes header;
    const hsm::command_spec* command = nullptr;
    hsm::field_set values;
    reveal how = reveal::masked;
};

/// What one connection says, in words.
class listener {
  public:
    listener(const hsm::codec& engine, const std::vector<std::string>& cards, std::size_t number)
        : engine_(&engine)
        , cards_(&cards)
        , number_(number) {}

    void request(byte_view data) { take(data, requests_, true); }
    void answer(byte_view data) { take(data, answers_, false); }

  private:
    void take(byte_view data, bytes& kept, const bool is_request) {
        kept.insert(kept.end(), data.begin(), data.end());
        const auto& frame = engine_->dialect().frame;
        std::size_t used = 0;
        for (;;) {
            const auto cut = hsm::cut_frame(frame, byte_view(kept).subspan(used));
            if (!cut) {
                std::cout << number_ << " not understood: " << cut.error() << "\n";
                kept.clear();
                return;
            }
            if (!*cut || (*cut)->body.empty()) break;
            const auto size = is_request ? show_request(**cut) : show_answer(**cut);
            if (size == 0) break;
            used += size;
        }
        kept.erase(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(used));
    }

    [[nodiscard]] std::size_t size_of(const hsm::frame_view& message, std::size_t body) const {
        const bool stream = engine_->dialect().frame.length == hsm::framing::prefix::none;
        return stream ? message.consumed + body : message.consumed;
    }

    static bool is_early(const error& why) { return why.code() == hsm::make_error_code(hsm::hsm_errc::incomplete); }

    std::size_t show_request(const hsm::frame_view& message) {
        asked_command made;
        made.header.assign(message.header.begin(), message.header.end());
        const auto read = engine_->decode_request(message.body, made.values);
        const bool stream = engine_->dialect().frame.length == hsm::framing::prefix::none;
        if (!read) {
            if (stream && is_early(read.error())) return 0;
            std::cout << number_ << " > " << read.error() << " (" << message.body.size() << " bytes)\n";
            waiting_.push_back(std::move(made));
            return size_of(message, message.body.size());
        }
        made.command = read->command;
        made.how = reveal_for(made.values);
        std::cout << number_ << " > " << read->command->code << " " << read->command->title << "\n";
        print(read->command->request, made.values, made.how);
        const auto size = size_of(message, read->consumed);
        if (made.how == reveal::all) std::cout << "      hex: " << to_hex(message.body.first(read->consumed)) << "\n";
        waiting_.push_back(std::move(made));
        return size;
    }

    std::size_t show_answer(const hsm::frame_view& message) {
        auto whose = std::find_if(waiting_.begin(), waiting_.end(), [&](const asked_command& each) {
            return std::equal(each.header.begin(), each.header.end(), message.header.begin(), message.header.end());
        });
        if (whose == waiting_.end() || whose->command == nullptr) {
            if (whose != waiting_.end()) waiting_.erase(whose);
            std::cout << number_ << " < (" << message.body.size() << " bytes)\n";
            return size_of(message, message.body.size());
        }
        hsm::field_set values;
        const auto read = engine_->decode_answer(*whose->command, message.body, whose->values, values);
        const bool stream = engine_->dialect().frame.length == hsm::framing::prefix::none;
        if (!read && stream && is_early(read.error())) return 0;
        std::size_t body = message.body.size();
        if (read) {
            body = read->consumed;
            std::cout << number_ << " < " << whose->command->code << " status " << read->code.view();
            if (read->code != "00")
                std::cout << " " << engine_->dialect().meaning(*whose->command, read->code.view());
            std::cout << "\n";
            print(whose->command->answer, values, whose->how);
        } else {
            std::cout << number_ << " < " << read.error() << "\n";
        }
        waiting_.erase(whose);
        return size_of(message, body);
    }

    /// Whole only where every card in it is on the list.
    [[nodiscard]] reveal reveal_for(const hsm::field_set& values) const {
        for (const char* name : {"account", "pan"}) {
            const auto digits = values.text(hsm::field_name(name));
            const bool listed = std::any_of(cards_->begin(), cards_->end(), [&](const std::string& card) {
                return digits.size() >= 8 && card.find(digits) != std::string::npos;
            });
            if (listed) return reveal::all;
        }
        return reveal::masked;
    }

    static void print(const hsm::layout& fields, const hsm::field_set& values, reveal how) {
        for (const auto& field : describe(fields, values, how)) {
            std::cout << "      " << field.name << ": " << field.value << "\n";
        }
    }

    const hsm::codec* engine_;
    const std::vector<std::string>* cards_;
    std::size_t number_;
    bytes requests_;
    bytes answers_;
    std::deque<asked_command> waiting_;
};

/// One application's connection and the one to the unit.
class tapped : public std::enable_shared_from_this<tapped> {
  public:
    tapped(tcp::socket application, tcp::socket unit, listener what)
        : sides_{std::move(application), std::move(unit)}
        , what_(std::move(what)) {}

    void start() {
        pass(0);
        pass(1);
    }

  private:
    void pass(std::size_t from) {
        sides_[from].async_read_some(boost::asio::buffer(buffers_[from]), [self = shared_from_this(), from](
                                                                              auto why, std::size_t size) {
            if (why) return self->end();
            const byte_view data(self->buffers_[from].data(), size);
            // On its way first: a tap must not slow down what it looks at.
            boost::asio::async_write(self->sides_[1 - from], boost::asio::buffer(self->buffers_[from].data(), size),
                [self, from, data](auto failed, std::size_t) {
                    if (failed) return self->end();
                    from == 0 ? self->what_.request(data) : self->what_.answer(data);
                    std::cout.flush();
                    self->pass(from);
                });
        });
    }

    void end() {
        boost::system::error_code ignored;
        for (auto& each : sides_) {
            each.close(ignored);
        }
    }

    std::array<tcp::socket, 2> sides_;
    std::array<std::array<std::uint8_t, 16'384>, 2> buffers_{};
    listener what_;
};

} // namespace

void tap(const tap_options& how) {
    auto dialect = hsm::profile::find(how.profile);
    if (!dialect) give_up(dialect.error());
    const auto to = net::parse_endpoint(how.to);
    if (!to) give_up(to.error());
    const hsm::codec engine(*dialect);
    boost::asio::io_context io(1);
    tcp::acceptor acceptor(io, {boost::asio::ip::address_v4::loopback(), how.listen});
    boost::asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&](auto, int) { io.stop(); });
    tcp::resolver resolver(io);
    std::size_t number = 0;
    std::function<void()> accept = [&] {
        acceptor.async_accept([&](auto why, tcp::socket application) {
            if (why) return;
            tcp::socket unit(io);
            boost::system::error_code failed;
            boost::asio::connect(unit, resolver.resolve(to->host, std::to_string(to->port), failed), failed);
            if (failed) {
                std::cout << "the unit cannot be reached: " << failed.message() << std::endl;
            } else {
                std::make_shared<tapped>(
                    std::move(application), std::move(unit), listener(engine, how.test_cards, ++number))
                    ->start();
            }
            accept();
        });
    };
    accept();
    std::cout << "listening on 127.0.0.1:" << acceptor.local_endpoint().port() << std::endl;
    io.run();
}

} // namespace cipherlane::cli
