#include "../cases.hpp"
#include "../refusals.hpp"
#include "display_keeper_body.hpp"

#include <cipherlane/drivers/display/display_keeper.hpp>

namespace cipherlane::drivers {

result<void> keeper_settings::validate() const {
    if (outcome_for.count() < 0) return bad_setting("outcome_for");
    if (heartbeat_every.count() < 0) return bad_setting("heartbeat_every");
    if (countdown_every.count() <= 0) return bad_setting("countdown_every");
    if (reopen_first.count() <= 0) return bad_setting("reopen_first");
    if (reopen_most < reopen_first) return bad_setting("reopen_most");
    if (own_call.count() <= 0) return bad_setting("own_call");
    return {};
}

display_keeper::display_keeper(
    opener open, timer_source& timer, keeper_settings settings, keeper_observer watch, logger log)
    : body_(std::make_shared<body>(std::move(open), timer, settings, std::move(watch), std::move(log))) {}

display_keeper::~display_keeper() {
    body_->stop();
}

void display_keeper::start() {
    body_->start();
}

bool display_keeper::attached() const {
    return body_->attached();
}

result<void> display_keeper::show(const ports::display_content& what, const call& bounds) {
    const auto end = [this](std::chrono::milliseconds span) -> std::optional<kept::moment> {
        if (span.count() > 0) return body_->until(span);
        return std::nullopt;
    };
    const auto put = [&](kept::content next) { return body_->show(std::move(next), bounds); };
    return std::visit(cases{[&](const ports::qr_view& view) {
                                return put(kept::code{view, end(view.valid_for)});
                            },
                          [&](const ports::text_view& text) {
                              return put(kept::two_lines{std::string(text.line1), std::string(text.line2)});
                          },
                          [&](const ports::outcome_view& how) {
                              return put(kept::outcome{how, end(body_->settings().outcome_for)});
                          },
                          [&](const ports::amount_view& money) { return put(money); },
                          [&](const ports::blank_view& nothing) { return put(nothing); },
                          [&](const ports::remaining_view&) -> result<void> { return cannot("show_remaining"); }},
        what);
}

result<void> display_keeper::set_brightness(int percent, const call& bounds) {
    return body_->set_brightness(percent, bounds);
}

result<std::string> display_keeper::heartbeat(const call& bounds) {
    return body_->ask(bounds, [&](ports::display& on) { return on.heartbeat(bounds); });
}

ports::display_capabilities display_keeper::capabilities() const noexcept {
    return body_->capabilities();
}

} // namespace cipherlane::drivers
