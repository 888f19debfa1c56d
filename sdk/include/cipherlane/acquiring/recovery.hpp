#pragma once

#include <cipherlane/acquiring/flow.hpp>
#include <cipherlane/acquiring/payment.hpp>

#include <cstdint>
#include <vector>

namespace cipherlane::acquiring {

/// On whose wish something is recovered.
enum class recovering : std::uint8_t {
    for_its_caller,
    /// Nobody's: no stage is told, and it is cut short, with nothing decided, as soon as anything else is started at
    /// the lane.
    while_nobody_waits,
};

/// What to recover.
struct recovery_request {
    /// Everything of the terminal that is not decided.
    recovery_request() = default;
    /// One payment, by `payment::handle`.
    explicit recovery_request(std::uint64_t record, recovering how = recovering::for_its_caller)
        : handle(record)
        , wish(how) {}
    std::uint64_t handle = 0;
    recovering wish = recovering::for_its_caller;
};

/// Decides what is undecided: sends pending reversals, asks the gateway about QR orders, and reports verdicts that
/// nobody has acknowledged (`lane::acknowledge`): the till may have ended before anybody heard of them. One entry for
/// each record concerned, oldest first; what cannot be decided now stays `unknown` (see `decision`). A refund of a QR
/// sale is asked for again only where it is named, here by its handle or by its own key: perhaps it never left. What
/// a gateway has said and nobody has acknowledged (`lane::acknowledge_notice`) is raised again. Run it after a start,
/// or with the handle of an unknown payment. Errors: `local_fault`, `misuse` (`no_original`).
using recovery = flow<recovery_request, std::vector<payment>>;

extern template class flow<recovery_request, std::vector<payment>>;

} // namespace cipherlane::acquiring
