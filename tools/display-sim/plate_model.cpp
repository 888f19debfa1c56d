#include "display-sim/plate_model.hpp"

#include <nlohmann/json.hpp>

#include <numeric>

namespace cipherlane::sim {
namespace {

constexpr std::size_t overhead = 3; // header, length, sum

std::uint8_t sum_of(byte_view data) {
    return static_cast<std::uint8_t>(std::accumulate(data.begin(), data.end(), 0U));
}

/// Takes a text that its length stands before; nothing if it is not whole.
std::optional<std::string> take_text(std::string& from) {
    if (from.empty()) return std::nullopt;
    const auto size = static_cast<std::uint8_t>(from[0]);
    if (from.size() < 1U + size) return std::nullopt;
    auto text = from.substr(1, size);
    from.erase(0, 1U + size);
    return text;
}

} // namespace

plate_model::plate_model(const display_options& options, surroundings around)
    : packet_model(options, {"I", "V", "C", "B", "S", "Q", "A", "T", "R"}, std::move(around))
    , screen_(options.width, options.height) {}

std::size_t plate_model::take(byte_view data) {
    if (data[0] != 0x51) {
        if (data[0] != 0x00) count("stray");
        return 1;
    }
    if (data.size() < 2) return 0;
    const std::size_t size = data[1];
    if (data.size() < size + overhead) return 0;
    if (size == 0 || sum_of(data.first(size + 2)) != data[size + 2]) {
        count("broken");
    } else {
        execute(data.subspan(2, size));
    }
    return size + overhead;
}

bytes plate_model::wrap(byte_view content) const {
    bytes out{0x52, static_cast<std::uint8_t>(content.size())};
    out.insert(out.end(), content.begin(), content.end());
    out.push_back(sum_of(out));
    return out;
}

void plate_model::execute(byte_view content) {
    const char command = static_cast<char>(content[0]);
    const std::string name(1, command);
    count("commands");
    count("command " + name);
    bytes answer{static_cast<std::uint8_t>(content[0] | 0x20U), 0x00};
    std::uint8_t code = 0;
    switch (command) {
    case 'I': break;
    case 'V':
        for (const char one : std::string_view("HP-7 1.04"))
            answer.push_back(static_cast<std::uint8_t>(one));
        break;
    case 'C':
        screen_.clear();
        seconds_ = -1;
        break;
    case 'B':
        if (content.size() == 2 && content[1] <= 10) {
            brightness_ = content[1];
        } else {
            code = 0x02;
        }
        break;
    case 'S':
        if (content.size() == 3) {
            seconds_ = content[1] << 8 | content[2];
        } else {
            code = 0x02;
        }
        break;
    case 'Q':
    case 'A':
    case 'T':
    case 'R':
        code = collect(content);
        if (content.size() > 1) answer.push_back(content[1]);
        break;
    default: code = 0x01; break;
    }
    if (code != 0) answer = {answer[0], 0x15, code};
    respond(name, std::move(answer));
}

std::uint8_t plate_model::collect(byte_view content) {
    if (content.size() < 3) return 0x02;
    const int part = content[1];
    if (part == 0) {
        text_.clear();
    } else if (part != next_part_) {
        return 0x04;
    }
    next_part_ = part + 1;
    text_.append(as_text(content.subspan(3)));
    return next_part_ == content[2] ? show(static_cast<char>(content[0])) : std::uint8_t{0};
}

std::uint8_t plate_model::show(char command) {
    const auto first = take_text(text_);
    if (!first) return 0x02;
    seconds_ = -1;
    if (command == 'Q') {
        const auto payee = take_text(text_);
        if (!payee || text_.empty()) return 0x02;
        screen_.clear();
        screen_.set_header(*payee);
        screen_.set_footer(*first);
        screen_.set_code(text_);
        return 0;
    }
    screen_.clear();
    screen_.set_lines({*first, text_});
    return 0;
}

nlohmann::json plate_model::state() const {
    return {{"header", screen_.header()}, {"footer", screen_.footer()}, {"code", screen_.code()},
        {"lines", screen_.lines()}, {"brightness", brightness_}, {"seconds", seconds_}};
}

} // namespace cipherlane::sim
