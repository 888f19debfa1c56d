#include "cipherlane/hsm_conversation.hpp"
#include "cipherlane/hsm_hint.hpp"
#include "cipherlane/hsm_tap_opening.hpp"
#include "cipherlane/hsm_tap_record.hpp"
#include "cipherlane/hsm_tap_replay.hpp"
#include "cipherlane/hsm_tap_side.hpp"
#include "cipherlane/hsm_tools.hpp"
#include "simkit/listen_hint.hpp"
#include "simkit/peer_user.hpp"

#include <cipherlane/core/counted_line.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/net/errc.hpp>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <poll.h>
#include <pwd.h>
#include <unistd.h>

namespace cipherlane::cli {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

constexpr auto connect_time = 10s;
/// A peer that ended its side has this long to say the rest.
constexpr auto farewell_time = 30s;
/// An acceptor that fails (no descriptors left, say) is asked again after this.
constexpr auto accept_pause = 200ms;
constexpr auto second_look = 250ms;
constexpr auto half_time = 3s;
constexpr auto print_pause = 50ms;

/// One application's connection and the one to the unit.
class tapped : public std::enable_shared_from_this<tapped> {
  public:
    tapped(const boost::asio::any_io_executor& on, std::unique_ptr<tap_side> application,
        std::unique_ptr<tap_side> unit, conversation what, std::function<void(std::string)> closed)
        : sides_{std::move(application), std::move(unit)}
        , what_(std::move(what))
        , closed_(std::move(closed))
        , farewell_(on)
        , quiet_(on) {}
    tapped(const tapped&) = delete;
    tapped& operator=(const tapped&) = delete;
    ~tapped() {
        for (auto& each : buffers_) {
            wipe(each);
        }
    }

    void start() {
        pass(0);
        pass(1);
        watch();
    }
    /// Whether the application may still ask for something.
    [[nodiscard]] bool is_open() const { return closed_ != nullptr && !ended_[0]; }

  private:
    static const char* name_of(std::size_t side) { return side == 0 ? "the application" : "the unit"; }

    void pass(std::size_t from) {
        sides_[from]->read(byte_span(buffers_[from]).subspan(from == 0 ? held_ : 0),
            [self = shared_from_this(), from](const std::string& why, bool ended, std::size_t size) {
                if (ended) return self->half_close(from);
                if (!why.empty()) return self->end(why + " (" + name_of(from) + ")");
                self->heard(from, size);
            });
    }

    /// Nothing of an application leaves before it is clear that it is no web page.
    void heard(std::size_t from, std::size_t size) {
        if (from != 0 || opening_ == tap_opening::message) return send_on(from, size);
        held_ += size;
        opening_ = judge_opening(byte_view(buffers_[0]).first(held_));
        if (opening_ == tap_opening::http)
            return end("by the tap: an HTTP request, as a web page sends; nothing of it reached the unit");
        if (opening_ == tap_opening::undecided) return pass(0);
        send_on(0, std::exchange(held_, 0));
    }

    void send_on(std::size_t from, std::size_t size) {
        const byte_view data(buffers_[from].data(), size);
        // On its way first: a tap must not slow down what it looks at.
        sides_[1 - from]->write(data, [self = shared_from_this(), from](const std::string& failed) {
            if (!failed.empty()) return self->end(failed + " (" + name_of(1 - from) + ")");
            if (self->is_over()) return self->end(self->first_);
            self->pass(from);
        });
        if (from == 0)
            what_.request(data);
        else
            what_.answer(data);
        watch();
    }

    /// A message that is not whole for so long may never be: of another kind of length, say.
    void watch() {
        quiet_.cancel();
        if (!what_.has_half()) return;
        quiet_.expires_after(half_time);
        quiet_.async_wait([self = shared_from_this()](const error_code& stopped) {
            if (!stopped) self->what_.tell_halves("and no more for 3 s");
        });
    }

    /// The other side may still have something to say.
    void half_close(std::size_t from) {
        ended_[from] = true;
        if (first_.empty()) first_ = std::string("by ") + name_of(from);
        if (ended_[1 - from]) return end(first_);
        untold_ = !sides_[1 - from]->end_sending();
        if (is_over()) return end(first_);
        farewell_.expires_after(farewell_time);
        farewell_.async_wait([self = shared_from_this()](const error_code& stopped) {
            if (!stopped) self->end(self->first_);
        });
    }

