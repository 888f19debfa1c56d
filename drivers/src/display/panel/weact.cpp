#include <cipherlane/drivers/display/code_reader.hpp>
#include <cipherlane/drivers/display/frame_changes.hpp>
#include <cipherlane/drivers/display/weact.hpp>
#include <cipherlane/drivers/errc.hpp>

namespace cipherlane::drivers {
namespace {

constexpr std::uint8_t end = 0x0A;
constexpr std::uint8_t orientation_command = 0x02;
constexpr std::uint8_t brightness_command = 0x03;
constexpr std::uint8_t fill_command = 0x04;
constexpr std::uint8_t bitmap_command = 0x05;
constexpr std::uint8_t version_command = 0x42;
constexpr std::uint8_t serial_command = 0x43;
constexpr std::uint8_t read = 0x80;
constexpr std::size_t version_answer = 19;
constexpr std::size_t version_size = 8;

void put16(bytes& to, int value) {
    to.push_back(static_cast<std::uint8_t>(value & 0xFF));
    to.push_back(static_cast<std::uint8_t>((value >> 8) & 0xFF));
}

/// First and last pixel, both inside.
void put_corners(bytes& to, const rectangle& where) {
    put16(to, where.left);
    put16(to, where.top);
    put16(to, where.right() - 1);
    put16(to, where.bottom() - 1);
}

step command(std::string_view name, bytes out) {
    step made;
    made.name = name;
    made.out = std::move(out);
    return made;
}

error refused(drivers_errc code) {
    return {make_error_code(code), layer::drivers};
}

} // namespace

namespace weact {

bytes set_orientation(weact_profile::turned how) {
    return {orientation_command, static_cast<std::uint8_t>(how), end};
}

bytes set_brightness(std::uint8_t level, std::chrono::milliseconds dimming) {
    bytes out{brightness_command, level};
    put16(out, static_cast<int>(dimming.count()));
    out.push_back(end);
    return out;
}

bytes fill(const rectangle& where, colour ink) {
    bytes out{fill_command};
    put_corners(out, where);
    put16(out, ink);
    out.push_back(end);
    return out;
}

bytes bitmap(const rectangle& where, const frame& picture) {
    bytes out;
    out.reserve(10 + static_cast<std::size_t>(where.area()) * 2);
    out.push_back(bitmap_command);
    put_corners(out, where);
    out.push_back(end);
    for (int y = where.top; y < where.bottom(); ++y) {
        for (const auto pixel : picture.row(y, where.left, where.width)) {
            out.push_back(static_cast<std::uint8_t>(pixel & 0xFFU));
            out.push_back(static_cast<std::uint8_t>(pixel >> 8U));
        }
    }
    return out;
}

bytes ask_version() {
    return {version_command | read, end};
}

bytes ask_serial() {
    return {serial_command | read, end};
}

} // namespace weact

result<void> weact_profile::validate() const {
    auto wrong = [](std::string_view field) { return refused(drivers_errc::bad_setting).in_field(field); };
    if (answer_timeout.count() <= 0) return wrong("answer_timeout");
    if (dimming.count() < 0 || dimming.count() > 0xFFFF) return wrong("dimming");
    if (most_rectangles == 0) return wrong("most_rectangles");
    return {};
}

result<std::string> weact_version(byte_view answer) {
    if (answer.size() != version_answer || answer.front() != (version_command | read) || answer.back() != end) {
        return refused(drivers_errc::wrong_answer).during("version");
    }
    auto text = as_text(answer.subspan(1, version_size));
    while (!text.empty() && (text.back() == ' ' || text.back() == '\0'))
        text.remove_suffix(1);
    for (auto c : text) {
        if (c < 0x20 || c > 0x7E) return refused(drivers_errc::wrong_answer).during("version");
    }
    return std::string(text);
}

result<std::unique_ptr<weact_protocol>> weact_protocol::create(weact_profile profile) {
    CIPHERLANE_CHECK(profile.validate());
    CIPHERLANE_TRY(
        auto painter, panel_painter::create(profile.width, profile.height, profile.words, profile.font_file));
    return std::unique_ptr<weact_protocol>(new weact_protocol(std::move(profile), std::move(painter)));
}

weact_protocol::weact_protocol(weact_profile profile, panel_painter painter)
    : profile_(std::move(profile))
    , painter_(std::move(painter)) {}

step_list weact_protocol::change_to(frame next) {
    step_list steps;
    if (!shown_) {
        steps.push_back(command("orientation", weact::set_orientation(profile_.orientation)));
        steps.push_back(command("bitmap", weact::bitmap(next.bounds(), next)));
        pending_ = std::move(next);
        return steps;
    }
    const auto& layout = painter_.layout();
    auto without_amount = next;
    without_amount.fill(layout.money, white);
    auto before = *shown_;
    const bool code_changes = [&] {
        for (int y = layout.code.top; y < layout.code.bottom(); ++y) {
            const auto a = before.row(y, layout.code.left, layout.code.width);
            const auto b = next.row(y, layout.code.left, layout.code.width);
            if (!std::equal(a.begin(), a.end(), b.begin())) return true;
        }
        return false;
    }();
    if (code_changes) {
        // The amount goes first and comes last: it never stands beside a code that is not its own.
        before.fill(layout.money, white);
        if (before != *shown_) steps.push_back(command("fill", weact::fill(layout.money, white)));
        for (const auto& part : changed_rectangles(before, without_amount, profile_.most_rectangles - 1)) {
            steps.push_back(command("bitmap", weact::bitmap(part, without_amount)));
        }
        for (const auto& part : changed_rectangles(without_amount, next, 1)) {
            steps.push_back(command("bitmap", weact::bitmap(part, next)));
        }
    } else {
        for (const auto& part : changed_rectangles(before, next, profile_.most_rectangles)) {
            steps.push_back(command("bitmap", weact::bitmap(part, next)));
        }
    }
    pending_ = std::move(next);
    return steps;
}

void weact_protocol::settled(ending how) {
    if (how == ending::failed) {
        shown_.reset();
        pending_.reset();
    } else if (pending_) {
        shown_ = std::exchange(pending_, std::nullopt);
    }
}

result<step_list> weact_protocol::show_qr(const ports::qr_view& view) {
    CIPHERLANE_TRY(auto picture, painter_.code(view));
    return change_to(std::move(picture));
}

result<step_list> weact_protocol::show_amount(const amount& total) {
    return change_to(painter_.total(total));
}

result<step_list> weact_protocol::show_text(std::string_view line1, std::string_view line2) {
    return change_to(painter_.text(line1, line2));
}

result<step_list> weact_protocol::show_outcome(ports::payment_outcome what, const amount& total) {
    return change_to(painter_.outcome(what, total));
}

result<step_list> weact_protocol::clear() {
    return change_to(painter_.blank());
}

result<step_list> weact_protocol::show_remaining(std::chrono::seconds left) {
    if (!shown_) return refused(drivers_errc::not_supported).during("show_remaining"); // nothing known to stand there
    auto next = *shown_;
    painter_.draw_countdown(next, left);
    return change_to(std::move(next));
}

result<step_list> weact_protocol::set_brightness(int percent) {
    const auto level = static_cast<std::uint8_t>(std::clamp(percent, 0, 100) * 255 / 100);
    step_list steps;
    steps.push_back(command("brightness", weact::set_brightness(level, profile_.dimming)));
    return steps;
}

result<step_list> weact_protocol::heartbeat() {
    auto question = command("version", weact::ask_version());
    question.answer.form = expected_answer::shape::block;
    question.answer.how = expected_answer::test::starts_with;
    question.answer.text = {version_command | read};
    question.answer.size = version_answer;
    question.answer.timeout = profile_.answer_timeout;
    step_list steps;
    steps.push_back(std::move(question));
    return steps;
}

result<std::string> weact_protocol::identity(byte_view answer) const {
    CIPHERLANE_TRY(auto version, weact_version(answer));
    return "WeAct Display FS " + version;
}

ports::display_capabilities weact_protocol::capabilities() const noexcept {
    ports::display_capabilities can;
    can.qr = can.amount = can.text = can.outcome = can.brightness = can.countdown = true;
    can.readable = can_read_codes();
    return can;
}

} // namespace cipherlane::drivers
