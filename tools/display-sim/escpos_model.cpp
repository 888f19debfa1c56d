#include "display-sim/escpos_model.hpp"

#include <cipherlane/core/gbk.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/charset/latin_page.hpp>
#include <cipherlane/drivers/escpos/escpos_model.hpp>

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace cipherlane::sim {
namespace {

constexpr std::size_t unknown = 2; ///< a command that is not known: taken as two bytes

} // namespace

escpos_model::escpos_model(const display_options& options, surroundings around)
    : display_model(options,
          {{"silent", fault_effect::withhold, {"status", "printed"}},
              {"unplug", fault_effect::end, {"status", "printed"}}},
          std::move(around))
    , screen_(options.width, options.height) {
    desk().add("paper", {"level:text", "lines:number?"},
        "enough, near-end or out; with lines it ends behind so many more",
        [this](const nlohmann::json& request) { return set_paper(request); });
    desk().add("cover", {"state:text"}, "open or closed",
        [this](const nlohmann::json& request) { return set_cover(request); });
    desk().add("slips", {}, "the lines of each slip that was cut off", [this](const nlohmann::json&) {
        return nlohmann::json{{"slips", slips_}};
    });
}

nlohmann::json escpos_model::set_paper(const nlohmann::json& request) {
    const auto level = request.at("level").get<std::string>();
    if (level != "enough" && level != "near-end" && level != "out")
        throw std::invalid_argument("level: enough, near-end or out");
    constexpr std::int64_t no_end = -1;
    lines_left_ = whole_number(request, "lines", no_end, no_end, 1'000'000);
    paper_out_ = level == "out";
    paper_low_ = level != "enough";
    tell_unasked();
    work();
    return {{"level", level}};
}

nlohmann::json escpos_model::set_cover(const nlohmann::json& request) {
    const auto now = request.at("state").get<std::string>();
    if (now != "open" && now != "closed") throw std::invalid_argument("state: open or closed");
    cover_open_ = now == "open";
    tell_unasked();
    work();
    return {{"state", now}};
}

void escpos_model::link_lost() {
    held_.clear();
    unasked_ = false;
}

/// The four bytes of GS a, as Epson's reference has them.
void escpos_model::tell_unasked() {
    if (!unasked_) return;
    const auto first = static_cast<std::uint8_t>(0x10 | (stopped() ? 0x08 : 0) | (cover_open_ ? 0x20 : 0));
    const auto third = static_cast<std::uint8_t>((paper_low_ ? 0x03 : 0) | (paper_out_ ? 0x0C : 0));
    player().send("status", {first, 0x00, third, 0x00});
}

void escpos_model::answer_question(std::uint8_t which) {
    std::uint8_t answer = 0x12;
    if (which == 1 && stopped()) answer |= 0x08;
    if (which == 2) answer = static_cast<std::uint8_t>(answer | (cover_open_ ? 0x04 : 0) | (paper_out_ ? 0x20 : 0));
    if (which == 4) answer = static_cast<std::uint8_t>(answer | (paper_low_ ? 0x0C : 0) | (paper_out_ ? 0x60 : 0));
    player().send("status", {answer});
}

void escpos_model::answer_at_once(byte_view data) {
    for (const auto one : data) {
        held_.push_back(one);
        const auto size = held_.size();
        if (size < 3 || held_[size - 3] != 0x10 || held_[size - 2] != 0x04) continue;
        held_.resize(size - 3);
        answer_question(one);
    }
}

std::size_t escpos_model::whole() const {
    auto need = [this](std::size_t size) { return held_.size() >= size ? size : 0; };
    const auto first = held_[0];
    if (first != 0x1B && first != 0x1C && first != 0x1D && first != 0x10) return 1;
    if (held_.size() < 2) return 0;
    const auto second = held_[1];
    if (first == 0x1B && second == 0x70) return need(5);
    if (first == 0x1B) return need(second == 0x40 ? 2 : 3);
    if (first == 0x1C) return need(second == 0x21 ? 3 : unknown);
    if (first == 0x1D && second == 0x56) {
        if (held_.size() < 3) return 0;
        return need(held_[2] == 65 || held_[2] == 66 ? 4 : 3);
    }
    if (first == 0x1D && (second == 0x72 || second == 0x61)) return need(3);
    if (first == 0x10) return need(3);
    if (first == 0x1D && second == 0x28) {
        if (held_.size() < 5) return 0;
        return need(5U + held_[3] + held_[4] * 256U);
    }
    if (first == 0x1D && second == 0x76) {
        if (held_.size() < 8) return 0;
        return need(8 + (held_[4] + held_[5] * 256U) * (held_[6] + held_[7] * 256U));
    }
    return unknown;
}

void escpos_model::receive(byte_view data) {
    count("bytes", data.size());
    if (stopped()) return answer_at_once(data);
    held_.insert(held_.end(), data.begin(), data.end());
    work();
}

void escpos_model::work() {
    while (!held_.empty() && !stopped()) {
        const auto size = whole();
        if (size == 0) return;
        const bytes command(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(size));
        held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(size));
        execute(command);
    }
}

