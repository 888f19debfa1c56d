#include "hsm-sim/wire/server.hpp"

#include "hsm-sim/wire/session.hpp"
#include "hsm-sim/wire/worker.hpp"

#include <cipherlane/core/hex.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <future>
#include <stdexcept>

namespace cipherlane::hsm_sim {

using boost::asio::ip::tcp;

struct server::impl {
    impl(unit& of, server_settings asked, logger to)
        : device(of)
        , settings(asked)
        , log(std::move(to))
        , events{[this](std::chrono::milliseconds downtime) { restart(downtime); }, [this] { change_lmks(); }}
        , workers(make_workers()) {}

    std::vector<std::unique_ptr<worker>> make_workers() {
        const std::size_t count =
            settings.threads != 0 ? settings.threads : std::max<std::size_t>(1, std::thread::hardware_concurrency());
        std::vector<std::unique_ptr<worker>> made;
        for (std::size_t i = 0; i < count; ++i) {
            made.push_back(
                std::make_unique<worker>(device, faults, events, log, settings.log_requests, settings.tls));
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
            if (!failed) {
                socket.set_option(tcp::no_delay(true), failed);
                boost::asio::post(
                    next.io, [&next, taken = std::move(socket)]() mutable { next.serve(std::move(taken)); });
            }
            accept();
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

    nlohmann::json counters() const {
        nlohmann::json by_command = nlohmann::json::object();
        std::uint64_t requests = 0;
        std::uint64_t refused = 0;
        std::size_t connections = 0;
        for (const auto& each : workers)
            connections += each->open();
        for (std::size_t code = 0; code < 65'536; ++code) {
            const auto command = static_cast<std::uint16_t>(code);
            std::uint64_t asked = 0;
            std::uint64_t no = 0;
            for (const auto& each : workers) {
                asked += each->counts.asked(command);
                no += each->counts.refused(command);
            }
            if (asked == 0) continue;
            by_command[command_name(command)] = {{"requests", asked}, {"refused", no}};
            requests += asked;
            refused += no;
        }
        return {{"requests", requests}, {"refused", refused}, {"connections", connections}, {"commands", by_command}};
    }

    unit& device;
    server_settings settings;
    logger log;
    shared_faults faults;
    unit_events events;
    std::vector<std::unique_ptr<worker>> workers;
    std::atomic<std::uint16_t> port = settings.port; ///< chosen once the listener stands, kept over a restart
    tcp::acceptor acceptor{workers.front()->io};
    boost::asio::steady_timer timer{workers.front()->io};
    std::size_t turn = 0;
    std::vector<std::thread> threads;
};

result<std::unique_ptr<server>> server::start(unit& of, server_settings settings, logger log) {
    auto body = std::make_unique<impl>(of, settings, std::move(log));
    if (const auto failed = body->listen()) return error(failed, layer::tools).during("listen");
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

/// A number in its range; throws `std::invalid_argument` in plain words else.
std::int64_t number_in(const nlohmann::json& request, const char* key, std::int64_t least, std::int64_t most) {
    if (!request.contains(key) || !request[key].is_number_integer() || request[key] < least || request[key] > most) {
        throw std::invalid_argument(
            std::string(key) + " must be a number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    return request[key].get<std::int64_t>();
}

std::string text_in(const nlohmann::json& request, const char* key, const char* otherwise) {
    if (!request.contains(key)) return otherwise;
    if (!request[key].is_string()) throw std::invalid_argument(std::string(key) + " must be text");
    return request[key].get<std::string>();
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
    const auto key = text_in(request, "key", "");
    const auto type = text_in(request, "type", "");
    if (!is_key(key)) throw std::invalid_argument("key must be a scheme tag and its digits, or a key block");
    if (!type.empty() && type != "FFF" && !slot_of_key_type(type))
        throw std::invalid_argument("type must be a key type of three characters");
    return {key, type, text_in(request, "label", ""), {}, {}};
}

} // namespace

nlohmann::json server::control(const nlohmann::json& request) {
    const auto cmd = text_in(request, "cmd", "");
    unit& device = impl_->device;
    if (cmd == "faults") return impl_->faults.control(request);
    if (cmd == "counters") {
        sim::only_keys(request, {"cmd"});
        return impl_->counters();
    }
    if (cmd == "restart") {
        sim::only_keys(request, {"cmd", "downtime_ms"});
        const bool given = request.contains("downtime_ms");
        restart(std::chrono::milliseconds(given ? number_in(request, "downtime_ms", 0, longest_downtime_ms) : 0));
    } else if (cmd == "lmk") {
        sim::only_keys(request, {"cmd", "to"});
        const auto to = text_in(request, "to", "other");
        if (to != "test" && to != "other") throw std::invalid_argument("to must be test or other");
        if (to == "test")
            device.change_lmks(lmk_set::test());
        else
            change_lmks();
    } else if (cmd == "authorised") {
        sim::only_keys(request, {"cmd", "on"});
        if (request.contains("on")) {
            if (!request["on"].is_boolean()) throw std::invalid_argument("on must be true or false");
            device.set_authorised(request["on"].get<bool>());
        }
        return {{"authorised", device.authorised()}};
    } else if (cmd == "store") {
        sim::only_keys(request, {"cmd", "index", "key", "type", "label"});
        const auto index = number_in(request, "index", 0, last_index);
        device.store(static_cast<std::uint32_t>(index), key_in(request));
    } else if (cmd == "stored") {
        sim::only_keys(request, {"cmd", "index"});
        const auto found = device.find(static_cast<std::uint32_t>(number_in(request, "index", 0, last_index)));
        if (!found) return {{"found", false}};
        return {{"found", true}, {"key", found->field}, {"type", found->type}, {"label", found->label}};
    } else {
        throw std::invalid_argument("unknown command " + cmd);
    }
    return nlohmann::json::object();
}

} // namespace cipherlane::hsm_sim
