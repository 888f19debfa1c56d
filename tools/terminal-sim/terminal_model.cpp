#include "terminal-sim/terminal_model.hpp"

#include "terminal-sim/ecr17_model.hpp"
#include "terminal-sim/mispos_model.hpp"
#include "terminal-sim/zvt_model.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace cipherlane::sim {
namespace {

using maker = std::unique_ptr<terminal_model> (*)(terminal_setup, surroundings);

struct protocol_row {
    std::string_view name;
    maker make;
};

template <class Model>
std::unique_ptr<terminal_model> made(terminal_setup with, surroundings around) {
    return std::make_unique<Model>(std::move(with), std::move(around));
}

constexpr auto protocols = std::to_array<protocol_row>(
    {{"zvt", made<zvt_model>}, {"ecr17", made<ecr17_model>}, {"mispos", made<mispos_model>}});

} // namespace

std::unique_ptr<terminal_model> make_terminal_model(
    std::string_view protocol, terminal_setup with, surroundings around) {
    const auto* const row = std::find_if(
        protocols.begin(), protocols.end(), [&](const protocol_row& one) { return one.name == protocol; });
    if (row == protocols.end()) throw std::invalid_argument("no such protocol: " + std::string(protocol));
    return row->make(std::move(with), std::move(around));
}

std::vector<std::string> terminal_protocols() {
    std::vector<std::string> names;
    for (const auto& row : protocols)
        names.emplace_back(row.name);
    return names;
}

std::vector<fault_kind> terminal_faults(const std::vector<std::string>& said, const std::vector<fault_kind>& own) {
    std::vector<fault_kind> all{
        {"no_answer", fault_effect::withhold, said},
        {"delay", fault_effect::wait, said},
        {"half", fault_effect::halve, said, {"close", "\"close\""}},
        {"twice", fault_effect::repeat, said},
        {"cut", fault_effect::end, said},
        {"busy", fault_effect::alter, {"command"}},
        {"paper_out", fault_effect::alter, {"payment"}},
        {"restart", fault_effect::alter, {"command", "payment", "authorised", "stored"}},
        {"nak", fault_effect::alter, {"frame"}},
        {"talks", fault_effect::alter, {"payment"}},
        {"forgets", fault_effect::alter, {"last asked"}},
        {"tip", fault_effect::alter, {"total"}},
    };
    all.insert(all.end(), own.begin(), own.end());
    return all;
}

terminal_model::terminal_model(terminal_setup with, std::vector<fault_kind> faults, surroundings around)
    : simulated_device(std::move(faults), std::move(around))
    , with_(std::move(with)) {
    take_commands();
}

void terminal_model::take_commands() {
    desk().add("card", {"pan:text", "declines:text?", "stays:yes_or_no?"},
        "a card comes: its issuer declines with that code (hex), or it pays; gone after one payment unless it stays",
        [this](const nlohmann::json& request) { return present(request); });
    desk().add("card_out", {}, "takes the card away", [this](const nlohmann::json&) {
        card_.reset();
        return nlohmann::json::object();
    });
    desk().add("cancel", {}, "the customer presses cancel", [this](const nlohmann::json&) {
        customer_cancelled();
        return nlohmann::json::object();
    });
    desk().add("paper", {"on:yes_or_no"}, "paper in its printer, or none", [this](const nlohmann::json& request) {
        paper_ = request.at("on").get<bool>();
        return nlohmann::json{{"paper", paper_}};
    });
    desk().add("books", {}, "what was asked of its host, and what stands",
        [this](const nlohmann::json&) { return books_.to_json(); });
    desk().add("restart", {}, "the power goes and comes", [this](const nlohmann::json&) {
        restart();
        return nlohmann::json::object();
    });
}

nlohmann::json terminal_model::present(const nlohmann::json& request) {
    sim_card made;
    made.pan = request.at("pan").get<std::string>();
    if (made.pan.size() < 12 || made.pan.size() > 19 || made.pan.find_first_not_of("0123456789") != std::string::npos)
        throw std::invalid_argument("pan must be 12 to 19 digits");
    if (request.contains("declines")) {
        const auto code = request.at("declines").get<std::string>();
        if (code.size() != 2 || code.find_first_not_of("0123456789ABCDEFabcdef") != std::string::npos)
            throw std::invalid_argument("declines must be two hex digits");
        made.declines = static_cast<std::uint8_t>(std::stoi(code, nullptr, 16));
    }
    card_ = std::move(made);
    card_stays_ = request.value("stays", false);
    card_came();
    return nlohmann::json::object();
}

void terminal_model::card_used() {
    if (!card_stays_) card_.reset();
}

void terminal_model::restart() {
    forget_timers();
    if (auto* const open = books_.pending()) books_.take_back(*open);
    settling_ = false;
    restarted();
    if (with_.over == terminal_setup::line::stream) around().unplug(); // a line without a carrier shows nothing of it
}

sim_entry& terminal_model::ask_host_for(sim_trade what, std::int64_t minor, int original) {
    constexpr std::int64_t tip = 100;
    if (player().hit("total")) minor += tip;
    return books_.ask(what, minor, original, card_.value_or(sim_card{}));
}

void terminal_model::settle_pending() {
    auto* const open = books_.pending();
    if (open == nullptr) return;
    if (player().hit("till lost")) {
        books_.store(*open);
    } else {
        books_.take_back(*open);
        count("taken back");
    }
    if (with_.settling.count() == 0) return;
    settling_ = true;
    after(with_.settling, [this] { settling_ = false; });
}

void terminal_model::after(std::chrono::milliseconds span, std::function<void()> what) {
    around().later(span, [what = std::move(what), all = std::weak_ptr(generation_), mine = *generation_] {
        if (const auto now = all.lock(); now && *now == mine) what();
    });
}

} // namespace cipherlane::sim
