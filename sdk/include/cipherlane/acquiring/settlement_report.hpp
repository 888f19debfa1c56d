#pragma once

#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/ledger/side_difference.hpp>
#include <cipherlane/ports/batch_totals.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace cipherlane::acquiring {

/// How the batch was closed.
enum class settlement_result : std::uint8_t { balanced, not_balanced, host_error };

struct settlement_report {
    std::uint32_t batch = 0;
    ports::batch_totals totals;
    settlement_result host = settlement_result::balanced;
    /// Where the totals of the host's answer are not those that it was told: both, side by side.
    std::vector<ledger::side_difference> differences;
    /// What nobody has decided yet, of this batch and those before: in no totals, and for a person. It stays in the
    /// batch that it belongs to.
    std::vector<payment> open;
    /// What was decided to have moved after its own batch was closed, and is settled with this one: in the totals of
    /// neither, and for a person to compare with what the acquirer pays.
    std::vector<payment> late;
    /// What was not sent with the upload, as its card data cannot be opened any more or the host takes no record: for
    /// a person to tell the acquirer. Only where `close_batch` was asked for.
    std::vector<payment> left_out;
    std::uint32_t uploaded = 0; ///< records sent to the host because the totals differed
    std::uint32_t refused = 0;  ///< of these, refused by the host; zero unless `close_batch` was asked for
    std::string end_code;       ///< the host's code where it refused a sign-in, the totals or the end; likewise
    std::uint64_t cards_erased = 0;
    bool resumed = false; ///< went on with a settlement that had been broken off
};

} // namespace cipherlane::acquiring
