#include "hsm-sim/server.hpp"

#include "hsm-sim/session.hpp"
#include "hsm-sim/worker.hpp"

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

nlohmann::json server::control(const nlohmann::json& request) {
    const auto cmd = request.at("cmd").get<std::string>();
    unit& device = impl_->device;
    if (cmd == "faults") return impl_->faults.control(request);
    if (cmd == "counters") return impl_->counters();
    if (cmd == "restart") {
        restart(std::chrono::milliseconds(request.value("downtime_ms", 0)));
    } else if (cmd == "lmk") {
        if (request.value("to", "other") == "test")
            device.change_lmks(lmk_set::test());
        else
            change_lmks();
    } else if (cmd == "authorised") {
        if (request.contains("on")) device.set_authorised(request["on"].get<bool>());
        return {{"authorised", device.authorised()}};
    } else if (cmd == "store") {
        device.store(request.at("index").get<std::uint32_t>(),
            {request.at("key").get<std::string>(), request.value("type", ""), request.value("label", ""), {}, {}});
    } else if (cmd == "stored") {
        const auto found = device.find(request.at("index").get<std::uint32_t>());
        if (!found) return {{"found", false}};
        return {{"found", true}, {"key", found->field}, {"type", found->type}, {"label", found->label}};
    } else {
        throw std::invalid_argument("unknown command " + cmd);
    }
    return nlohmann::json::object();
}

} // namespace cipherlane::hsm_sim
