#pragma once

#include <cipherlane/ports/journal_record.hpp>

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace cipherlane::sim {

/// One trade as both sides have it.
struct book_line {
    std::string batch;
    std::string trace;
    std::string till; ///< "sale 12.34 approved"; empty: the till does not know it
    std::string host;
    bool agrees = false;
};

/// The till's journal beside the host's ledger, by batch and trace. QR trades are not the host's: `compare_orders`.
///
/// They agree where money moved on both sides or on neither: an approved sale on one side must be an approved sale of
/// the same amount on the other; what the till calls reversed or declined must not count at the host.
[[nodiscard]] std::vector<book_line> compare_books(
    const std::vector<ports::journal_record>& journal, const nlohmann::json& ledger);

/// The till's QR trades beside the gateway's orders, by order number: paid on both sides or on neither, the same
/// amount, and as much given back. An order that the till does not know agrees if nobody paid it.
[[nodiscard]] std::vector<book_line> compare_orders(
    const std::vector<ports::journal_record>& journal, const nlohmann::json& orders);

/// What the till has taken, net of voids and refunds, in minor units.
struct takings {
    std::int64_t by_card = 0;
    std::int64_t by_code = 0;
};
[[nodiscard]] takings taken_by(const std::vector<ports::journal_record>& journal);
/// What payers have paid the gateway, net of refunds.
[[nodiscard]] std::int64_t received_by(const nlohmann::json& orders);

[[nodiscard]] bool all_agree(const std::vector<book_line>& lines);
[[nodiscard]] std::string to_text(const std::vector<book_line>& lines);

} // namespace cipherlane::sim
