#include "../../refusals.hpp"

#include <cipherlane/drivers/pinpad/abecs/abecs_display.hpp>

#include <utility>

namespace cipherlane::drivers {
namespace {

/// What is shown, as the pad does it.
struct painter {
    abecs_pinpad& pad;
    const ports::wording& words;
    const call& bounds;

    result<void> operator()(const ports::blank_view&) const { return pad.show("", "", bounds); }
    result<void> operator()(const std::reference_wrapper<const ports::qr_view>& code) const {
        return pad.show_code(code.get().payload, bounds);
    }
    result<void> operator()(const ports::amount_view& money) const {
        return pad.show(words.to_pay, words.money(money.total), bounds);
    }
    result<void> operator()(const ports::text_view& text) const { return pad.show(text.line1, text.line2, bounds); }
    result<void> operator()(const ports::outcome_view& end) const {
        return pad.show(words.outcome(end.what), words.money(end.total), bounds);
    }
    result<void> operator()(const ports::remaining_view&) const { return cannot("show_remaining"); }
};

} // namespace

abecs_display::abecs_display(std::shared_ptr<abecs_pinpad> pad, ports::wording words)
    : pad_(std::move(pad))
    , words_(std::move(words)) {}

result<void> abecs_display::show(const ports::display_content& what, const call& bounds) {
    auto shown = std::visit(painter{*pad_, words_, bounds}, what);
    if (shown && std::holds_alternative<std::reference_wrapper<const ports::qr_view>>(what)) pictures_ = true;
    return shown;
}

result<void> abecs_display::set_brightness(int percent, const call& bounds) {
    static_cast<void>(percent);
    static_cast<void>(bounds);
    return cannot("set_brightness");
}

result<std::string> abecs_display::heartbeat(const call& bounds) {
    CIPHERLANE_TRY(const auto about, pad_->information(bounds));
    pictures_ = about.shows_png;
    return about.maker + " " + about.model + " " + about.application_version;
}

ports::display_capabilities abecs_display::capabilities() const noexcept {
    ports::display_capabilities can;
    can.qr = pictures_;
    can.amount = can.text = can.outcome = can.acknowledges = true;
    return can;
}

} // namespace cipherlane::drivers
