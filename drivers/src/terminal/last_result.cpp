#include "last_result.hpp"

#include <algorithm>

namespace cipherlane::drivers {

using ports::terminal_outcome;

ports::terminal_report unknown_report(const ports::terminal_request& wish, error why) {
    ports::terminal_report made;
    made.total = amount(0, wish.total.unit());
    made.why = std::move(why).during(to_string(wish.what));
    return made;
}

void judge_last(
    ports::terminal_report& report, const ports::terminal_doubt& doubt, std::string_view last, host_heard heard) {
    const bool told = !doubt.before.empty() && !last.empty() && last != no_last_result;
    if (told && last == doubt.before) {
        if (!doubt.code.empty() || heard == host_heard::perhaps) {
            auto why = refused(drivers_errc::no_answer).in_field("host's answer").with_peer_code(doubt.code);
            report = unknown_report(doubt.wish, std::move(why));
            return;
        }
        report = {};
        report.total = amount(0, doubt.wish.total.unit());
        report.outcome = terminal_outcome::declined;
        report.code = "not done";
        report.text = "not carried out by the terminal";
        return;
    }
    const bool same_amount = report.total == doubt.wish.total;
    if (!told || !same_amount) {
        report.outcome = terminal_outcome::unknown;
        report.why = refused(drivers_errc::wrong_answer).in_field("last result").during("recover");
    }
}

deadline over_at(std::chrono::milliseconds longest, const ports::terminal_doubt& doubt,
    std::optional<monotonic_clock::time_point> sign) {
    auto left = longest - doubt.age;
    if (sign)
        left = std::max(
            left, longest - std::chrono::duration_cast<std::chrono::milliseconds>(monotonic_clock::now() - *sign));
    return deadline::in(std::max(left, std::chrono::milliseconds{0}));
}

result<void> may_begin(const call& bounds, std::chrono::milliseconds least, std::string_view operation) {
    const auto refused = [&](net_errc why) { return error(make_error_code(why), layer::drivers).during(operation); };
    if (bounds.stopped()) return refused(net_errc::cancelled);
    if (bounds.until().left() < least) return refused(net_errc::timed_out);
    return {};
}

} // namespace cipherlane::drivers
