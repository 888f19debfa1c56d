// What a card terminal's driver adds to a payment, beside a bare program that exchanges the same bytes; what the
// lanes of idle terminals take.
#include "terminal-sim/terminal_server.hpp"

#include <cipherlane/acquiring/lane.hpp>
#include <cipherlane/acquiring/sale.hpp>
#include <cipherlane/drivers/terminal/terminal_family.hpp>
#include <cipherlane/drivers/transport/link.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/store/memory_journal.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using namespace cipherlane;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using clock_type = std::chrono::steady_clock;
using milliseconds = std::chrono::duration<double, std::milli>;

constexpr double most_added = 2.0; // ms
constexpr double most_idle = 5.0;  // percent of a core
constexpr int payments = 300;
constexpr int idle_terminals = 64;

template <class T>
T wanted(result<T> outcome) {
    if (outcome) return std::move(*outcome);
    std::fprintf(stderr, "%s\n", outcome.error().to_string().c_str());
    std::exit(1);
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

template <class F>
double elapsed(F&& action) {
    const auto start = clock_type::now();
    action();
    return milliseconds(clock_type::now() - start).count();
}

/// Simulated terminals with a thread of their own.
class terminals {
  public:
    ~terminals() {
        io_.stop();
        runner_.join();
    }
    /// The port of a new one.
    std::uint16_t start(const std::string& protocol, const std::string& description) {
        std::promise<std::uint16_t> port;
        boost::asio::post(io_, [&] {
            sim::terminal_setup setup;
            setup.description_file = description;
            auto server = sim::terminal_server::start(io_, 0, [&](sim::surroundings around) {
                return sim::make_terminal_model(protocol, setup, std::move(around));
            });
            servers_.push_back(wanted(std::move(server)));
            (void)servers_.back()->control({{"cmd", "card"}, {"pan", "6212345678900000017"}, {"stays", true}});
            port.set_value(servers_.back()->port());
        });
        return port.get_future().get();
    }

  private:
    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{io_.get_executor()};
    std::vector<std::unique_ptr<sim::terminal_server>> servers_;
    std::thread runner_{[this] { io_.run(); }};
};

/// What went over a link, as it went: who spoke, and the bytes.
using conversation = std::vector<std::pair<bool, bytes>>;

/// A link that keeps what goes over it.
class recorded_link final : public net::transport {
  public:
    recorded_link(std::unique_ptr<net::transport> link, conversation& to)
        : link_(std::move(link))
        , to_(to) {}
    result<void> write(byte_view data, const call& bounds) override {
        to_.emplace_back(true, bytes(data.begin(), data.end()));
        return link_->write(data, bounds);
    }
    result<std::size_t> read_some(byte_span into, const call& bounds) override {
        auto size = link_->read_some(into, bounds);
        if (size) to_.emplace_back(false, bytes(into.begin(), into.begin() + static_cast<std::ptrdiff_t>(*size)));
        return size;
    }
    void async_write(byte_view data, net::completion<void> done) override {
        link_->async_write(data, std::move(done));
    }
    void async_read_some(byte_span into, net::completion<std::size_t> done) override {
        link_->async_read_some(into, std::move(done));
    }
    void cancel() noexcept override { link_->cancel(); }
    void close() noexcept override { link_->close(); }
    bool is_open() const noexcept override { return link_->is_open(); }
    boost::asio::any_io_executor get_executor() override { return link_->get_executor(); }
    std::string_view endpoint() const noexcept override { return link_->endpoint(); }

  private:
    std::unique_ptr<net::transport> link_;
    conversation& to_;
};

void play(tcp::socket& link, const conversation& script, bool as_till) {
    bytes room;
    for (const auto& [by_till, data] : script) {
        if (by_till == as_till) {
            boost::asio::write(link, boost::asio::buffer(data));
        } else {
            room.resize(data.size());
            boost::asio::read(link, boost::asio::buffer(room));
        }
    }
}

/// A till and a terminal that know nothing but the bytes.
class bare_program {
  public:
    explicit bare_program(const conversation& script)
        : script_(script)
        , acceptor_(io_, {boost::asio::ip::address_v4::loopback(), 0})
        , till_(io_) {
        till_.connect(acceptor_.local_endpoint());
        till_.set_option(tcp::no_delay(true));
        terminal_ = std::thread([this, link = std::make_shared<tcp::socket>(acceptor_.accept())] {
            link->set_option(tcp::no_delay(true));
            for (int round = 0; round < payments; ++round)
                play(*link, script_, false);
        });
    }
    ~bare_program() { terminal_.join(); }
    void pay() { play(till_, script_, true); }

  private:
    const conversation& script_;
    boost::asio::io_context io_;
    tcp::acceptor acceptor_;
    tcp::socket till_;
    std::thread terminal_;
};

std::unique_ptr<ports::terminal> driver_at(
    boost::asio::io_context& io, const std::string& protocol, std::uint16_t port, conversation* kept) {
    const auto* const family = drivers::find_terminal_family(protocol);
    drivers::terminal_options options;
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    options.description_file = std::string(root != nullptr ? root : ".") + "/drivers/descriptions/mispos-ums.toml";
    const auto where = wanted(family->address("127.0.0.1:" + std::to_string(port)));
    auto open = [&io, where, kept](const call& bounds) -> result<std::unique_ptr<net::transport>> {
        CIPHERLANE_TRY(auto link, drivers::open_link(io.get_executor(), where, {}, bounds));
        if (kept == nullptr) return link;
        return std::unique_ptr<net::transport>(std::make_unique<recorded_link>(std::move(link), *kept));
    };
    return wanted(family->make(std::move(open), where.kind, options));
}

void pay(ports::terminal& device) {
    const auto paid = device.run({ports::terminal_verb::authorise, amount(1234, currency{978, 2})}, call(20s));
    if (wanted(paid).outcome == ports::terminal_outcome::approved) return;
    std::fprintf(stderr, "a payment was not approved\n");
    std::exit(1);
}

/// The simulator's own work is in the value, and not in the limit: what is added is less than what stands here.
bool payment_beside_bare_bytes(const std::string& protocol, const std::string& description) {
    terminals there;
    boost::asio::io_context io;
    const auto port = there.start(protocol, description);
    conversation script;
    {
        auto recorder = driver_at(io, protocol, port, &script);
        (void)wanted(recorder->status(call(5s)));
        script.clear();
        pay(*recorder);
    }
    auto device = driver_at(io, protocol, port, nullptr);
    (void)wanted(device->status(call(5s)));
    std::vector<double> value;
    std::vector<double> limit;
    {
        bare_program bare(script);
        for (int round = 0; round < payments; ++round) {
            value.push_back(elapsed([&] { pay(*device); }));
            limit.push_back(elapsed([&] { bare.pay(); }));
        }
    }
    const auto added = median(value) - median(limit);
    const bool met = added <= most_added;
    std::printf("%-44s value %8.3f ms, limit %8.3f ms, added %6.3f ms, bar %5.2f %s\n",
        ("payment, " + protocol + " (median)").c_str(), median(value), median(limit), added, most_added,
        met ? "ok" : "MISSED");
    return met;
}

/// Simulated terminals in a process of their own, so that what is measured here is the tills' alone. Must be made
/// before this process has a second thread.
class terminals_elsewhere {
  public:
    explicit terminals_elsewhere(const std::string& description) {
        if (::pipe(told_.data()) != 0 || ::pipe(end_.data()) != 0) std::exit(1);
        child_ = ::fork();
        if (child_ != 0) {
            ::close(told_[1]);
            ::close(end_[0]);
            for (auto& port : ports_)
                if (::read(told_[0], &port, sizeof port) != sizeof port) std::exit(1);
            return;
        }
        ::close(end_[1]);
        {
            terminals here;
            for (std::size_t at = 0; at < ports_.size(); ++at) {
                const auto port = here.start(std::string(protocol_of(at)), description);
                if (::write(told_[1], &port, sizeof port) != sizeof port) std::_Exit(1);
            }
            char nothing = 0;
            (void)!::read(end_[0], &nothing, 1); // until the other one ends
        }
        std::_Exit(0);
    }
    ~terminals_elsewhere() {
        ::close(end_[1]);
        ::waitpid(child_, nullptr, 0);
    }
    terminals_elsewhere(const terminals_elsewhere&) = delete;
    terminals_elsewhere& operator=(const terminals_elsewhere&) = delete;

    [[nodiscard]] static std::string_view protocol_of(std::size_t at) {
        constexpr std::array<std::string_view, 3> protocols{"zvt", "ecr17", "mispos"};
        return protocols[at % protocols.size()];
    }
    [[nodiscard]] std::uint16_t port(std::size_t at) const { return ports_.at(at); }

  private:
    std::array<int, 2> told_{};
    std::array<int, 2> end_{};
    pid_t child_ = 0;
    std::array<std::uint16_t, idle_terminals> ports_{};
};

double process_time() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

/// A lane at each of many terminals, over one I/O thread, as a program of many tills has them.
class many_lanes {
  public:
    many_lanes(const terminals_elsewhere& there, store::memory_journal& journal) {
        for (std::size_t at = 0; at < idle_terminals; ++at) {
            const auto protocol = std::string(terminals_elsewhere::protocol_of(at));
            devices_.push_back(driver_at(io_, protocol, there.port(at), nullptr));
            acquiring::terminal_settings settings;
            settings.terminal_id = std::to_string(10'000'000 + at);
            settings.merchant_id = "TESTMERCH000001";
            settings.merchant_name = "TEST SHOP";
            settings.unit = currency{978, 2};
            acquiring::lane_ports with(journal);
            with.terminal = devices_.back().get();
            lanes_.push_back(wanted(acquiring::lane::open(settings, with, call(10s), logger::none())));
        }
    }
    ~many_lanes() {
        lanes_.clear();
        devices_.clear();
        io_.stop();
        runner_.join();
    }
    many_lanes(const many_lanes&) = delete;
    many_lanes& operator=(const many_lanes&) = delete;

    void sell(const std::string& key) {
        for (auto& lane : lanes_) {
            const auto sold = acquiring::sale(lane).run({key, amount(1234, lane.settings().unit)}, call(20s));
            if (wanted(sold).ok()) continue;
            std::fprintf(stderr, "a payment was not approved\n");
            std::exit(1);
        }
    }
    /// Whether all links are there, as a status page asks.
    [[nodiscard]] bool attached() const {
        return std::ranges::all_of(devices_, [](const auto& one) { return one->attached(); });
    }

  private:
    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{io_.get_executor()};
    std::thread runner_{[this] { io_.run(); }};
    std::vector<std::unique_ptr<ports::terminal>> devices_;
    std::vector<acquiring::lane> lanes_;
};

/// Percent of a core in a span in which `look` is called ten times a second.
double share_of_core(const std::function<void()>& look) {
    const auto from = process_time();
    const auto span = elapsed([&] {
        for (int turn = 0; turn < 40; ++turn) {
            look();
            std::this_thread::sleep_for(100ms);
        }
    });
    return 100 * (process_time() - from) / span;
}

/// Lanes that have sold something, are looked at while nothing is sold, and sell once more. The limit is a core that
/// asks as many sockets as often whether they are there, and does nothing else.
bool idle_in_one_process(const terminals_elsewhere& there) {
    const ports::system_clock clock;
    store::memory_journal journal(clock);
    many_lanes tills(there, journal);
    tills.sell("before");
    bool open = true;
    const auto value = share_of_core([&] { open = tills.attached() && open; });
    tills.sell("after");
    boost::asio::io_context io;
    std::vector<tcp::socket> bare;
    for (std::size_t at = 0; at < idle_terminals; ++at) {
        bare.emplace_back(io);
        bare.back().connect({boost::asio::ip::address_v4::loopback(), there.port(at)});
    }
    const auto limit = share_of_core([&] {
        char nothing = 0;
        for (auto& one : bare)
            (void)::recv(one.native_handle(), &nothing, 1, MSG_PEEK | MSG_DONTWAIT);
    });
    const bool met = value < most_idle && open;
    std::printf("%-44s value %8.3f %%, limit %8.3f %% of a core, bar %5.2f %% %s\n", "64 idle terminals", value,
        limit, most_idle, met ? "ok" : "MISSED");
    return met;
}

} // namespace

int main() {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    const auto description = std::string(root != nullptr ? root : ".") + "/drivers/descriptions/mispos-ums.toml";
    const terminals_elsewhere there(description); // while there is one thread
    bool met = true;
    for (const auto* protocol : {"zvt", "ecr17", "mispos"})
        met = payment_beside_bare_bytes(protocol, description) && met;
    met = idle_in_one_process(there) && met;
    return met ? 0 : 1;
}