    /// A peer that cannot be told waits for nothing, and nobody waits for it.
    [[nodiscard]] bool is_over() const { return untold_ && !what_.is_waiting(); }

    void end(const std::string& why) {
        if (closed_ == nullptr) return;
        for (const auto& each : sides_) {
            each->close();
        }
        farewell_.cancel();
        quiet_.cancel();
        what_.tell_halves("then the connection was closed");
        std::exchange(closed_, nullptr)(why + unanswered(why));
    }

    /// What it may mean that the unit has hung up on a request.
    [[nodiscard]] std::string unanswered(const std::string& why) const {
        if (why != std::string("by ") + name_of(1) || !what_.is_waiting()) return {};
        return " without an answer; " + hint_for(error(net_errc::closed_by_peer, layer::net));
    }

    std::array<std::unique_ptr<tap_side>, 2> sides_;
    std::array<std::array<std::uint8_t, 16'384>, 2> buffers_{};
    std::array<bool, 2> ended_{};
    tap_opening opening_ = tap_opening::undecided;
    std::size_t held_ = 0; ///< of the application's first bytes
    bool untold_ = false;  ///< the side that is left does not know of it
    std::string first_;
    conversation what_;
    std::function<void(std::string)> closed_;
    boost::asio::steady_timer farewell_;
    boost::asio::steady_timer quiet_;
};

/// Listens, connects, and prints.
class tap_server {
  public:
    tap_server(const tap_options& how, net::tcp_settings unit, std::shared_ptr<const hsm::profile> dialect)
        : unit_(std::move(unit))
        , tls_(how.tls.client())
        , engine_(std::move(dialect))
        , cards_(how.test_cards)
        , user_(how.user)
        , most_(how.connections) {
        if (how.form == output_form::json) {
            json_ = true;
            sinks_.add(std::make_unique<tap_lines>([this](std::string_view line) { out_.line(line); }));
        } else {
            sinks_.add(std::make_unique<tap_page>(out_));
        }
        if (how.record.empty()) return;
        auto made = record_to(how.record, unit_.port);
        if (!made) {
            throw tool_complaint(ending::own_fault, how.record + ": cannot be made, or is there already");
        }
        sinks_.add(std::move(made));
    }

    void run(std::uint16_t port) {
        listen(port);
        boost::asio::signal_set signals(io_, SIGINT, SIGTERM);
        signals.async_wait([this](auto, int) { io_.stop(); });
        accept();
        const auto where = "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
        out_.line(json_ ? "{\"listening\":\"" + where + "\"}" : "listening on " + where);
        print();
        io_.run();
        out_.flush();
    }

  private:
    void listen(std::uint16_t port) {
        const tcp::endpoint where(boost::asio::ip::address_v4::loopback(), port);
        error_code failed;
        acceptor_.open(where.protocol(), failed);
        if (!failed) acceptor_.set_option(tcp::acceptor::reuse_address(true), failed);
        if (!failed) acceptor_.bind(where, failed);
        if (!failed) acceptor_.listen(tcp::acceptor::max_listen_connections, failed);
        if (!failed) return;
        std::string words = "cannot listen on 127.0.0.1:" + std::to_string(port) + ": " + failed.message();
        if (const auto hint = sim::listen_hint(failed); !hint.empty()) words.append("; ").append(hint);
        throw tool_complaint(ending::own_fault, words);
    }

    void tell(tap_event::kind what, std::size_t number, std::string text, std::uint16_t port = 0) {
        tap_event event;
        event.what = what;
        event.connection = number;
        event.text = std::move(text);
        event.port = port;
        sinks_.take(event);
    }

    void accept() {
        acceptor_.async_accept([this](const error_code& why, tcp::socket application) {
            if (!why) {
                judge(std::make_shared<tcp::socket>(std::move(application)));
                return accept();
            }
            if (why == boost::asio::error::operation_aborted) return;
            if (std::exchange(complaint_, why) != why) out_.line("cannot accept: " + why.message());
            pause_.expires_after(accept_pause);
            pause_.async_wait([this](const error_code& stopped) {
                if (!stopped) accept();
            });
        });
    }

