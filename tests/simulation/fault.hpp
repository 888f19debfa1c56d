#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::simulation {

/// Where a thing can go wrong: each kind of call, message and disk operation of the world around a lane.
enum class point : std::uint8_t {
    pad,             ///< the PIN pad before the verdict: open, card, PIN
    pad_end,         ///< the PIN pad is told the verdict
    display,         ///< the code is shown, or goes
    host_send,       ///< the host is being connected to
    host_request,    ///< it is on its way there
    host_answer,     ///< the answer is on its way back
    gateway_send,    ///< likewise, with the gateway
    gateway_request, //
    gateway_answer,  //
    gateway_page,    ///< likewise, over HTTP
    disk_write,      ///< bytes to the disk, or a file's end
    disk_sync,       ///< what was written must be on the disk
    disk_name,       ///< a file is made or goes
};

/// What goes wrong.
enum class fault : std::uint8_t {
    none,
    link_lost,      ///< a call that ends without effect
    timed_out,      ///< likewise
    fails,          ///< a device or disk that fails before it does anything
    fails_late,     ///< a device that has done it and then fails
    holder_cancels, ///< the cardholder presses cancel
    request_lost,   ///< the peer never hears of it, and the caller cannot know
    request_late,   ///< the peer hears of it after the caller has given up
    request_twice,  ///< the peer hears of it twice, and answers twice
    request_resent, ///< the peer hears of it twice, and the first answer is lost
    says_failed,    ///< the peer does what it is asked, and answers that it could not say (96)
    says_invalid,   ///< the peer does nothing, and answers that it cannot (12)
    says_unknown,   ///< the peer does what it is asked, and answers by a code that no sheet has (09)
    answer_lost,
    answer_spoilt,  ///< a byte of it is another
    answer_foreign, ///< an earlier answer comes before it
    answer_split,   ///< it comes in two pieces
    answer_cut,     ///< half of it comes, then the connection ends
    disk_full,
    half_written,  ///< the disk takes part of it and fails
    cashier_stops, ///< the call is stopped; nothing else goes wrong
    payer_pays,    ///< whoever has a code to scan pays at this moment
    clock_ahead,   ///< somebody sets the till's clock a day ahead; nothing else goes wrong
    clock_back,    ///< likewise, a day back
    cut_all_lost,  ///< the power goes before it; nothing that was not synced is on the disk
    cut_all_kept,  ///< likewise; all of it is
    cut_torn,      ///< likewise; some of it is, in pieces of sectors, in any order
    off,           ///< the power is off: no call has an effect any more
};

[[nodiscard]] std::string_view to_string(point value) noexcept;
[[nodiscard]] std::string_view to_string(fault value) noexcept;
/// Nothing for a word that is no fault.
[[nodiscard]] fault fault_of(std::string_view word) noexcept;
[[nodiscard]] constexpr bool cuts_power(fault what) noexcept {
    return what == fault::cut_all_lost || what == fault::cut_all_kept || what == fault::cut_torn;
}
/// What can go wrong there.
[[nodiscard]] std::span<const fault> faults_at(point where) noexcept;

/// One thing that goes wrong at one step of a run.
struct planned_fault {
    std::uint32_t step = 0;
    fault what = fault::none;
    friend bool operator==(const planned_fault&, const planned_fault&) = default;
};

/// All that goes wrong in a run, in order of step: with it and its scenario the run is the same again.
using script = std::vector<planned_fault>;

/// "12:answer-lost,40:cut-all-lost"; empty for nothing.
[[nodiscard]] std::string to_string(const script& value);
/// The same back; what cannot be read ends it.
[[nodiscard]] script script_of(std::string_view text);

} // namespace cipherlane::simulation
