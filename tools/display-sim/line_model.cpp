#include "display-sim/line_model.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace cipherlane::sim {
namespace {

constexpr std::size_t columns = 20;

} // namespace

line_model::line_model(const display_options& options, display_surroundings around)
    : display_model({"unplug"}, std::move(around))
    , rows_(2, std::string(columns, ' '))
    , screen_(options.width, options.height) {}

void line_model::wipe_glass() {
    rows_.assign(2, std::string(columns, ' '));
    row_ = column_ = 0;
}

void line_model::put(char one) {
    if (column_ < columns) rows_[row_][column_++] = one;
}

void line_model::receive(byte_view data) {
    count("bytes", data.size());
    held_.insert(held_.end(), data.begin(), data.end());
    while (!held_.empty() && execute()) {
    }
    redraw();
    if (auto hit = faults().hit("write"); hit && hit->kind == "unplug") around().unplug();
}

/// Carries out what is at the front of the bytes held; false if it is not whole yet.
bool line_model::execute() {
    auto drop = [this](std::size_t size) {
        held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(size));
    };
    const auto first = held_[0];
    if (first >= 0x20 && first < 0x7F) {
        put(static_cast<char>(first));
        drop(1);
        return true;
    }
    if (first == 0x0C) {
        wipe_glass();
        drop(1);
        return true;
    }
    if (first == 0x04 || first == 0x10) { // Logic Controls: brightness, position
        if (held_.size() < 2) return false;
        if (first == 0x04) {
            brightness_ = held_[1];
        } else {
            row_ = std::min<std::size_t>(held_[1] / columns, 1);
            column_ = held_[1] % columns;
        }
        drop(2);
        return true;
    }
    if (held_.size() < 2) {
        if (first != 0x1F) return first != 0x1B && first != 0x02 ? (drop(1), true) : false;
        wipe_glass(); // Logic Controls: reset, nothing behind it
        drop(1);
        return true;
    }
    const auto second = held_[1];
    if (first == 0x1F && second == 0x24) { // Epson: column, row, from 1
        if (held_.size() < 4) return false;
        column_ = std::min<std::size_t>(held_[2], columns) - (held_[2] > 0 ? 1U : 0U);
        row_ = held_[3] == 2 ? 1 : 0;
        drop(4);
        return true;
    }
    if ((first == 0x1F && second == 0x58) || (first == 0x1B && second == 0x2A)) {
        if (held_.size() < 3) return false;
        brightness_ = held_[2];
        drop(3);
        return true;
    }
    if (first == 0x1F) {
        wipe_glass();
        drop(1);
        return true;
    }
    if (first == 0x1B && second == 0x51) { // CD5220 and LED8N: a whole line up to CR
        const auto end = std::find(held_.begin(), held_.end(), 0x0D);
        if (end == held_.end() || held_.size() < 3) return false;
        row_ = held_[2] == 'B' ? 1 : 0;
        column_ = 0;
        rows_[row_].assign(columns, ' ');
        for (auto at = held_.begin() + 3; at != end; ++at)
            put(static_cast<char>(*at));
        held_.erase(held_.begin(), end + 1);
        return true;
    }
    if (first == 0x1B && second == 0x73) {
        if (held_.size() < 3) return false;
        lamp_ = held_[2] - '0';
        drop(3);
        return true;
    }
    drop(first == 0x1B ? 2 : 1); // initialise, and what is not known
    return true;
}

void line_model::redraw() {
    screen_.set_lines(rows_);
}

nlohmann::json line_model::state() const {
    return {{"line1", rows_[0]}, {"line2", rows_[1]}, {"lamp", lamp_}, {"brightness", brightness_}};
}

} // namespace cipherlane::sim
