#include "../../charset/plain_text.hpp"
#include "../../escpos/escpos_text.hpp"
#include "../../refusals.hpp"

#include <cipherlane/drivers/display/escpos/escpos_printer.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/qr/symbol.hpp>

namespace cipherlane::drivers {
namespace {

constexpr std::size_t largest_code = 7'089;
constexpr std::uint8_t code_model = 65;
constexpr std::uint8_t code_size = 67;
constexpr std::uint8_t code_level = 69;
constexpr std::uint8_t code_store = 80;
constexpr std::uint8_t code_print = 81;
constexpr std::uint8_t qr_symbol = 49;

/// GS ( k with one function and its parameters.
void add_function(bytes& to, std::uint8_t function, byte_view parameters) {
    const auto size = parameters.size() + 2;
    to.insert(to.end(), {0x1D, 0x28, 0x6B, static_cast<std::uint8_t>(size & 0xFF),
                            static_cast<std::uint8_t>(size >> 8U), qr_symbol, function});
    to.insert(to.end(), parameters.begin(), parameters.end());
}

void add_function(bytes& to, std::uint8_t function, std::initializer_list<std::uint8_t> parameters) {
    add_function(to, function, byte_view(parameters.begin(), parameters.size()));
}

void feed(bytes& out, int lines) {
    out.insert(out.end(), {0x1B, 0x64, static_cast<std::uint8_t>(lines)});
}

step_list one(bytes out) {
    step made;
    made.name = std::string_view("print");
    made.out = std::move(out);
    step_list steps;
    steps.push_back(std::move(made));
    return steps;
}

} // namespace

result<bytes> escpos_qr(std::string_view text, int size, escpos_level level) {
    if (size < 1 || size > 16) return refused(drivers_errc::bad_setting).in_field("module_dots");
    if (text.empty()) return refused(drivers_errc::unsendable_text).in_field("payload").at_offset(0);
    CIPHERLANE_CHECK(check_length(text, largest_code, "payload"));
    bytes out;
    out.reserve(text.size() + 40);
    add_function(out, code_model, {50, 0});
    add_function(out, code_size, {static_cast<std::uint8_t>(size)});
    add_function(out, code_level, {static_cast<std::uint8_t>(level)});
    bytes stored{48};
    stored.insert(stored.end(), text.begin(), text.end());
    add_function(out, code_store, stored);
    add_function(out, code_print, {48});
    return out;
}

result<bytes> escpos_raster(const qr::bit_picture& picture) {
    constexpr std::size_t most = 0xFFFF;
    if (picture.width == 0 || picture.height == 0 || picture.stride > most || picture.height > most) {
        return refused(drivers_errc::bad_setting).in_field("picture");
    }
    bytes out{0x1D, 0x76, 0x30, 0x00, static_cast<std::uint8_t>(picture.stride & 0xFF),
        static_cast<std::uint8_t>(picture.stride >> 8U), static_cast<std::uint8_t>(picture.height & 0xFF),
        static_cast<std::uint8_t>(picture.height >> 8U)};
    out.insert(out.end(), picture.rows.begin(), picture.rows.end());
    return out;
}

escpos_printer_protocol::escpos_printer_protocol(escpos_printer_profile profile)
    : profile_(std::move(profile)) {}

result<step_list> escpos_printer_protocol::lines(std::string_view line1, std::string_view line2) const {
    bytes out;
    escpos_start(out, profile_, escpos_place::centre);
    for (auto line : {line1, line2}) {
        if (line.empty()) continue;
        CIPHERLANE_TRY(auto text, escpos_text(line, profile_, "text"));
        out.insert(out.end(), text.begin(), text.end());
        out.push_back('\n');
    }
    feed(out, profile_.feed_lines);
    return one(std::move(out));
}

result<step_list> escpos_printer_protocol::show(const ports::display_content& what) {
    return std::visit([this](const auto& content) { return draw(content); }, what);
}

result<step_list> escpos_printer_protocol::draw(const ports::qr_view& view) {
    bytes out;
    escpos_start(out, profile_, escpos_place::centre);
    CIPHERLANE_TRY(auto payee, escpos_text(view.payee, profile_, "payee"));
    out.insert(out.end(), payee.begin(), payee.end());
    out.push_back('\n');
    if (profile_.code == escpos_printer_profile::drawing::native) {
        CIPHERLANE_TRY(auto code, escpos_qr(view.payload, profile_.module_dots, profile_.level));
        out.insert(out.end(), code.begin(), code.end());
    } else {
        CIPHERLANE_TRY(auto symbol, qr::symbol::encode(view.payload));
        const auto side = static_cast<std::size_t>(profile_.width_dots);
        CIPHERLANE_TRY(auto picture, qr::render_bits(symbol.modules(), side, side));
        CIPHERLANE_TRY(auto raster, escpos_raster(picture));
        out.insert(out.end(), raster.begin(), raster.end());
    }
    out.push_back('\n');
    CIPHERLANE_TRY(auto money, escpos_text(profile_.words.money(view.total), profile_, "amount"));
    out.insert(out.end(), money.begin(), money.end());
    out.push_back('\n');
    feed(out, profile_.feed_lines);
    return one(std::move(out));
}

result<step_list> escpos_printer_protocol::draw(const ports::amount_view& money) {
    return lines(profile_.words.to_pay, profile_.words.money(money.total));
}

result<step_list> escpos_printer_protocol::draw(const ports::text_view& text) {
    return lines(text.line1, text.line2);
}

result<step_list> escpos_printer_protocol::draw(const ports::outcome_view& end) {
    const auto money = end.total.minor() == 0 ? std::string() : profile_.words.money(end.total);
    return lines(profile_.words.outcome(end.what), money);
}

result<step_list> escpos_printer_protocol::draw(const ports::remaining_view&) {
    return cannot("show_remaining");
}

result<step_list> escpos_printer_protocol::draw(const ports::blank_view&) {
    return step_list{};
}

result<step_list> escpos_printer_protocol::set_brightness(int) {
    return cannot("set_brightness");
}

result<step_list> escpos_printer_protocol::heartbeat() {
    auto steps = one({0x10, 0x04, 0x01});
    auto& wanted = steps.front().answer;
    wanted.form = expected_answer::shape::block;
    wanted.how = expected_answer::test::starts_with;
    wanted.size = 1;
    wanted.timeout = std::chrono::milliseconds{1'000};
    return steps;
}

result<std::string> escpos_printer_protocol::identity(byte_view answer) const {
    constexpr std::uint8_t fixed_mask = 0x93; // bits 0, 7 clear; 1, 4 set
    constexpr std::uint8_t fixed = 0x12;
    if (answer.size() != 1 || (answer[0] & fixed_mask) != fixed) return refused(drivers_errc::wrong_answer);
    return std::string((answer[0] & 0x08U) != 0 ? "ESC/POS printer, off line" : "ESC/POS printer");
}

ports::display_capabilities escpos_printer_protocol::capabilities() const noexcept {
    ports::display_capabilities can;
    can.qr = can.amount = can.text = can.outcome = true;
    return can;
}

} // namespace cipherlane::drivers
