#include "display-sim/line_model.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace cipherlane::sim {
namespace {

constexpr std::size_t columns = 20;
constexpr std::uint8_t carriage_return = 0x0D;

} // namespace

/// A command by its first byte, and by its second where that counts.
struct line_model::row {
    static constexpr int any = -1;
    static constexpr std::size_t up_to_return = 0;

    std::uint8_t first;
    int second;
    std::size_t size; ///< bytes of the whole command
    void (line_model::*run)(byte_view command);
};

constexpr line_model::row line_model::rows[] = {
    {0x0C, row::any, 1, &line_model::reset}, {0x04, row::any, 2, &line_model::dim},         // Logic Controls
    {0x10, row::any, 2, &line_model::move_to_place}, {0x1F, 0x24, 4, &line_model::move_to}, // Epson
    {0x1F, 0x58, 3, &line_model::dim}, {0x1F, row::any, 1, &line_model::reset}, // Logic Controls: nothing behind it
    {0x1B, 0x2A, 3, &line_model::dim}, {0x1B, 0x51, row::up_to_return, &line_model::set_line}, // CD5220 and LED8N
    {0x1B, 0x73, 3, &line_model::light}, {0x1B, row::any, 2, &line_model::pass}, // initialise, and what is not known
};

line_model::line_model(const display_options& options, surroundings around)
    : display_model(options, {{"unplug", fault_effect::end, {"write"}}}, std::move(around))
    , rows_(2, std::string(columns, ' '))
    , screen_(options.width, options.height) {
    desk().add("swallow", {"times:number"}, "the next writes are lost on it", [this](const nlohmann::json& request) {
        constexpr std::int64_t most = 1'000'000;
        swallows_ = whole_number(request, "times", 1, 0, most);
        return nlohmann::json{{"times", swallows_}};
    });
}

void line_model::receive(byte_view data) {
    count("bytes", data.size());
    if (swallows_ > 0) {
        --swallows_;
        return count("bytes_lost", data.size());
    }
    held_.insert(held_.end(), data.begin(), data.end());
    while (!held_.empty() && execute()) {
    }
    screen_.set_lines(rows_);
    player().send("write", {});
}

/// Carries out what is at the front of the bytes held; false if it is not whole yet.
bool line_model::execute() {
    const auto* known = std::find_if(std::begin(rows), std::end(rows), [this](const row& one) {
        return one.first == held_[0] && (one.second == row::any || (held_.size() > 1 && one.second == held_[1]));
    });
    std::size_t size = 1;
    if (known != std::end(rows)) {
        size = known->size;
        if (size == row::up_to_return) {
            const auto end = std::find(held_.begin(), held_.end(), carriage_return);
            size = static_cast<std::size_t>(end - held_.begin()) + 1;
        }
        if (held_.size() < size) return false;
    }
    const bytes command(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(size));
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(size));
    if (known != std::end(rows)) {
        (this->*known->run)(command);
    } else if (command[0] >= 0x20 && command[0] < 0x7F) {
        put(static_cast<char>(command[0]));
    }
    return true;
}

void line_model::put(char one) {
    if (column_ < columns) rows_[row_][column_++] = one;
}

void line_model::reset(byte_view) {
    rows_.assign(2, std::string(columns, ' '));
    row_ = column_ = 0;
}

void line_model::dim(byte_view command) {
    brightness_ = command.back();
}

/// Place from 0 over both rows.
void line_model::move_to_place(byte_view command) {
    row_ = std::min<std::size_t>(command[1] / columns, 1);
    column_ = command[1] % columns;
}

/// Column and row from 1.
void line_model::move_to(byte_view command) {
    column_ = std::min<std::size_t>(command[2], columns) - (command[2] > 0 ? 1U : 0U);
    row_ = command[3] == 2 ? 1 : 0;
}

/// A whole row: 'A' or 'B', text, CR.
void line_model::set_line(byte_view command) {
    if (command.size() < 4) return;
    row_ = command[2] == 'B' ? 1 : 0;
    column_ = 0;
    rows_[row_].assign(columns, ' ');
    for (const auto one : command.subspan(3, command.size() - 4))
        put(static_cast<char>(one));
}

void line_model::light(byte_view command) {
    lamp_ = command[2] - '0';
}

void line_model::pass(byte_view) {}

nlohmann::json line_model::state() const {
    return {{"line1", rows_[0]}, {"line2", rows_[1]}, {"lamp", lamp_}, {"brightness", brightness_}};
}

} // namespace cipherlane::sim
