#include "arguments.hpp"
#include "handles.hpp"

#include <cipherlane/c/device.h>
#include <cipherlane/drivers/display/display_family.hpp>
#include <cipherlane/drivers/pinpad/pinpad_family.hpp>
#include <cipherlane/drivers/terminal/terminal_family.hpp>
#include <cipherlane/drivers/transport/discovery.hpp>
#include <cipherlane/drivers/transport/usb.hpp>
#include <cipherlane/qr/mpm.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include <memory>
#include <string>

namespace cipherlane::c {
namespace {

/// A device that is used by calls that wait: nobody need run its executor.
template <class Port, kind Kind>
class device_thing final : public object {
  public:
    static constexpr kind what = Kind;
    static constexpr access how = access::exclusive;
    boost::asio::io_context io;
    std::unique_ptr<Port> port; ///< goes before what it runs on
};

using display_thing = device_thing<ports::display, kind::display>;
using pinpad_thing = device_thing<ports::pinpad, kind::pinpad>;
using terminal_thing = device_thing<ports::terminal, kind::terminal>;
using display_pin = pinned<display_thing>;
using pinpad_pin = pinned<pinpad_thing>;
using terminal_pin = pinned<terminal_thing>;

/// Opens a device by `open(executor, driver, address, options, bounds)`.
template <class Thing, class Options, class Open, class Handle>
result<void> open_device(const Open& open, const char* driver, const char* address, std::int64_t deadline_ms,
    cipherlane_stop stop, Handle* to) {
    CIPHERLANE_TRY(const auto by, text_of(driver, "driver"));
    CIPHERLANE_TRY(const auto where, text_of(address, "address"));
    CIPHERLANE_CHECK(need(to, "handle"));
    CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
    auto made = std::make_unique<Thing>();
    CIPHERLANE_TRY(made->port, open(made->io.get_executor(), by, std::string(where), Options(), bounds));
    return hand_out(std::move(made), to);
}

result<amount> amount_of(std::int64_t minor, std::int32_t currency) {
    if (currency < 0 || currency > 999) return refuse(c_errc::bad_argument, "currency");
    return amount::from_minor(minor, qr::currency_by_number(static_cast<std::uint16_t>(currency)));
}

/// What is done with a display within a call's bounds.
template <class Do>
cipherlane_condition with_display(cipherlane_display display, std::int64_t deadline_ms, cipherlane_stop stop,
    cipherlane_status* why, const Do& to_do) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, display_pin::of(display, "display"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        return to_do(*at->port, bounds);
    });
}

template <class Families>
std::string names_of(const Families& families) {
    std::string lines;
    for (const auto& each : families)
        lines.append(each.name).append("\n");
    return lines;
}

boost::json::object to_object(const drivers::found_device& one) {
    boost::json::array fitting;
    for (const auto& each : one.drivers)
        fitting.push_back(boost::json::string(each));
    boost::json::object made{{"path", one.path}, {"identity", one.identity}, {"name", one.name},
        {"drivers", std::move(fitting)}, {"usable", one.state == drivers::found_device::access::usable},
        {"reason", one.reason}};
    if (one.vendor) made["vendor"] = *one.vendor;
    if (one.product) made["product"] = *one.product;
    return made;
}

static_assert(static_cast<int>(ports::payment_outcome::unknown) == CIPHERLANE_SHOWN_UNKNOWN);

} // namespace
} // namespace cipherlane::c

using namespace cipherlane;
using namespace cipherlane::c;

cipherlane_condition cipherlane_devices(cipherlane_buffer* json, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        const auto usb = drivers::usb_host::start();
        boost::json::array rows;
        for (const auto& one : drivers::discover(usb ? usb->get() : nullptr))
            rows.push_back(to_object(one));
        return give_text(boost::json::serialize(rows), json, "json");
    });
}

cipherlane_condition cipherlane_device_drivers(const char* kind, cipherlane_buffer* names, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto of, text_of(kind, "kind"));
        if (of == "display") return give_text(names_of(drivers::display_families()), names, "names");
        if (of == "pinpad") return give_text(names_of(drivers::pinpad_families()), names, "names");
        if (of == "terminal") return give_text(names_of(drivers::terminal_families()), names, "names");
        return refuse(c_errc::bad_argument, "kind");
    });
}

cipherlane_condition cipherlane_display_open(const char* driver, const char* address, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_display* display, cipherlane_status* why) {
    return guard(why, [&] {
        return open_device<display_thing, drivers::display_options>(
            drivers::open_display, driver, address, deadline_ms, stop, display);
    });
}

cipherlane_condition cipherlane_display_close(cipherlane_display display, cipherlane_status* why) {
    return guard(why, [&] { return close_handle<display_thing>(display, "display"); });
}

cipherlane_condition cipherlane_display_show_code(cipherlane_display display, const char* text, int64_t amount,
    int32_t currency, const char* payee, int64_t deadline_ms, cipherlane_stop stop, cipherlane_status* why) {
    return with_display(display, deadline_ms, stop, why, [&](auto& screen, const call& bounds) -> result<void> {
        CIPHERLANE_TRY(const auto payload, text_of(text, "text"));
        ports::qr_view view;
        view.payload = payload;
        CIPHERLANE_TRY(view.total, amount_of(amount, currency));
        view.payee = text_or_none(payee);
        return screen.show_qr(view, bounds);
    });
}

