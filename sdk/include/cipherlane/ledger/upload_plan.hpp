#pragma once

#include <cipherlane/iso8583/field48.hpp>
#include <cipherlane/iso8583/transaction_table.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace cipherlane::ledger {

/// The records of a batch in the order in which they go up: stripes, chips, refunds.
struct upload_plan {
    std::vector<ports::journal_record> stripes;
    std::vector<ports::journal_record> chips;
    std::vector<ports::journal_record> refunds;

    [[nodiscard]] std::size_t size() const noexcept;
    /// `place` must be below `size`.
    [[nodiscard]] const ports::journal_record& at(std::size_t place) const noexcept;
};

/// Which records of a batch are told to the host again. Of one that balances the chips alone: it has nothing else to
/// tell. A chip whose card is not at hand any more is told as a stripe.
[[nodiscard]] upload_plan upload_of(std::span<const ports::journal_record> batch, iso8583::settlement_verdict host);

/// One message of the upload: `count` records from a place on.
struct upload_step {
    iso8583::transaction what;
    std::size_t count;
};
/// `place` must be below the plan's size.
[[nodiscard]] upload_step step_at(const upload_plan& plan, std::size_t place) noexcept;

} // namespace cipherlane::ledger