    /// Only the one user's applications, and no more than were asked for: behind the tap is a unit that would obey.
    void judge(const std::shared_ptr<tcp::socket>& application) {
        const auto number = ++number_;
        if (const auto owner = sim::owner_of(*application); !owner || *owner != user_.id) {
            const auto whose = owner ? "user " + std::to_string(*owner) : std::string("nobody");
            return turn_away(number, "refused: it belongs to " + whose + ", and this tap serves " + user_.name);
        }
        if (count_open() < most_) return open(number, application);
        // An application that has just hung up may call again before we hear of its end.
        const auto soon = std::make_shared<boost::asio::steady_timer>(io_, second_look);
        soon->async_wait([this, number, application, soon](const error_code& stopped) {
            if (stopped) return;
            if (count_open() < most_) return open(number, application);
            turn_away(number, "refused: " + std::to_string(most_) + " open already (--connections)");
        });
    }

    /// Whoever may connect can do so without end: neither page nor file may be filled by that.
    void turn_away(std::size_t number, std::string why) {
        if (const auto times = refusals_.count(); times != 0)
            tell(tap_event::kind::refused, number, counted_line::counted(std::move(why), times));
    }

    [[nodiscard]] std::size_t count_open() {
        std::erase_if(opened_, [](const std::weak_ptr<tapped>& each) { return each.expired(); });
        const auto open = [](const std::weak_ptr<tapped>& each) { return each.lock()->is_open(); };
        return opening_ + static_cast<std::size_t>(std::count_if(opened_.begin(), opened_.end(), open));
    }

    /// The application waits in the meantime: what it sends stays in the system's buffer.
    void open(std::size_t number, const std::shared_ptr<tcp::socket>& waiting) {
        error_code unknown;
        const auto from = waiting->remote_endpoint(unknown);
        tell(tap_event::kind::opened, number,
            unknown ? "opened" : "opened from 127.0.0.1:" + std::to_string(from.port()), from.port());
        ++opening_;
        if (tls_ != nullptr) return open_tls(number, waiting);
        struct attempt {
            explicit attempt(boost::asio::io_context& on)
                : resolver(on)
                , socket(on)
                , timer(on) {}
            tcp::resolver resolver;
            tcp::socket socket;
            boost::asio::steady_timer timer;
            bool late = false;
        };
        auto made = std::make_shared<attempt>(io_);
        made->timer.expires_after(connect_time);
        made->timer.async_wait([made](const error_code& stopped) {
            if (stopped) return;
            made->late = true;
            made->resolver.cancel();
            error_code ignored;
            made->socket.close(ignored);
        });
        const auto finish = [this, number, waiting, made](const error_code& why) {
            made->timer.cancel();
            if (why || made->late) return refuse(number, made->late ? "timed out" : why.message());
            start(number, waiting, make_tap_side(std::move(made->socket)));
        };
        made->resolver.async_resolve(unit_.host, std::to_string(unit_.port),
            [made, finish](const error_code& why, const tcp::resolver::results_type& found) {
                if (why || made->late) return finish(why);
                boost::asio::async_connect(made->socket, found,
                    [finish](const error_code& failed, const tcp::endpoint&) { finish(failed); });
            });
    }

    void open_tls(std::size_t number, const std::shared_ptr<tcp::socket>& waiting) {
        net::async_connect_tls(io_.get_executor(), unit_, tls_, call(connect_time),
            [this, number, waiting](result<std::unique_ptr<net::transport>> made) {
                if (!made) return refuse(number, made.error().to_string());
                start(number, waiting, make_tap_side(*std::move(made)));
            });
    }

    void refuse(std::size_t number, const std::string& why) {
        --opening_;
        tell(tap_event::kind::closed, number, "closed: the unit cannot be reached: " + why);
    }

    void start(std::size_t number, const std::shared_ptr<tcp::socket>& application, std::unique_ptr<tap_side> unit) {
        --opening_;
        const auto made = std::make_shared<tapped>(io_.get_executor(), make_tap_side(std::move(*application)),
            std::move(unit), conversation(engine_, cards_, sinks_, number),
            [this, number](const std::string& why) { tell(tap_event::kind::closed, number, "closed " + why); });
        opened_.push_back(made);
        made->start();
    }

    /// What the reader of our output did not take at once.
    void print() {
        out_.flush();
        printing_.expires_after(print_pause);
        printing_.async_wait([this](const error_code& stopped) {
            if (!stopped) print();
        });
    }

