#include "../../charset/plain_text.hpp"
#include "../../refusals.hpp"

#include <cipherlane/drivers/display/bonrix/bonrix.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <array>
#include <utility>

namespace cipherlane::drivers {
namespace {

constexpr std::string_view join = "**";

/// What "**" would make ambiguous.
result<void> check_field(std::string_view text, std::size_t most) {
    CIPHERLANE_CHECK(check_length(text, most, "field"));
    CIPHERLANE_CHECK(check_plain_utf8(text, "field"));
    if (text.empty()) return refused(drivers_errc::unsendable_text).in_field("field").at_offset(0);
    auto at = text.find(join);
    if (at == std::string_view::npos && text.front() == '*') at = 0;
    if (at == std::string_view::npos && text.back() == '*') at = text.size() - 1;
    if (at != std::string_view::npos) return refused(drivers_errc::unsendable_text).in_field("field").at_offset(at);
    return {};
}

} // namespace

result<void> bonrix_profile::validate() const {
    auto wrong = [](std::string_view field) { return refused(drivers_errc::bad_setting).in_field(field); };
    if (drawing.count() < 0) return wrong("drawing");
    if (log_timeout.count() <= 0) return wrong("log_timeout");
    if (log_text.empty()) return wrong("log_text");
    if (idle_text.empty()) return wrong("idle_text");
    return {};
}

result<step> bonrix_step(
    std::string_view screen, std::span<const std::string_view> fields, const bonrix_profile& profile) {
    step made;
    made.name = screen;
    made.out.assign(screen.begin(), screen.end());
    for (auto field : fields) {
        CIPHERLANE_CHECK(check_field(field, profile.largest_field));
        made.out.insert(made.out.end(), join.begin(), join.end());
        made.out.insert(made.out.end(), field.begin(), field.end());
    }
    made.out.push_back('\n');
    made.pause_after = profile.drawing + profile.drawing / 4; // the device counts from when it has the line
    return made;
}

bonrix_protocol::bonrix_protocol(bonrix_profile profile)
    : profile_(std::move(profile)) {}

result<step_list> bonrix_protocol::show(const ports::display_content& what) {
    return std::visit([this](const auto& content) { return draw(content); }, what);
}

result<step_list> bonrix_protocol::draw(const ports::qr_view& view) {
    const auto money = view.total.to_string();
    const std::string_view payee = view.payee.empty() ? std::string_view("-") : std::string_view(view.payee);
    const std::array<std::string_view, 3> fields{view.payload, money, payee};
    CIPHERLANE_TRY(auto code, bonrix_step("DisplayQRCodeScreen", fields, profile_));
    code.answer.form = expected_answer::shape::line;
    code.answer.how = expected_answer::test::contains;
    code.answer.others = expected_answer::foreign::skipped;
    code.answer.text.assign(profile_.log_text.begin(), profile_.log_text.end());
    code.answer.timeout = profile_.log_timeout;
    if (profile_.log == bonrix_profile::confirmation::required || writes_log_) {
        code.tries = 2; // a code that was lost while the device drew is not seen by anybody else
    } else {
        code.answer.if_silent = expected_answer::silence::passes;
    }
    showing_code_ = true;
    return step_list{std::move(code)};
}

result<step_list> bonrix_protocol::draw(const ports::amount_view& what) {
    const auto money = what.total.to_string();
    const auto nothing = amount(0, what.total.unit()).to_string();
    const std::array<std::string_view, 4> fields{money, nothing, nothing, money};
    CIPHERLANE_TRY(auto screen, bonrix_step("DisplayTotalScreen", fields, profile_));
    return step_list{std::move(screen)};
}

result<step_list> bonrix_protocol::draw(const ports::text_view&) {
    return cannot("show_text");
}

result<step_list> bonrix_protocol::draw(const ports::outcome_view& end) {
    // It has no screen that promises nothing.
    if (end.what == ports::payment_outcome::unknown) return draw(ports::blank_view());
    std::string_view screen = "DisplayCancelQRCodeScreen"; // for a code that expired too
    if (end.what == ports::payment_outcome::approved) screen = "DisplaySuccessQRCodeScreen";
    if (end.what == ports::payment_outcome::declined) screen = "DisplayFailQRCodeScreen";
    const auto money = end.total.to_string();
    const std::array<std::string_view, 3> fields{"-", money, "-"}; // reference, order, date
    CIPHERLANE_TRY(auto shown, bonrix_step(screen, fields, profile_));
    return step_list{std::move(shown)};
}

result<step_list> bonrix_protocol::draw(const ports::remaining_view&) {
    return cannot("show_remaining");
}

result<step_list> bonrix_protocol::draw(const ports::blank_view&) {
    const std::array<std::string_view, 1> fields{profile_.idle_text};
    CIPHERLANE_TRY(auto idle, bonrix_step("WelcomeScreen", fields, profile_));
    return step_list{std::move(idle)};
}

result<step_list> bonrix_protocol::set_brightness(int) {
    return cannot("set_brightness");
}

result<step_list> bonrix_protocol::heartbeat() {
    return cannot("heartbeat");
}

result<std::string> bonrix_protocol::identity(byte_view) const {
    return cannot("heartbeat");
}

void bonrix_protocol::settled(ending how, byte_view answer) {
    if (std::exchange(showing_code_, false) && how == ending::done && !answer.empty()) writes_log_ = true;
}

ports::display_capabilities bonrix_protocol::capabilities() const noexcept {
    ports::display_capabilities can;
    can.qr = can.amount = can.outcome = true;
    can.acknowledges = profile_.log == bonrix_profile::confirmation::required;
    return can;
}

} // namespace cipherlane::drivers
