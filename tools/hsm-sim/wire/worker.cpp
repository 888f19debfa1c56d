#include "hsm-sim/wire/worker.hpp"

#include "hsm-sim/wire/session.hpp"

#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>

#include <stdexcept>

namespace cipherlane::hsm_sim {

namespace {

/// In the order of their explanation in docs/21-simulators.md.
std::vector<sim::fault_kind> unit_faults(answer_statuses has) {
    using sim::fault_effect;
    const sim::fault_values status{"(.{2})?", "the two characters of a status, or none"};
    auto other_status = status;
    other_status.nothing = "00";
    std::vector<sim::fault_kind> all{{"delay", fault_effect::wait}, {"drop", fault_effect::withhold},
        {"half_frame", fault_effect::halve, {}, {"(close)?", "\"close\", or none"}},
        {"wrong_header", fault_effect::alter}, {"second_answer", fault_effect::repeat},
        {"warning", fault_effect::alter, {}, other_status}, {"status", fault_effect::alter, {}, status},
        {"disconnect", fault_effect::end}, {"restart", fault_effect::end, {}, {}, true},
        {"lmk_change", fault_effect::alter}};
    // An answer that only says yes or no has nothing to warn with.
    if (has == answer_statuses::none) std::erase_if(all, [](const auto& kind) { return kind.name == "warning"; });
    return all;
}

} // namespace

shared_faults::shared_faults(std::function<bool(const std::string&)> knows, answer_statuses has)
    : knows_(std::move(knows))
    , plan_(unit_faults(has)) {}

std::optional<sim::fault> shared_faults::hit(std::uint16_t command) {
    if (!armed_.load(std::memory_order_relaxed)) return std::nullopt;
    const std::scoped_lock lock(mutex_);
    return plan_.hit(command_name(command));
}

nlohmann::json shared_faults::control(const nlohmann::json& request) {
    const auto asked = request.value("set", nlohmann::json::array());
    for (const auto& each : asked) {
        if (!each.is_object() || !each.contains("match") || !each["match"].is_string()) continue;
        const auto match = each["match"].get<std::string>();
        if (!match.empty() && !knows_(match)) throw std::invalid_argument("the unit has no command " + match);
    }
    const std::scoped_lock lock(mutex_);
    auto answer = plan_.control(request);
    if (request.contains("set")) armed_.store(!request["set"].empty(), std::memory_order_relaxed);
    return answer;
}

std::map<std::string, std::uint64_t> shared_faults::counters() {
    const std::scoped_lock lock(mutex_);
    return plan_.counters();
}

worker::worker(unit& of, shared_faults& shared, const unit_events& happens, const logger& to, bool every_request,
    std::shared_ptr<tls_context> secured, std::chrono::milliseconds silence)
    : device(of)
    , faults(shared)
    , events(happens)
    , log(to)
    , log_requests(every_request)
    , tls(std::move(secured))
    , idle(silence)
    , wire(answerer::create(of))
    , handshakes(to, "tls")
    , work_(io.get_executor()) {}

worker::~worker() = default;

void worker::serve(boost::asio::ip::tcp::socket socket) {
    sessions_.remove_if([](const auto& weak) { return weak.expired(); });
    auto made = std::make_shared<session>(*this, std::move(socket));
    sessions_.push_back(made);
    made->start();
}

void worker::count(const answered& done, std::chrono::nanoseconds busy) noexcept {
    const char code[] = {static_cast<char>(done.command >> 8U), static_cast<char>(done.command & 0xFFU)};
    const std::string_view name(code, sizeof code);
    if (!done.refused || wire->knows(name)) device.statistics().count_command(name, busy);
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
