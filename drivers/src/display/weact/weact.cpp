#include "../../refusals.hpp"

#include <cipherlane/drivers/display/panel/code_reader.hpp>
#include <cipherlane/drivers/display/weact/weact.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <algorithm>

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

step version_question(std::chrono::milliseconds timeout) {
    auto question = command("version", weact::ask_version());
    question.answer.form = expected_answer::shape::block;
    question.answer.how = expected_answer::test::starts_with;
    question.answer.text = {version_command | read};
    question.answer.size = version_answer;
    question.answer.timeout = timeout;
    return question;
}

/// Makes the panel's commands of what changes.
class weact_writer final : public panel_writer {
  public:
    explicit weact_writer(const weact_profile& profile)
        : profile_(profile) {}

    void begin() override { steps_.push_back(command("orientation", weact::set_orientation(profile_.orientation))); }
    void fill(const rectangle& where, colour ink) override {
        steps_.push_back(command("fill", weact::fill(where, ink)));
    }
    void picture(const rectangle& where, const frame& from) override {
        steps_.push_back(command("bitmap", weact::bitmap(where, from)));
    }
    /// The panel answers a question only after what came before it. Closed in the middle of a picture, it would take
    /// the next commands for pixels.
    [[nodiscard]] step_list take() {
        if (!steps_.empty()) steps_.push_back(version_question(profile_.answer_timeout));
        return std::move(steps_);
    }

  private:
    const weact_profile& profile_;
    step_list steps_;
};

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

result<std::string> weact_serial_number(byte_view answer) {
    const auto wrong = [] { return refused(drivers_errc::wrong_answer).during("serial number"); };
    if (answer.empty() || answer.front() != (serial_command | read)) return wrong();
    auto text = as_text(answer.subspan(1));
    while (!text.empty() && (text.back() == ' ' || text.back() == '\0'))
        text.remove_suffix(1);
    if (text.empty()) return wrong();
    for (auto c : text) {
        if (c < 0x20 || c > 0x7E) return wrong();
    }
    return std::string(text);
}

result<std::unique_ptr<weact_display>> weact_display::create(
    std::unique_ptr<net::transport> link, weact_profile profile) {
    const auto answer_timeout = profile.answer_timeout;
    CIPHERLANE_TRY(auto protocol, weact_protocol::create(std::move(profile)));
    return std::unique_ptr<weact_display>(new weact_display(std::move(link), std::move(protocol), answer_timeout));
}

weact_display::weact_display(std::unique_ptr<net::transport> link, std::unique_ptr<weact_protocol> protocol,
    std::chrono::milliseconds answer_timeout)
    : device_display(std::move(link), std::move(protocol))
    , answer_timeout_(answer_timeout) {}

result<std::string> weact_display::serial_number(const call& bounds) {
    auto question = command("serial number", weact::ask_serial());
    question.answer.form = expected_answer::shape::line; // its length is not published
    question.answer.how = expected_answer::test::starts_with;
    question.answer.text = {serial_command | read};
    question.answer.timeout = answer_timeout_;
    CIPHERLANE_TRY(const auto answer, perform(step_list{std::move(question)}, bounds));
    return weact_serial_number(answer);
}

result<std::unique_ptr<weact_protocol>> weact_protocol::create(weact_profile profile) {
    CIPHERLANE_CHECK(profile.validate());
    panel_settings settings;
    settings.width = profile.width;
    settings.height = profile.height;
    settings.most_rectangles = profile.most_rectangles;
    settings.words = profile.words;
    settings.font_file = profile.font_file;
    CIPHERLANE_TRY(auto screen, panel_screen::create(std::move(settings)));
    return std::unique_ptr<weact_protocol>(new weact_protocol(std::move(profile), std::move(screen)));
}

weact_protocol::weact_protocol(weact_profile profile, panel_screen screen)
    : profile_(std::move(profile))
    , screen_(std::move(screen)) {}

void weact_protocol::settled(ending how, byte_view) {
    if (how == ending::failed) {
        screen_.forget();
    } else {
        screen_.arrived();
    }
}

result<step_list> weact_protocol::show(const ports::display_content& what) {
    weact_writer to(profile_);
    CIPHERLANE_CHECK(screen_.show(what, to));
    return to.take();
}

result<step_list> weact_protocol::set_brightness(int percent) {
    const auto level = static_cast<std::uint8_t>(std::clamp(percent, 0, 100) * 255 / 100);
    step_list steps;
    steps.push_back(command("brightness", weact::set_brightness(level, profile_.dimming)));
    return steps;
}

result<step_list> weact_protocol::heartbeat() {
    step_list steps;
    steps.push_back(version_question(profile_.answer_timeout));
    return steps;
}

result<std::string> weact_protocol::identity(byte_view answer) const {
    CIPHERLANE_TRY(auto version, weact_version(answer));
    return "WeAct Display FS " + version;
}

ports::display_capabilities weact_protocol::capabilities() const noexcept {
    ports::display_capabilities can;
    can.qr = can.amount = can.text = can.outcome = can.brightness = can.countdown = true;
    can.acknowledges = true;
    can.readable = can_read_codes();
    return can;
}

} // namespace cipherlane::drivers
