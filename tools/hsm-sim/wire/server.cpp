#include "hsm-sim/wire/server.hpp"

#include "hsm-sim/wire/session.hpp"
#include "hsm-sim/wire/worker.hpp"
#include "simkit/control_desk.hpp"
#include "simkit/listen_hint.hpp"
#include "simkit/listener.hpp"

#include <cipherlane/core/hex.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <stdexcept>

namespace cipherlane::hsm_sim {

using boost::asio::ip::tcp;

struct server::impl {
    impl(unit& of, server_settings asked, logger to)
        : device(of)
        , settings(asked)
        , log(std::move(to))
        , names(answerer::create(of))
        , faults(
              [this](const std::string& name) {
                  const auto code = command_code(name);
                  return code && names->knows(*code);
              },
              of.settings().frame.length_prefix ? answer_statuses::coded : answer_statuses::none)
        , events{[this](std::chrono::milliseconds downtime) { restart(downtime); }, [this] { change_lmks(); }}
        , workers(make_workers()) {
        take_commands();
    }

    std::vector<std::unique_ptr<worker>> make_workers() {
        const std::size_t count =
            settings.threads != 0 ? settings.threads : std::max<std::size_t>(1, std::thread::hardware_concurrency());
        std::vector<std::unique_ptr<worker>> made;
        for (std::size_t i = 0; i < count; ++i) {
            made.push_back(std::make_unique<worker>(
                device, faults, events, log, settings.log_requests, settings.tls, settings.idle));
        }
        return made;
    }

    /// Listens on the first worker's loop; connections go to the workers in turn.
    boost::system::error_code listen() {
        boost::system::error_code failed;
        const tcp::endpoint where(boost::asio::ip::address_v4::loopback(), port);
        acceptor.open(where.protocol(), failed);
        if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
        if (!failed) acceptor.bind(where, failed);
        if (!failed) acceptor.listen(boost::asio::socket_base::max_listen_connections, failed);
        if (failed) return failed;
        port = acceptor.local_endpoint(failed).port();
        accept();
        return failed;
    }

    void accept() {
        worker& next = *workers[turn++ % workers.size()];
        acceptor.async_accept(next.io, [this, &next](boost::system::error_code failed, tcp::socket socket) {
            if (failed == boost::asio::error::operation_aborted || !acceptor.is_open()) return;
            if (failed) return accept_later();
            if (sim::has_room_for(socket.native_handle())) {
                socket.set_option(tcp::no_delay(true), failed);
                boost::asio::post(
                    next.io, [&next, taken = std::move(socket)]() mutable { next.serve(std::move(taken)); });
            }
            accept();
        });
    }

    /// Out of descriptors the next try would fail at once, too.
    void accept_later() {
        pause.expires_after(sim::pause_after_failure);
        pause.async_wait([this](boost::system::error_code stopped) {
            if (!stopped && acceptor.is_open()) accept();
        });
    }

    void restart(std::chrono::milliseconds downtime) {
        boost::asio::post(workers.front()->io, [this, downtime] {
            boost::system::error_code ignored;
            acceptor.close(ignored);
            device.start_again();
            for (const auto& each : workers)
                each->drop_all();
            timer.expires_after(downtime);
            timer.async_wait([this](boost::system::error_code failed) {
                if (!failed && listen()) log.error("server", "cannot listen again after the restart");
            });
        });
    }

    void change_lmks() {
        lmk_set::table other{};
        fill_random({other.front().data(), sizeof other});
        for (auto& pair : other)
            force_odd_parity(pair);
        clear_key for_blocks(32, key_algorithm::aes);
        fill_random(for_blocks.span());
        device.change_lmks(std::make_shared<lmk_set>(other, for_blocks));
        log.info("server", "local master keys changed");
    }

    void run() {
        for (const auto& each : workers)
            threads.emplace_back([&one = *each] { one.run(); });
    }

    void stop() {
        for (const auto& each : workers)
            each->io.stop();
        for (auto& thread : threads)
            thread.join();
    }

    nlohmann::json counters() {
        std::map<std::string, std::uint64_t> all = faults.counters();
        for (const auto* sum : {"requests", "refused", "connections"})
            all[sum] = 0;
        for (const auto& each : workers)
            all["connections"] += each->open();
        for (std::size_t code = 0; code < 65'536; ++code) {
            const auto command = static_cast<std::uint16_t>(code);
            std::uint64_t asked = 0;
            std::uint64_t no = 0;
            for (const auto& each : workers) {
                asked += each->counts.asked(command);
                no += each->counts.refused(command);
            }
            if (asked == 0) continue;
            all["command " + command_name(command)] = asked;
            if (no != 0) all["refused " + command_name(command)] = no;
            all["requests"] += asked;
            all["refused"] += no;
        }
        return {{"counters", all}};
    }

    void take_commands();

