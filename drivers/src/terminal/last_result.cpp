#include "last_result.hpp"

namespace cipherlane::drivers {

using ports::terminal_outcome;

ports::terminal_report unknown_report(const ports::terminal_request& wish, error why) {
    ports::terminal_report made;
    made.total = amount(0, wish.total.unit());
    made.why = std::move(why).during(to_string(wish.what));
    return made;
}

void judge_last(ports::terminal_report& report, const ports::terminal_doubt& doubt, std::string_view last) {
    const bool told = !doubt.before.empty() && !last.empty() && last != no_last_result;
    if (told && last == doubt.before) {
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

result<void> may_begin(const call& bounds, std::chrono::milliseconds least, std::string_view operation) {
    const auto refused = [&](net_errc why) { return error(make_error_code(why), layer::drivers).during(operation); };
    if (bounds.stopped()) return refused(net_errc::cancelled);
    if (bounds.until().left() < least) return refused(net_errc::timed_out);
    return {};
}

} // namespace cipherlane::drivers
