#include "../../one_call.hpp"
#include "../../refusals.hpp"

#include <cipherlane/drivers/pinpad/abecs/abecs_pinpad.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_status.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_tables.hpp>
#include <cipherlane/ports/rate_text.hpp>
#include <cipherlane/qr/render.hpp>
#include <cipherlane/qr/symbol.hpp>

#include <algorithm>
#include <array>

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

result<std::size_t> abecs_pinpad::choose(const abecs::menu& what, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    if (!open_) return refused(drivers_errc::not_open).during("MNU");
    CIPHERLANE_TRY(const auto answer,
        ask(abecs::menu_command(what, profile_.unknown_character), abecs_command::waits::for_cardholder, bounds));
    auto chosen = abecs::parse_choice(answer.expose(), what.options.size());
    if (!chosen) return std::move(chosen).error().during("MNU").at_endpoint(link_->endpoint());
    return chosen;
}

result<ports::currency_choice> abecs_pinpad::choose_currency(
    const amount& local, const ports::conversion& offer, const call& bounds) {
    const auto shown = [](char key, const amount& total) {
        return std::string(1, key) + "." + std::string(letters_of(total.unit())) + " " + total.to_string();
    };
    const std::array options{shown('1', local), shown('2', offer.converted)};
    const auto title = profile_.currency_prompt + " " + ports::rate_text(offer.rate);
    abecs::menu wanted;
    wanted.title = title;
    wanted.options = options;
    wanted.idle = std::chrono::seconds{0}; // the call's deadline
    CIPHERLANE_TRY(const auto chosen, choose(wanted, bounds));
    return chosen == 0 ? ports::currency_choice::local : ports::currency_choice::converted;
}

result<std::string> abecs_pinpad::tables_version(std::string_view acquirer, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    if (!open_) return refused(drivers_errc::not_open).during("GTS");
    CIPHERLANE_TRY(
        const auto answer, ask(abecs::tables_version_command(acquirer), abecs_command::waits::for_device, bounds));
    auto version = abecs::parse_tables_version(answer.expose());
    if (!version) return std::move(version).error().during("GTS").at_endpoint(link_->endpoint());
    return version;
}

result<void> abecs_pinpad::load_tables(std::string_view acquirer, std::string_view version,
    std::span<const std::string> records, const load_progress& progress, const call& bounds) {
    constexpr auto device = abecs_command::waits::for_device;
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    if (!open_) return refused(drivers_errc::not_open).during("TLI");
    const auto begun = ask(abecs::tables_begin_command(acquirer, version), device, bounds);
    // Other tables than those that it has: what else would be loaded?
    const bool differ = !begun && begun.error().code() == abecs_error(abecs_status::tables_differ).code();
    if (!begun && !differ) return begun.error();
    const auto all = records.size();
    while (!records.empty()) {
        CIPHERLANE_TRY(const auto count, abecs::records_at_once(records));
        CIPHERLANE_CHECK(ask(abecs::tables_part_command(records.first(count)), device, bounds));
        records = records.subspan(count);
        if (progress) progress(all - records.size(), all);
    }
    CIPHERLANE_CHECK(ask(abecs::tables_end_command(), device, bounds));
    profile_.table_version = version;
    return {};
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
    if (!known_ || !known_->shows_png) return cannot("DSI");
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