void escpos_model::print_line() {
    slip_.push_back(readable(text_));
    if (!text_.empty()) lines_.push_back(std::exchange(text_, {}));
    if (lines_left_ < 0 || --lines_left_ > 0) return;
    paper_out_ = paper_low_ = true;
    tell_unasked();
    const bytes rest = std::exchange(held_, {}); // questions that came behind this line are answered all the same
    answer_at_once(rest);
}

void escpos_model::cut() {
    count("slips");
    slips_.push_back(std::exchange(slip_, {}));
}

void escpos_model::execute(byte_view command) {
    if (command[0] == '\n') return print_line();
    if (command.size() == 1) {
        text_.push_back(static_cast<char>(command[0]));
        return;
    }
    count("commands");
    if (command[0] == 0x1B && command[1] == 0x40) {
        lines_.clear();
        text_.clear();
        raster_.reset();
        screen_.clear();
        page_ = 0;
        chinese_ = true;
    } else if (command[0] == 0x1B && command[1] == 0x74) {
        page_ = command[2];
    } else if (command[0] == 0x1C) {
        chinese_ = command[1] == 0x26 || (command[1] != 0x2E && chinese_);
    } else if (command[0] == 0x10 && command[1] == 0x04) {
        answer_question(command[2]);
    } else if (command[0] == 0x1B && command[1] == 0x70) {
        count("drawer");
    } else if (command[0] == 0x1D && command[1] == 0x56) {
        cut();
    } else if (command[0] == 0x1D && command[1] == 0x72) {
        player().send("printed", {static_cast<std::uint8_t>(paper_low_ ? 0x03 : 0)});
    } else if (command[0] == 0x1D && command[1] == 0x61) {
        unasked_ = command[2] != 0;
        tell_unasked();
    } else if (command[0] == 0x1D && command[1] == 0x28) {
        code_function(command);
    } else if (command[0] == 0x1D && command[1] == 0x76) {
        print_raster(command);
    }
}

void escpos_model::code_function(byte_view command) {
    if (command.size() < 8 || command[2] != 0x6B || command[5] != 49) return;
    switch (command[6]) {
    case 67: module_dots_ = command[7]; break;
    case 69: level_ = command[7]; break;
    case 80: stored_.assign(command.begin() + 8, command.end()); break;
    case 81:
        count("codes");
        screen_.set_code(stored_);
        break;
    default: break;
    }
}

void escpos_model::print_raster(byte_view command) {
    const auto stride = command[4] + command[5] * 256U;
    const auto height = command[6] + command[7] * 256U;
    const auto rows = command.subspan(8);
    count("pictures");
    drivers::frame paper(static_cast<int>(stride * 8), static_cast<int>(height));
    for (std::size_t y = 0; y < height; ++y) {
        for (std::size_t x = 0; x < stride * 8; ++x) {
            const bool dot = ((rows[y * stride + x / 8] >> (7 - x % 8)) & 1) != 0;
            if (dot) paper.set(static_cast<int>(x), static_cast<int>(y), drivers::black);
        }
    }
    raster_ = std::move(paper);
}

/// What a person reads on the paper, with the pages of an Epson printer.
std::string escpos_model::readable(const std::string& line) const {
    if (chinese_) {
        auto text = gbk_to_utf8(as_bytes(line));
        return text ? *std::move(text) : std::string();
    }
    for (const auto& page : drivers::escpos_models().front().pages) {
        if (page.number == page_) return drivers::from_latin(as_bytes(line), *drivers::find_latin_page(page.name));
    }
    return {};
}

nlohmann::json escpos_model::state() const {
    nlohmann::json raw = nlohmann::json::array();
    nlohmann::json lines = nlohmann::json::array();
    for (const auto& line : lines_) {
        raw.push_back(to_hex(as_bytes(line)));
        lines.push_back(readable(line));
    }
    return {{"lines", lines}, {"lines_hex", raw}, {"chinese", chinese_}, {"page", page_}, {"code", screen_.code()},
        {"module_dots", module_dots_}, {"level", level_}};
}

} // namespace cipherlane::sim
