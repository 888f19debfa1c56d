#pragma once

#include <cipherlane/ledger/money_side.hpp>
#include <cipherlane/ports/batch_totals.hpp>

namespace cipherlane::ledger {

/// A side of a batch that till and host have counted differently.
struct side_difference {
    money_side side = money_side::none; ///< none: both in one sum, debit less credit; a count of 0 is not told then
    ports::batch_side till;
    ports::batch_side host;
    friend bool operator==(const side_difference&, const side_difference&) = default;
};

} // namespace cipherlane::ledger
