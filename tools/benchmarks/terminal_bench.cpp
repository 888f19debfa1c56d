// What a card terminal's driver adds to a payment, beside a bare program that exchanges the same bytes; idle
// terminals.
#include "terminal-sim/terminal_server.hpp"

#include <cipherlane/drivers/terminal/terminal_family.hpp>
#include <cipherlane/drivers/transport/link.hpp>

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
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>
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

double process_time() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

std::ptrdiff_t threads() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

/// Terminals and their simulators in one process: what it takes is more than the terminals take.
bool idle_in_one_process(const std::string& description) {
    const auto before = threads();
    terminals there;
    boost::asio::io_context io;
    std::vector<std::unique_ptr<ports::terminal>> devices;
    constexpr std::array protocols{"zvt", "ecr17", "mispos"};
    for (std::size_t at = 0; at < idle_terminals; ++at) {
        const std::string protocol = protocols[at % protocols.size()];
        devices.push_back(driver_at(io, protocol, there.start(protocol, description), nullptr));
        (void)wanted(devices.back()->status(call(5s)));
    }
    const auto more = threads() - before;
    const auto from = process_time();
    const auto span = elapsed([] { std::this_thread::sleep_for(2s); });
    const auto percent = 100 * (process_time() - from) / span;
    const bool open = std::ranges::all_of(devices, [](const auto& one) { return one->attached(); });
    const bool met = percent < most_idle && more == 1 && open;
    std::printf("%-44s value %8.3f %% of a core, %td I/O thread, bar %5.2f %% %s\n", "64 idle terminals", percent,
        more, most_idle, met ? "ok" : "MISSED");
    return met;
}

} // namespace

int main() {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    const auto description = std::string(root != nullptr ? root : ".") + "/drivers/descriptions/mispos-ums.toml";
    bool met = true;
    for (const auto* protocol : {"zvt", "ecr17", "mispos"})
        met = payment_beside_bare_bytes(protocol, description) && met;
    met = idle_in_one_process(description) && met;
    return met ? 0 : 1;
}
