#pragma once

#include <cstdint>
#include <string_view>

namespace cipherlane::drivers {

/// What a terminal's last result was before the request left, as the record has it.
enum class before_request : std::uint8_t {
    untold, ///< the terminal does not tell, or did not
    none,   ///< it said that it had stored nothing: one that forgets says so, too
    named,
};

/// What its last result is when it is asked what became of the request.
enum class last_result : std::uint8_t {
    untold,
    none,   ///< it says that it has stored nothing
    before, ///< the one before the request
    another,
};

/// Whether that result is an approval.
enum class last_end : std::uint8_t { approved, otherwise };

/// Whether the result is what was asked for, in one respect.
enum class likeness : std::uint8_t { untold, same, other };

/// Whether the terminal may still be at the request.
enum class request_time : std::uint8_t { running, over };

/// Whether the terminal's host can have carried out what the terminal has not stored.
enum class host_part : std::uint8_t { none, perhaps };

/// All that is known of a request whose own answer is missing.
struct last_facts {
    before_request before = before_request::untold;
    last_result last = last_result::untold;
    last_end end = last_end::otherwise;
    likeness kind = likeness::untold; ///< of trade
    likeness total = likeness::untold;
    request_time time = request_time::running;
    host_part host = host_part::none;
};

/// What follows of them.
enum class last_verdict : std::uint8_t {
    approved,
    declined,  ///< it was not carried out
    unknown,   ///< nothing proves either: a person's
    ask_again, ///< what is not proven yet may be by and by
};
[[nodiscard]] std::string_view to_string(last_verdict value) noexcept;

/// The one table of it. Approved needs proof that there was something to tell the result from, and that it is of what
/// was asked for; declined needs proof that nothing was stored, by a terminal that tells what it stores, after the
/// last moment at which it could be.
[[nodiscard]] last_verdict verdict_of(const last_facts& known) noexcept;

} // namespace cipherlane::drivers
