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

} // namespace

rcall_model::rcall_model(const display_options& options, display_surroundings around)
    : display_model({"silent", "delay", "garbage", "wrong_command", "error", "truncate", "unplug"}, std::move(around))
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
    auto line = line_of(answer);
    auto hit = faults().hit(name);
    if (!hit) return around().send(std::move(line));
    if (hit->kind == "silent") return;
    if (hit->kind == "unplug") return around().unplug();
    if (hit->kind == "wrong_command") return around().send(line_of("[CQ" + name + "]OK"));
    if (hit->kind == "error") return around().send(line_of("[" + name + "]ERROR"));
    if (hit->kind == "truncate") {
        line.resize(line.size() / 2);
        return around().send(std::move(line));
    }
    if (hit->kind == "garbage") return around().send({0x00, 0xFF, 0x13, '[', 0x80, '\n'});
    around().later(hit->delay, [send = around().send, late = std::move(line)] { send(late); });
}

nlohmann::json rcall_model::state() const {
    return {
        {"header", screen_.header()}, {"footer", screen_.footer()}, {"code", screen_.code()}, {"lit", screen_.lit()}};
}

} // namespace cipherlane::sim
