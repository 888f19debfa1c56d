#include "../../one_call.hpp"
#include "../../refusals.hpp"

#include <cipherlane/drivers/pinpad/abecs_pinpad.hpp>
#include <cipherlane/qr/render.hpp>
#include <cipherlane/qr/symbol.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

constexpr std::string_view code_file = "CLQRCODE";

} // namespace

result<abecs::pad_information> abecs_pinpad::information(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    if (!open_) return refused(drivers_errc::not_open).during("GIX");
    CIPHERLANE_TRY(const auto answer, ask(abecs::information_command(), abecs_command::waits::for_device, bounds));
    auto parsed = abecs::parse_information(answer.expose());
    if (!parsed) return std::move(parsed).error().during("GIX").at_endpoint(link_->endpoint());
    known_ = *parsed;
    return parsed;
}

result<secret_bytes> abecs_pinpad::ask_digits(const abecs::get_digits& what, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    if (!open_) return refused(drivers_errc::not_open).during("GCD");
    CIPHERLANE_TRY(
        const auto answer, ask(abecs::get_digits_command(what), abecs_command::waits::for_cardholder, bounds));
    auto digits = abecs::parse_digits(answer.expose());
    if (!digits) return std::move(digits).error().during("GCD").at_endpoint(link_->endpoint());
    return digits;
}

result<void> abecs_pinpad::load_picture(
    std::string_view name, abecs::picture_format format, byte_view file, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    return put_picture(name, format, file, bounds);
}

result<void> abecs_pinpad::put_picture(
    std::string_view name, abecs::picture_format format, byte_view file, const call& bounds) {
    constexpr auto device = abecs_command::waits::for_device;
    if (!open_) return refused(drivers_errc::not_open).during("MLI");
    CIPHERLANE_CHECK(ask(abecs::load_begin_command(name, format, file), device, bounds));
    while (!file.empty()) {
        const auto part = file.first(std::min(file.size(), abecs::largest_load));
        CIPHERLANE_CHECK(ask(abecs::load_part_command(part), device, bounds));
        file = file.subspan(part.size());
    }
    CIPHERLANE_CHECK(ask(abecs::load_end_command(), device, bounds));
    return {};
}

result<void> abecs_pinpad::show_picture(std::string_view name, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    if (!open_) return refused(drivers_errc::not_open).during("DSI");
    CIPHERLANE_CHECK(ask(abecs::show_picture_command(name), abecs_command::waits::for_device, bounds));
    return {};
}

result<void> abecs_pinpad::show_code(std::string_view text, const call& bounds) {
    if (!known_) CIPHERLANE_CHECK(information(bounds));
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    if (!known_ || !known_->shows_png) return refused(drivers_errc::not_supported).during("DSI");
    CIPHERLANE_TRY(const auto symbol, qr::symbol::encode(text));
    const auto placed = qr::fit(
        symbol.modules(), {0, 0, static_cast<std::size_t>(known_->width), static_cast<std::size_t>(known_->height)});
    if (!placed) return refused(drivers_errc::does_not_fit).during("DSI");
    CIPHERLANE_TRY(const auto picture, qr::render_png(symbol.modules(), std::min<std::size_t>(placed->scale, 64)));
    CIPHERLANE_CHECK(put_picture(code_file, abecs::picture_format::png, picture, bounds));
    CIPHERLANE_CHECK(ask(abecs::show_picture_command(code_file), abecs_command::waits::for_device, bounds));
    return {};
}

} // namespace cipherlane::drivers
