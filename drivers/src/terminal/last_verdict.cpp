#include "last_verdict.hpp"

#include <algorithm>
#include <array>

namespace cipherlane::drivers {
namespace {

/// Some values of an enumeration.
template <class Enum>
struct some_of {
    std::uint8_t bits = 0xFF; ///< all of them
    [[nodiscard]] constexpr bool has(Enum value) const noexcept {
        return (bits >> static_cast<unsigned>(value) & 1U) != 0;
    }
};

template <class Enum, class... Enums>
constexpr some_of<Enum> only(Enum first, Enums... more) noexcept {
    return {static_cast<std::uint8_t>(
        ((1U << static_cast<unsigned>(first)) | ... | (1U << static_cast<unsigned>(more))))};
}

template <class Enum>
constexpr some_of<Enum> every{};

struct verdict_row {
    some_of<before_request> before;
    some_of<last_result> last;
    some_of<last_end> end;
    some_of<likeness> kind;
    some_of<likeness> total;
    some_of<request_time> time;
    some_of<host_part> host;
    last_verdict follows;

    [[nodiscard]] constexpr bool fits(const last_facts& known) const noexcept {
        return before.has(known.before) && last.has(known.last) && end.has(known.end) && kind.has(known.kind) &&
               total.has(known.total) && time.has(known.time) && host.has(known.host);
    }
};

constexpr auto was_named = only(before_request::named);
constexpr auto all_ends = every<last_end>;
constexpr auto all_kinds = every<likeness>;
constexpr auto all_totals = every<likeness>;
constexpr auto not_other = only(likeness::same, likeness::untold); ///< ZVT tells no kind
constexpr auto at_any_time = every<request_time>;
constexpr auto when_over = only(request_time::over);
constexpr auto whatever_host = every<host_part>;

/// The first that fits.
constexpr auto verdict_rows = std::to_array<verdict_row>({
    // Nothing to tell the last result from: what it is, or is not, proves nothing however long one waits.
    {only(before_request::untold, before_request::none), every<last_result>, all_ends, all_kinds, all_totals,
        at_any_time, whatever_host, last_verdict::unknown},
    // A new result of what was asked for.
    {was_named, only(last_result::another), only(last_end::approved), not_other, only(likeness::same), at_any_time,
        whatever_host, last_verdict::approved},
    // No new result, and none that can still come.
    {was_named, only(last_result::before), all_ends, all_kinds, all_totals, when_over, only(host_part::none),
        last_verdict::declined},
    // Somebody else's result, none any more, one that is not told, or a host that may have carried it out.
    {was_named, every<last_result>, all_ends, all_kinds, all_totals, when_over, whatever_host, last_verdict::unknown},
    {was_named, every<last_result>, all_ends, all_kinds, all_totals, only(request_time::running), whatever_host,
        last_verdict::ask_again},
});

} // namespace

std::string_view to_string(last_verdict value) noexcept {
    switch (value) {
    case last_verdict::approved: return "approved";
    case last_verdict::declined: return "declined";
    case last_verdict::unknown: return "unknown";
    case last_verdict::ask_again: return "ask again";
    }
    return "?";
}

last_verdict verdict_of(const last_facts& known) noexcept {
    const auto* const row = std::find_if(
        verdict_rows.begin(), verdict_rows.end(), [&](const verdict_row& one) { return one.fits(known); });
    return row != verdict_rows.end() ? row->follows : last_verdict::unknown;
}

} // namespace cipherlane::drivers
