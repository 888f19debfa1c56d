#include "original.hpp"

namespace cipherlane::acquiring {

result<ports::journal_record> find_original(
    lane_core& on, std::uint64_t handle, std::string_view operation, const call& bounds) {
    CIPHERLANE_TRY(auto found, on.journal().find(handle, bounds));
    if (!found || found->terminal_id != on.terminal_id()) return flow_error(acquiring_errc::no_original, operation);
    return std::move(*found);
}

void refer_to(ports::journal_record& fresh, const ports::journal_record& original) {
    const auto date = original.host_date.empty() ? original.created_date : original.host_date;
    fresh.original = original.id;
    fresh.entry = "012"; // typed in, no PIN: the number comes from the journal
    fresh.sequence_number = original.sequence_number;
    fresh.masked_pan = original.masked_pan;
    fresh.field61 = six_digits(original.batch) + six_digits(original.trace) + date.substr(4);
}

void name_original(iso8583::message& request, const ports::journal_record& original) {
    if (!original.reference.empty()) request.set(37, original.reference);
    if (!original.authorization.empty()) request.set(38, original.authorization);
}

} // namespace cipherlane::acquiring
