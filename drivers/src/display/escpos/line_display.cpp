#include "../../charset/plain_text.hpp"
#include "../../refusals.hpp"

#include <cipherlane/drivers/display/escpos/line_display.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t led_places = 8;
constexpr std::chrono::milliseconds drawing{50}; ///< left alone so long: they say nothing back, and may be at work

constexpr line_dialect epson_row{
    .name = "Epson DM-D"sv,
    .reset = "\x1B\x40"sv,
    .clear = "\x0C"sv,
    .upper_before = "\x1F\x24\x01\x01"sv,
    .upper_after = {},
    .lower_before = "\x1F\x24\x01\x02"sv,
    .lower_after = {},
    .brightness = "\x1F\x58"sv,
    .brightness_least = 1,
    .brightness_most = 4,
    .columns = 20,
    .takes = line_dialect::content::text,
    .lamp_total = {},
    .lamp_off = {},
};

// After ESC Q only CLR leaves the string mode, so that every content begins with it.
constexpr line_dialect cd5220_row{
    .name = "CD5220"sv,
    .reset = "\x1B\x40"sv,
    .clear = "\x0C"sv,
    .upper_before = "\x1B\x51\x41"sv,
    .upper_after = "\x0D"sv,
    .lower_before = "\x1B\x51\x42"sv,
    .lower_after = "\x0D"sv,
    .brightness = "\x1B\x2A"sv,
    .brightness_least = 1,
    .brightness_most = 4,
    .columns = 20,
    .takes = line_dialect::content::text,
    .lamp_total = {},
    .lamp_off = {},
};

constexpr line_dialect led8n_row{
    .name = "LED8N"sv,
    .reset = {},
    .clear = "\x0C"sv,
    .upper_before = "\x1B\x51\x41"sv,
    .upper_after = "\x0D"sv,
    .lower_before = {},
    .lower_after = {},
    .brightness = {},
    .brightness_least = 0,
    .brightness_most = 0,
    .columns = led_places,
    .takes = line_dialect::content::digits,
    .lamp_total = "\x1B\x73\x32"sv,
    .lamp_off = "\x1B\x73\x30"sv,
};

// Positions run from 0 in the upper line to 20 (14h) where the lower begins; position 0 follows the reset.
constexpr line_dialect logic_row{
    .name = "Logic Controls"sv,
    .reset = {},
    .clear = "\x1F"sv,
    .upper_before = {},
    .upper_after = {},
    .lower_before = "\x10\x14"sv,
    .lower_after = {},
    .brightness = "\x04"sv,
    .brightness_least = 0x20,
    .brightness_most = 0xFF,
    .columns = 20,
    .takes = line_dialect::content::text,
    .lamp_total = {},
    .lamp_off = {},
};

void add(bytes& to, std::string_view what) {
    to.insert(to.end(), what.begin(), what.end());
}

step command(const line_dialect& dialect, bytes out) {
    step made;
    made.name = dialect.name;
    made.out = std::move(out);
    made.pause_after = drawing;
    return made;
}

} // namespace

const line_dialect& epson_dm_d() noexcept {
    return epson_row;
}
const line_dialect& cd5220() noexcept {
    return cd5220_row;
}
const line_dialect& led8n() noexcept {
    return led8n_row;
}
const line_dialect& logic_controls() noexcept {
    return logic_row;
}

line_display_protocol::line_display_protocol(const line_dialect& dialect, wording words)
    : dialect_(&dialect)
    , words_(std::move(words)) {}

/// The whole content in one write: a display is never seen with one line of the old and one of the new.
result<step_list> line_display_protocol::two_lines(std::string_view upper, std::string_view lower) const {
    CIPHERLANE_CHECK(check_plain_ascii(upper, "line1"));
    CIPHERLANE_CHECK(check_plain_ascii(lower, "line2"));
    const auto columns = static_cast<std::size_t>(dialect_->columns);
    bytes out;
    add(out, dialect_->reset);
    add(out, dialect_->clear);
    if (!upper.empty()) {
        add(out, dialect_->upper_before);
        add(out, upper.substr(0, columns));
        add(out, dialect_->upper_after);
    }
    if (!lower.empty()) {
        add(out, dialect_->lower_before);
        add(out, lower.substr(0, columns));
        add(out, dialect_->lower_after);
    }
    return step_list{command(*dialect_, std::move(out))};
}

result<step_list> line_display_protocol::show(const ports::display_content& what) {
    return std::visit([this](const auto& content) { return draw(content); }, what);
}

result<step_list> line_display_protocol::draw(const ports::qr_view&) {
    return cannot("show_qr");
}

result<step_list> line_display_protocol::draw(const ports::amount_view& what) {
    const auto money = what.total.to_string();
    if (dialect_->takes == line_dialect::content::text) return two_lines(words_.to_pay, money);
    const auto digits =
        static_cast<std::size_t>(std::count_if(money.begin(), money.end(), [](char c) { return c != '.'; }));
    if (digits > led_places) return refused(drivers_errc::too_long).in_field("amount").at_offset(led_places);
    bytes out;
    add(out, dialect_->clear);
    add(out, dialect_->upper_before);
    add(out, money);
    add(out, dialect_->upper_after);
    add(out, dialect_->lamp_total);
    return step_list{command(*dialect_, std::move(out))};
}

result<step_list> line_display_protocol::draw(const ports::text_view& text) {
    if (dialect_->takes == line_dialect::content::digits) return cannot("show_text");
    return two_lines(text.line1, text.line2);
}

result<step_list> line_display_protocol::draw(const ports::outcome_view& end) {
    if (dialect_->takes == line_dialect::content::digits) return draw(ports::blank_view{});
    return two_lines(words_.outcome(end.what), end.total.minor() == 0 ? std::string() : end.total.to_string());
}

result<step_list> line_display_protocol::draw(const ports::remaining_view&) {
    return cannot("show_remaining");
}

result<step_list> line_display_protocol::draw(const ports::blank_view&) {
    bytes out;
    add(out, dialect_->reset);
    add(out, dialect_->clear);
    add(out, dialect_->lamp_off);
    return step_list{command(*dialect_, std::move(out))};
}

result<step_list> line_display_protocol::set_brightness(int percent) {
    if (dialect_->brightness_most == 0) return cannot("set_brightness");
    const int range = dialect_->brightness_most - dialect_->brightness_least;
    bytes out;
    add(out, dialect_->brightness);
    out.push_back(
        static_cast<std::uint8_t>(dialect_->brightness_least + (range * std::clamp(percent, 0, 100) + 50) / 100));
    return step_list{command(*dialect_, std::move(out))};
}

result<step_list> line_display_protocol::heartbeat() {
    return cannot("heartbeat");
}

result<std::string> line_display_protocol::identity(byte_view) const {
    return cannot("heartbeat");
}

ports::display_capabilities line_display_protocol::capabilities() const noexcept {
    ports::display_capabilities can;
    can.amount = true;
    can.text = can.outcome = dialect_->takes == line_dialect::content::text;
    can.brightness = dialect_->brightness_most != 0;
    can.repeats = true;
    return can;
}

} // namespace cipherlane::drivers
