#include "hsm-sim/wire/worker.hpp"

#include "hsm-sim/wire/session.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace cipherlane::hsm_sim {

namespace {

/// A status has two characters; another value would be passed over.
void check_values(const nlohmann::json& request) {
    if (!request.contains("set") || !request["set"].is_array()) return;
    for (const auto& each : request["set"]) {
        if (!each.is_object() || !each.contains("value") || !each["value"].is_string()) continue;
        const auto kind = each.value("kind", "");
        const auto value = each["value"].get<std::string>();
        if (value.empty()) continue; // as none
        if ((kind == "status" || kind == "warning") && value.size() != 2)
            throw std::invalid_argument("value of " + kind + " must be two characters");
        if (kind == "half_frame" && value != "close")
            throw std::invalid_argument("value of half_frame must be \"close\"");
    }
}

} // namespace

shared_faults::shared_faults()
    : plan_({std::begin(fault_kinds), std::end(fault_kinds)}) {}

std::optional<sim::fault> shared_faults::hit(std::uint16_t command) {
    if (!armed_.load(std::memory_order_relaxed)) return std::nullopt;
    const std::scoped_lock lock(mutex_);
    return plan_.hit(command_name(command));
}

nlohmann::json shared_faults::control(const nlohmann::json& request) {
    check_values(request);
    const std::scoped_lock lock(mutex_);
    auto answer = plan_.control(request);
    if (request.contains("set")) armed_.store(!request["set"].empty(), std::memory_order_relaxed);
    return answer;
}

worker::worker(unit& of, shared_faults& shared, const unit_events& happens, const logger& to, bool every_request,
    std::shared_ptr<tls_context> secured)
    : device(of)
    , faults(shared)
    , events(happens)
    , log(to)
    , log_requests(every_request)
    , tls(std::move(secured))
    , wire(answerer::create(of))
    , work_(io.get_executor()) {}

worker::~worker() = default;

void worker::serve(boost::asio::ip::tcp::socket socket) {
    sessions_.remove_if([](const auto& weak) { return weak.expired(); });
    auto made = std::make_shared<session>(*this, std::move(socket));
    sessions_.push_back(made);
    made->start();
}

void worker::drop_all() {
    boost::asio::post(io, [this] {
        for (const auto& weak : sessions_) {
            if (const auto open = weak.lock()) open->close();
        }
        sessions_.clear();
    });
}

void worker::run() {
    io.run();
}

} // namespace cipherlane::hsm_sim