cipherlane_condition cipherlane_display_show_text(cipherlane_display display, const char* line1, const char* line2,
    int64_t deadline_ms, cipherlane_stop stop, cipherlane_status* why) {
    return with_display(display, deadline_ms, stop, why, [&](auto& screen, const call& bounds) -> result<void> {
        CIPHERLANE_TRY(const auto first, text_of(line1, "line1"));
        return screen.show_text(first, text_or_none(line2), bounds);
    });
}

cipherlane_condition cipherlane_display_show_amount(cipherlane_display display, int64_t amount, int32_t currency,
    int64_t deadline_ms, cipherlane_stop stop, cipherlane_status* why) {
    return with_display(display, deadline_ms, stop, why, [&](auto& screen, const call& bounds) -> result<void> {
        CIPHERLANE_TRY(const auto total, amount_of(amount, currency));
        return screen.show_amount(total, bounds);
    });
}

cipherlane_condition cipherlane_display_show_outcome(cipherlane_display display, int32_t outcome, int64_t amount,
    int32_t currency, int64_t deadline_ms, cipherlane_stop stop, cipherlane_status* why) {
    return with_display(display, deadline_ms, stop, why, [&](auto& screen, const call& bounds) -> result<void> {
        CIPHERLANE_TRY(const auto what, word_of(outcome, ports::payment_outcome::unknown, "outcome"));
        CIPHERLANE_TRY(const auto total, amount_of(amount, currency));
        return screen.show_outcome(what, total, bounds);
    });
}

cipherlane_condition cipherlane_display_clear(
    cipherlane_display display, int64_t deadline_ms, cipherlane_stop stop, cipherlane_status* why) {
    return with_display(display, deadline_ms, stop, why,
        [](auto& screen, const call& bounds) -> result<void> { return screen.clear(bounds); });
}

cipherlane_condition cipherlane_display_brightness(
    cipherlane_display display, int32_t percent, int64_t deadline_ms, cipherlane_stop stop, cipherlane_status* why) {
    return with_display(display, deadline_ms, stop, why, [&](auto& screen, const call& bounds) -> result<void> {
        if (percent < 0 || percent > 100) return refuse(c_errc::bad_argument, "percent");
        return screen.set_brightness(percent, bounds);
    });
}

cipherlane_condition cipherlane_display_heartbeat(cipherlane_display display, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_buffer* name, cipherlane_status* why) {
    return with_display(display, deadline_ms, stop, why, [&](auto& screen, const call& bounds) -> result<void> {
        CIPHERLANE_TRY(const auto said, screen.heartbeat(bounds));
        return give_text(said, name, "name");
    });
}

cipherlane_condition cipherlane_pinpad_open(const char* driver, const char* address, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_pinpad* pinpad, cipherlane_status* why) {
    return guard(why, [&] {
        return open_device<pinpad_thing, drivers::pinpad_options>(
            drivers::open_pinpad, driver, address, deadline_ms, stop, pinpad);
    });
}

cipherlane_condition cipherlane_pinpad_close(cipherlane_pinpad pinpad, cipherlane_status* why) {
    return guard(why, [&] { return close_handle<pinpad_thing>(pinpad, "pinpad"); });
}

cipherlane_condition cipherlane_pinpad_show_text(cipherlane_pinpad pinpad, const char* line1, const char* line2,
    int64_t deadline_ms, cipherlane_stop stop, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, pinpad_pin::of(pinpad, "pinpad"));
        CIPHERLANE_TRY(const auto first, text_of(line1, "line1"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        return at->port->show(first, text_or_none(line2), bounds);
    });
}

cipherlane_condition cipherlane_pinpad_attached(cipherlane_pinpad pinpad, int32_t* attached, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, pinpad_pin::of(pinpad, "pinpad"));
        CIPHERLANE_CHECK(need(attached, "attached"));
        *attached = at->port->attached() ? 1 : 0;
        return {};
    });
}

cipherlane_condition cipherlane_terminal_open(const char* driver, const char* address, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_terminal* terminal, cipherlane_status* why) {
    return guard(why, [&] {
        return open_device<terminal_thing, drivers::terminal_options>(
            drivers::open_terminal, driver, address, deadline_ms, stop, terminal);
    });
}

cipherlane_condition cipherlane_terminal_close(cipherlane_terminal terminal, cipherlane_status* why) {
    return guard(why, [&] { return close_handle<terminal_thing>(terminal, "terminal"); });
}

cipherlane_condition cipherlane_terminal_identity(
    cipherlane_terminal terminal, cipherlane_buffer* identity, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, terminal_pin::of(terminal, "terminal"));
        return give_text(at->port->identity(), identity, "identity");
    });
}

cipherlane_condition cipherlane_terminal_last_done(cipherlane_terminal terminal, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_buffer* words, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, terminal_pin::of(terminal, "terminal"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        CIPHERLANE_TRY(const auto told, at->port->last_done(bounds));
        return give_text(told, words, "words");
    });
}
