#include "../../charset/plain_text.hpp"
#include "../../refusals.hpp"

#include <cipherlane/drivers/display/rcall/rcall.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::drivers {
namespace {

struct command_row {
    rcall_command what;
    std::string_view tag;
    expected_answer::test answer; ///< `equals` "[TAG]OK", or any value after "[TAG]"
};

constexpr std::array commands{
    command_row{rcall_command::version, "[V]", expected_answer::test::starts_with},
    command_row{rcall_command::id, "[ID]", expected_answer::test::starts_with},
    command_row{rcall_command::show_id, "[IDS]", expected_answer::test::equals},
    command_row{rcall_command::qr, "[Q]", expected_answer::test::equals},
    command_row{rcall_command::qr_with_logo, "[QL]", expected_answer::test::equals},
    command_row{rcall_command::header, "[T1]", expected_answer::test::equals},
    command_row{rcall_command::footer, "[T2]", expected_answer::test::equals},
    command_row{rcall_command::clear, "[CQ]", expected_answer::test::equals},
    command_row{rcall_command::clear_logo, "[CQL]", expected_answer::test::equals},
    command_row{rcall_command::off, "[OFF]", expected_answer::test::equals},
};

constexpr bool rows_in_order() {
    for (std::size_t i = 0; i < commands.size(); ++i) {
        if (commands[i].what != static_cast<rcall_command>(i)) return false;
    }
    return true;
}
static_assert(rows_in_order());

constexpr const command_row& row(rcall_command what) noexcept {
    return commands[static_cast<std::size_t>(what)];
}

result<void> check_no_command_inside(std::string_view text, std::string_view field) {
    for (const auto& command : commands) {
        if (auto at = text.find(command.tag); at != std::string_view::npos) {
            return refused(drivers_errc::unsendable_text).in_field(field).at_offset(at);
        }
    }
    return {};
}

/// The value of an answer that starts with the command's tag; an empty one is no answer.
result<std::string> value_after(rcall_command what, byte_view answer) {
    auto text = as_text(answer);
    auto tag = row(what).tag;
    if (!text.starts_with(tag) || text.size() == tag.size()) {
        return refused(drivers_errc::wrong_answer).during(tag).with_peer_text(text);
    }
    return std::string(text.substr(tag.size()));
}

} // namespace

result<void> rcall_profile::validate() const {
    auto wrong = [](std::string_view field) { return refused(drivers_errc::bad_setting).in_field(field); };
    if (answer_timeout.count() <= 0) return wrong("answer_timeout");
    if (pause.count() < 0) return wrong("pause");
    if (largest_text == 0) return wrong("largest_text");
    if (show_with != rcall_command::qr && show_with != rcall_command::qr_with_logo) return wrong("show_with");
    if (clear_with != rcall_command::clear && clear_with != rcall_command::clear_logo) return wrong("clear_with");
    return {};
}

result<step> rcall_step(rcall_command what, std::string_view text, const rcall_profile& profile) {
    const auto& command = row(what);
    CIPHERLANE_CHECK(check_length(text, profile.largest_text, command.tag));
    CIPHERLANE_CHECK(check_plain_utf8(text, command.tag));
    CIPHERLANE_CHECK(check_no_command_inside(text, command.tag));
    step made;
    made.name = command.tag;
    made.out.reserve(command.tag.size() + text.size() + 1);
    made.out.insert(made.out.end(), command.tag.begin(), command.tag.end());
    made.out.insert(made.out.end(), text.begin(), text.end());
    made.out.push_back('\n');
    made.answer.form = expected_answer::shape::line;
    made.answer.how = command.answer;
    made.answer.text.assign(command.tag.begin(), command.tag.end());
    if (command.answer == expected_answer::test::equals) {
        made.answer.text.push_back('O');
        made.answer.text.push_back('K');
    }
    made.answer.timeout = profile.answer_timeout;
    made.pause_after = profile.pause;
    return made;
}

