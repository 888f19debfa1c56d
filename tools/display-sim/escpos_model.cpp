#include "display-sim/escpos_model.hpp"

#include <cipherlane/core/gbk.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/display/escpos/escpos_model.hpp>
#include <cipherlane/drivers/display/escpos/latin_page.hpp>

#include <nlohmann/json.hpp>

namespace cipherlane::sim {
namespace {

constexpr std::size_t unknown = 2; ///< a command that is not known: taken as two bytes

} // namespace

escpos_model::escpos_model(const display_options& options, surroundings around)
    : display_model(options,
          {{"silent", fault_effect::withhold, {"status"}}, {"unplug", fault_effect::end, {"status"}}},
          std::move(around))
    , screen_(options.width, options.height) {}

std::size_t escpos_model::whole() const {
    auto need = [this](std::size_t size) { return held_.size() >= size ? size : 0; };
    const auto first = held_[0];
    if (first != 0x1B && first != 0x1C && first != 0x1D && first != 0x10) return 1;
    if (held_.size() < 2) return 0;
    const auto second = held_[1];
    if (first == 0x1B) return need(second == 0x61 || second == 0x64 || second == 0x74 ? 3 : unknown);
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
    held_.insert(held_.end(), data.begin(), data.end());
    while (!held_.empty()) {
        const auto size = whole();
        if (size == 0) return;
        const bytes command(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(size));
        held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(size));
        execute(command);
    }
}

void escpos_model::execute(byte_view command) {
    if (command[0] == '\n') {
        if (!text_.empty()) lines_.push_back(std::exchange(text_, {}));
        return;
    }
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
        player().send("status", {0x12});
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
