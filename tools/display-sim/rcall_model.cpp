#include "display-sim/rcall_model.hpp"

#include <nlohmann/json.hpp>

namespace cipherlane::sim {
namespace {

constexpr const char* version = "QR-1.3.10.7789";
constexpr const char* number = "4FFCB0033130363208473130";
constexpr std::size_t longest_line = 4'096;

bytes line_of(const std::string& text) {
    bytes line(text.begin(), text.end());
    line.push_back('\n');
    return line;
}

std::vector<fault_kind> rcall_faults() {
    const std::vector<std::string> commands{"V", "ID", "IDS", "Q", "QL", "T1", "T2", "CQ", "CQL", "OFF"};
    return {{"silent", fault_effect::withhold, commands}, {"delay", fault_effect::wait, commands},
        {"garbage", fault_effect::alter, commands}, {"wrong_command", fault_effect::alter, commands},
        {"error", fault_effect::alter, commands}, {"truncate", fault_effect::halve, commands},
        {"unplug", fault_effect::end, commands}};
}

} // namespace

rcall_model::rcall_model(const display_options& options, surroundings around)
    : display_model(options, rcall_faults(), std::move(around))
    , screen_(options.width, options.height) {}

void rcall_model::receive(byte_view data) {
    count("bytes", data.size());
    for (auto one : data) {
        if (one != '\n') {
            if (line_.size() < longest_line) line_.push_back(static_cast<char>(one));
            continue;
        }
        if (line_.ends_with('\r')) line_.pop_back();
        execute(std::exchange(line_, {}));
    }
}

void rcall_model::execute(const std::string& line) {
    auto end = line.find(']');
    if (!line.starts_with('[') || end == std::string::npos) {
        count("unknown");
        return; // a line that is no command is not answered
    }
    auto name = line.substr(1, end - 1);
    count("commands");
    count("command " + name);
    auto answer = carry_out(name, line.substr(end + 1));
    if (!answer.empty()) respond(name, "[" + name + "]" + answer);
}

std::string rcall_model::carry_out(const std::string& name, const std::string& text) {
    if (name == "V") return version;
    if (name == "ID") return number;
    if (name == "IDS") {
        screen_.set_code(number);
    } else if (name == "Q" || name == "QL") {
        if (text.empty()) return "ERROR";
        screen_.set_code(text);
    } else if (name == "T1") {
        screen_.set_header(text);
    } else if (name == "T2") {
        screen_.set_footer(text);
    } else if (name == "CQ" || name == "CQL") {
        screen_.clear_middle();
    } else if (name == "OFF") {
        screen_.switch_off();
    } else {
        count("unknown");
        return "ERROR";
    }
    return "OK";
}

void rcall_model::respond(const std::string& name, const std::string& answer) {
    player().send(name, line_of(answer), [&](const fault& hit, bytes) {
        if (hit.kind == "wrong_command") return line_of("[CQ" + name + "]OK");
        if (hit.kind == "error") return line_of("[" + name + "]ERROR");
        return bytes{0x00, 0xFF, 0x13, '[', 0x80, '\n'};
    });
}

nlohmann::json rcall_model::state() const {
    return {
        {"header", screen_.header()}, {"footer", screen_.footer()}, {"code", screen_.code()}, {"lit", screen_.lit()}};
}

} // namespace cipherlane::sim
