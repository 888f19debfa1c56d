#pragma once

#include "host/exchange.hpp"
#include "lane/lane_core.hpp"

#include <cipherlane/ports/journal_record.hpp>
#include <cipherlane/ports/pinpad.hpp>

#include <optional>

namespace cipherlane::acquiring {

/// What an answer says of its trade, taken for an approval of nothing yet.
[[nodiscard]] ports::journal_verdict word_of_host(const lane_core& on, const host_answer& answer);

/// Field 4 of the answer to a partial approval (部分承兑): more than nothing, and at most what was asked for. Nothing
/// where the answer does not say so.
[[nodiscard]] std::optional<amount> approved_part(const ports::journal_record& record, const host_answer& answer);

/// What the card is told of an answer: the verdict, and the code and the issuer's data as they came.
void pass_on(ports::chip_verdict& to, const host_answer& answer, ports::host_verdict what);

} // namespace cipherlane::acquiring