rcall_protocol::rcall_protocol(rcall_profile profile)
    : profile_(std::move(profile)) {}

result<step_list> rcall_protocol::lines(std::string_view above, std::string_view below) const {
    step_list steps;
    steps.reserve(4);
    CIPHERLANE_TRY(auto empty, rcall_step(profile_.clear_with, {}, profile_));
    CIPHERLANE_TRY(auto header, rcall_step(rcall_command::header, above, profile_));
    CIPHERLANE_TRY(auto footer, rcall_step(rcall_command::footer, below, profile_));
    steps.push_back(std::move(empty));
    steps.push_back(std::move(header));
    steps.push_back(std::move(footer));
    return steps;
}

result<step_list> rcall_protocol::show(const ports::display_content& what) {
    return std::visit([this](const auto& content) { return draw(content); }, what);
}

result<step_list> rcall_protocol::draw(const ports::qr_view& view) {
    if (view.payload.empty()) return refused(drivers_errc::unsendable_text).in_field("payload");
    CIPHERLANE_TRY(auto steps, lines(view.payee, profile_.words.money(view.total)));
    CIPHERLANE_TRY(auto code, rcall_step(profile_.show_with, view.payload, profile_));
    steps.push_back(std::move(code));
    return steps;
}

result<step_list> rcall_protocol::draw(const ports::amount_view& money) {
    return lines(profile_.words.to_pay, profile_.words.money(money.total));
}

result<step_list> rcall_protocol::draw(const ports::text_view& text) {
    return lines(text.line1, text.line2);
}

result<step_list> rcall_protocol::draw(const ports::outcome_view& end) {
    const auto money = end.total.minor() == 0 ? std::string() : profile_.words.money(end.total);
    return lines(profile_.words.outcome(end.what), money);
}

result<step_list> rcall_protocol::draw(const ports::remaining_view&) {
    return cannot("show_remaining");
}

result<step_list> rcall_protocol::draw(const ports::blank_view&) {
    return lines({}, {});
}

result<step_list> rcall_protocol::set_brightness(int percent) {
    if (percent != 0) return cannot("set_brightness");
    CIPHERLANE_TRY(auto off, rcall_step(rcall_command::off, {}, profile_));
    return step_list{std::move(off)};
}

result<step_list> rcall_protocol::heartbeat() {
    CIPHERLANE_TRY(auto question, rcall_step(rcall_command::version, {}, profile_));
    return step_list{std::move(question)};
}

result<std::string> rcall_protocol::identity(byte_view answer) const {
    CIPHERLANE_TRY(auto version, value_after(rcall_command::version, answer));
    return "R-Call " + version;
}

ports::display_capabilities rcall_protocol::capabilities() const noexcept {
    ports::display_capabilities can;
    can.qr = can.amount = can.text = can.outcome = true;
    can.acknowledges = true;
    return can;
}

rcall_display::rcall_display(std::unique_ptr<net::transport> link, rcall_profile profile)
    : device_display(std::move(link), std::make_unique<rcall_protocol>(profile))
    , profile_(std::move(profile)) {}

result<std::string> rcall_display::ask(rcall_command what, const call& bounds) {
    CIPHERLANE_TRY(auto question, rcall_step(what, {}, profile_));
    CIPHERLANE_TRY(auto answer, perform(step_list{std::move(question)}, bounds));
    return value_after(what, answer);
}

result<std::string> rcall_display::version(const call& bounds) {
    return ask(rcall_command::version, bounds);
}

result<std::string> rcall_display::unique_id(const call& bounds) {
    return ask(rcall_command::id, bounds);
}

result<void> rcall_display::show_id(const call& bounds) {
    CIPHERLANE_CHECK(ask(rcall_command::show_id, bounds));
    return {};
}

result<void> rcall_display::switch_off(const call& bounds) {
    CIPHERLANE_CHECK(ask(rcall_command::off, bounds));
    return {};
}

} // namespace cipherlane::drivers
