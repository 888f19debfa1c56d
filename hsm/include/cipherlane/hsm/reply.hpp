#pragma once

#include <cipherlane/hsm/codec.hpp>
#include <cipherlane/hsm/profile.hpp>

#include <memory>

namespace cipherlane::hsm {

/// One command's way through a client: what was asked, what came back. Kept on a shelf and used again.
struct reply {
    std::shared_ptr<const profile> dialect;
    const command_spec* command = nullptr; ///< of the profile
    const binding* how = nullptr;          ///< of a typed operation
    answer_status status;
    bool flat = false; ///< the answer is read without `asked`, which is empty
    field_set asked;
    field_set values;
    bytes raw; ///< the answer's body as it came, of raw commands

    void clear() noexcept;
};

/// Takes used replies back, so that nothing is allocated after warm-up. Thread-safe.
class reply_shelf;

struct reply_return {
    std::shared_ptr<reply_shelf> home;
    void operator()(reply* used) const noexcept;
};

using reply_ptr = std::unique_ptr<reply, reply_return>;

/// The error of a refusal: `hsm_errc::refused`, `verification` or `out_of_service`, with the command as operation,
/// the unit's code, its meaning for this command in this dialect as text, and as field what the request itself shows
/// to be the likely reason (a scheme tag that does not fit, a component's parity). No error for success and warnings.
[[nodiscard]] result<void> check_status(const reply& of);

/// What a refusal means for the command in the dialect; empty for errors that are none.
[[nodiscard]] std::string explain(const profile& dialect, const error& why);

} // namespace cipherlane::hsm