    unit& device;
    server_settings settings;
    logger log;
    std::unique_ptr<answerer> names;
    shared_faults faults;
    unit_events events;
    std::vector<std::unique_ptr<worker>> workers;
    std::atomic<std::uint16_t> port = settings.port; ///< chosen once the listener stands, kept over a restart
    tcp::acceptor acceptor{workers.front()->io};
    boost::asio::steady_timer timer{workers.front()->io};
    boost::asio::steady_timer pause{workers.front()->io};
    std::size_t turn = 0;
    std::vector<std::thread> threads;
    sim::control_desk desk;
};

result<std::unique_ptr<server>> server::start(unit& of, server_settings settings, logger log) {
    auto body = std::make_unique<impl>(of, settings, std::move(log));
    if (const auto failed = body->listen()) {
        return error(failed, layer::tools)
            .during("listen")
            .at_endpoint("127.0.0.1:" + std::to_string(settings.port))
            .with_hint(sim::listen_hint(failed));
    }
    body->run();
    return std::unique_ptr<server>(new server(std::move(body)));
}

server::server(std::unique_ptr<impl> body)
    : impl_(std::move(body)) {}

server::~server() {
    impl_->stop();
}

std::uint16_t server::port() const noexcept {
    return impl_->port;
}

void server::restart(std::chrono::milliseconds downtime) {
    impl_->restart(downtime);
}

void server::change_lmks() {
    impl_->change_lmks();
}

namespace {

constexpr std::int64_t longest_downtime_ms = 3'600'000;
constexpr std::int64_t last_index = 9'999;

std::uint32_t index_in(const nlohmann::json& request) {
    return static_cast<std::uint32_t>(sim::whole_number(request, "index", 0, 0, last_index));
}

/// Tag and digits as long as the tag says, digits alone, or a block, whose own header is judged when it is used.
bool is_key(std::string_view text) {
    constexpr std::size_t shortest_block = 17;
    const auto all_hex = [](std::string_view digits) {
        return std::all_of(digits.begin(), digits.end(), [](char c) { return hex_value(c) >= 0; });
    };
    if (text.empty()) return false;
    const char tag = text.front();
    if (tag == 'S' || tag == 'R') return text.size() >= shortest_block;
    if (tag == 'U' || tag == 'X') return text.size() == 33 && all_hex(text.substr(1));
    if (tag == 'T' || tag == 'Y') return text.size() == 49 && all_hex(text.substr(1));
    if (tag == 'Z') return text.size() == 17 && all_hex(text.substr(1));
    return (text.size() == 16 || text.size() == 32 || text.size() == 48) && all_hex(text);
}

stored_key key_in(const nlohmann::json& request) {
    const auto key = request.at("key").get<std::string>();
    const auto type = request.value("type", std::string());
    if (!is_key(key)) throw std::invalid_argument("key must be a scheme tag and its digits, or a key block");
    if (!type.empty() && type != "FFF" && !slot_of_key_type(type))
        throw std::invalid_argument("type must be a key type of three characters");
    return {key, type, request.value("label", std::string()), {}, {}};
}

} // namespace

void server::impl::take_commands() {
    const auto done = [] { return nlohmann::json::object(); };
    desk.add("faults", {"set:list?", "seed:number?"}, "plans faults; alone it lists them and the kinds",
        [this](const nlohmann::json& request) { return faults.control(request); });
    desk.add("counters", {}, "requests and refusals by command, open connections",
        [this](const nlohmann::json&) { return counters(); });
    desk.add("restart", {"downtime_ms:number?"}, "ends all connections and starts anew",
        [this, done](const nlohmann::json& request) {
            restart(std::chrono::milliseconds(sim::whole_number(request, "downtime_ms", 0, 0, longest_downtime_ms)));
            return done();
        });
    desk.add("lmk", {"to:text?"}, "other local master keys, or the test keys again: to other or test",
        [this, done](const nlohmann::json& request) {
            const auto to = request.value("to", std::string("other"));
            if (to != "test" && to != "other") throw std::invalid_argument("to must be test or other");
            to == "test" ? device.change_lmks(lmk_set::test()) : change_lmks();
            return done();
        });
    desk.add("authorised", {"on:yes_or_no?"}, "enters or leaves the authorised state; alone it tells",
        [this](const nlohmann::json& request) {
            if (request.contains("on")) device.set_authorised(request["on"].get<bool>());
            return nlohmann::json{{"authorised", device.authorised()}};
        });
    desk.add("store", {"index:number", "key:text", "type:text?", "label:text?"}, "puts a key into the user storage",
        [this, done](const nlohmann::json& request) {
            device.store(index_in(request), key_in(request));
            return done();
        });
    desk.add("stored", {"index:number"}, "what is in the user storage", [this](const nlohmann::json& request) {
        const auto found = device.find(index_in(request));
        if (!found) return nlohmann::json{{"found", false}};
        return nlohmann::json{{"found", true}, {"key", found->field}, {"type", found->type}, {"label", found->label}};
    });
}

nlohmann::json server::control(const nlohmann::json& request) {
    return impl_->desk.serve(request);
}

} // namespace cipherlane::hsm_sim
