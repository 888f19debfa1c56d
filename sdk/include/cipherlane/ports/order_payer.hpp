#pragma once

#include <cstdint>
#include <string>

namespace cipherlane::ports {

/// What pays. Often known only from the answer.
enum class funding : std::uint8_t { unknown, debit, credit, prepaid, balance };

/// Who has paid by code, and from what, as far as the gateway tells it with its answer or notice. For limits alone:
/// it stands in no record, and nobody prints it.
struct order_payer {
    funding pays = funding::unknown;
    /// Stands for the payer: the same for all payments of one payer at one gateway's application. A digest, as what
    /// the gateway calls its payer (openid, buyer_id) is personal. Empty: not told.
    std::string name{};
};

} // namespace cipherlane::ports