    boost::asio::io_context io_{1};
    net::tcp_settings unit_;
    std::shared_ptr<const net::tls_client> tls_;
    hsm::codec engine_;
    test_cards cards_;
    patient_output out_{STDOUT_FILENO};
    tap_sinks sinks_;
    bool json_ = false;
    tcp::acceptor acceptor_{io_};
    boost::asio::steady_timer pause_{io_};
    boost::asio::steady_timer printing_{io_};
    error_code complaint_;
    std::size_t number_ = 0;
    counted_line refusals_{10s, 8};
    tap_user user_;
    std::size_t most_;
    std::size_t opening_ = 0; ///< connections whose unit is being reached
    std::vector<std::weak_ptr<tapped>> opened_;
};

} // namespace

tap_user tap_user::own() {
    const auto id = ::geteuid();
    const auto* row = ::getpwuid(id);
    return {id, row != nullptr ? row->pw_name : std::to_string(id)};
}

std::optional<tap_user> tap_user::find(const std::string& name) {
    if (const auto* row = ::getpwnam(name.c_str())) return tap_user{row->pw_uid, name};
    uid_t id = 0;
    const auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), id);
    if (bad != std::errc() || end != name.data() + name.size()) return std::nullopt;
    return tap_user{id, name};
}

void replay(const tap_options& how) {
    const hsm::codec engine(profile_of(how.profile));
    const test_cards cards(how.test_cards);
    const auto to = net::parse_endpoint(how.to);
    if (!to) throw tool_stop(to.error(), "HOST:PORT", ending::wrong_use);
    const int in = how.read == "-" ? STDIN_FILENO : ::open(how.read.c_str(), O_RDONLY | O_CLOEXEC);
    if (in < 0) throw tool_complaint(ending::wrong_use, how.read + ": cannot be read");
    constexpr std::size_t no_limit = std::size_t{0} - 1;
    patient_output out(STDOUT_FILENO, no_limit / 2); // nothing is under way: everything is told
    tap_sinks sinks;
    if (how.form == output_form::json) {
        sinks.add(std::make_unique<tap_lines>([&out](std::string_view line) { out.line(line); }));
    } else {
        sinks.add(std::make_unique<tap_page>(out));
    }
    if (!how.record.empty()) {
        auto made = record_to(how.record, to->port);
        if (!made) throw tool_complaint(ending::own_fault, how.record + ": cannot be made, or is there already");
        sinks.add(std::move(made));
    }
    std::signal(SIGPIPE, SIG_IGN);
    capture_replay found(engine, cards, sinks, to->port);
    std::array<std::uint8_t, 65'536> piece{};
    result<void> good;
    ssize_t size = 0;
    while (good && (size = ::read(in, piece.data(), piece.size())) > 0)
        good = found.add(byte_view(piece).first(static_cast<std::size_t>(size)));
    if (size < 0) throw tool_complaint(ending::wrong_use, how.read + ": cannot be read: " + std::strerror(errno));
    found.finish();
    wipe(piece);
    for (pollfd ready{STDOUT_FILENO, POLLOUT, 0}; out.flush();)
        (void)::poll(&ready, 1, -1);
    if (in != STDIN_FILENO) ::close(in);
    if (!good) throw tool_stop(good.error(), "a file of tcpdump or Wireshark, pcap or pcapng", ending::wrong_use);
    const auto lost = found.lost();
    if (found.connections() != 0) {
        if (!lost.empty()) throw tool_complaint(ending::difference, how.read + ": not all of it is here: " + lost);
        return;
    }
    std::string words = how.read + ": no connection to port " + std::to_string(to->port);
    if (!lost.empty()) words += "; " + lost;
    for (const auto port : found.other_ports())
        words += (port == *found.other_ports().begin() ? "; there are some to " : ", ") + std::to_string(port);
    throw tool_complaint(ending::difference, words);
}

void tap(const tap_options& how) {
    auto dialect = profile_of(how.profile);
    auto to = net::parse_endpoint(how.to);
    if (!to) throw tool_stop(to.error(), "HOST:PORT", ending::wrong_use);
    // A reader that goes away must not take the application's link along.
    std::signal(SIGPIPE, SIG_IGN);
    tap_server(how, *std::move(to), std::move(dialect)).run(how.listen);
}

} // namespace cipherlane::cli
