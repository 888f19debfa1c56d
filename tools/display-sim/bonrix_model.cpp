#include "display-sim/bonrix_model.hpp"

#include <nlohmann/json.hpp>

namespace cipherlane::sim {
namespace {

constexpr std::size_t longest_line = 4'096;

std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (auto at = line.find("**"); at != std::string::npos; at = line.find("**", begin)) {
        parts.push_back(line.substr(begin, at - begin));
        begin = at + 2;
    }
    parts.push_back(line.substr(begin));
    return parts;
}

bytes log_line(std::string_view text) {
    bytes line(text.begin(), text.end());
    line.push_back('\r');
    line.push_back('\n');
    return line;
}

} // namespace

bonrix_model::bonrix_model(const display_options& options, surroundings around)
    : display_model(options,
          {{"silent", fault_effect::withhold}, {"garbage", fault_effect::alter}, {"unplug", fault_effect::end}},
          std::move(around))
    , drawing_(options.drawing)
    , screen_(options.width, options.height) {}

void bonrix_model::receive(byte_view data) {
    count("bytes", data.size());
    if (busy_) {
        count("bytes_lost", data.size());
        return;
    }
    for (auto one : data) {
        if (busy_) {
            count("bytes_lost");
        } else if (one != '\n') {
            if (line_.size() < longest_line) line_.push_back(static_cast<char>(one));
        } else {
            execute(std::exchange(line_, {}));
        }
    }
}

void bonrix_model::execute(const std::string& line) {
    const auto parts = split(line);
    const auto& name = parts.front();
    count("commands");
    count("command " + name);
    name_ = name;
    draw(name, {parts.begin() + 1, parts.end()});
    busy_ = true;
    around().later(drawing_, [this] { busy_ = false; });
    player().send(name, log_line(name == "DisplayQRCodeScreen" ? "QR Code Generation" : "screen " + name),
        [](const fault&, const bytes&) {
            return bytes{0xFF, 0x00, 0x80, '\n'};
        });
}

void bonrix_model::draw(const std::string& name, const std::vector<std::string>& fields) {
    screen_.clear();
    if (name == "DisplayQRCodeScreen" && fields.size() == 3) {
        screen_.set_header(fields[2]);
        screen_.set_footer(fields[1]);
        screen_.set_code(fields[0]);
    } else {
        screen_.set_header(name);
        screen_.set_lines(fields);
    }
}

nlohmann::json bonrix_model::state() const {
    return {{"screen", name_}, {"header", screen_.header()}, {"footer", screen_.footer()}, {"code", screen_.code()},
        {"lines", screen_.lines()}, {"busy", busy_}};
}

} // namespace cipherlane::sim
