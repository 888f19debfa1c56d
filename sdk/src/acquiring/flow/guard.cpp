#include "flow/guard.hpp"

#include <exception>
#include <string_view>

namespace cipherlane::acquiring {
namespace {

/// Whoever watches may be the program's own code: what it throws refuses the trade, and the lane's thread goes on.
template <class Ask>
auto guarded(Ask ask) -> decltype(ask()) {
    const auto thrown = [](std::string_view what) {
        return flow_error(acquiring_errc::no_device, "guard").in_field("guard").with_hint(what);
    };
    try {
        return ask();
    } catch (const std::exception& why) {
        return thrown(why.what());
    } catch (...) {
        return thrown("something that is no std::exception");
    }
}

} // namespace

result<ports::duty> may_begin(lane_core& on, const ports::intent& what, const call& bounds) {
    if (on.guard() == nullptr) return ports::duty();
    return guarded([&] { return on.guard()->may_begin(on.terminal_id(), what, bounds); });
}

result<passage> let_through(lane_core& on, const ports::journal_record& fresh, const call& bounds) {
    if (on.guard() != nullptr) CIPHERLANE_CHECK(guarded([&] { return on.guard()->may_send(fresh, bounds); }));
    return passage(on, fresh);
}

result<ports::order_funds> funds_for(lane_core& on, const ports::journal_record& fresh, ports::order_funds asked) {
    if (on.guard() == nullptr) return asked;
    return guarded([&]() -> result<ports::order_funds> { return on.guard()->funds_for(fresh, asked); });
}

void tell_payer(lane_core& on, const ports::journal_record& record, const ports::qr_order_status& told) {
    if (on.guard() != nullptr) on.guard()->paid_by(record, told.payer);
}

} // namespace cipherlane::acquiring
