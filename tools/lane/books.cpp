#include "lane/books.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iomanip>
#include <map>
#include <sstream>

namespace cipherlane::sim {
namespace {

using ports::record_state;
using ports::trade;

std::string six_digits(std::uint32_t value) {
    auto text = std::to_string(value);
    return text.size() < 6 ? std::string(6 - text.size(), '0') + text : text;
}

bool moved_money(record_state state) {
    return state == record_state::approved || state == record_state::voided;
}

/// Not decided yet: nothing can be said about agreement before recovery has run.
bool open_record(record_state state) {
    return state == record_state::prepared || state == record_state::reversal_pending ||
           state == record_state::unknown;
}

struct pair_of_sides {
    const ports::journal_record* till = nullptr;
    const nlohmann::json* host = nullptr;
};

bool agree(const pair_of_sides& sides) {
    const bool host_moved =
        sides.host != nullptr && (sides.host->at("state") == "approved" || sides.host->at("state") == "voided");
    if (sides.till == nullptr) return !host_moved;
    if (open_record(sides.till->state)) return false;
    if (moved_money(sides.till->state) != host_moved) return false;
    return !host_moved || sides.host->at("amount") == sides.till->approved.minor();
}

} // namespace

std::vector<book_line> compare_books(
    const std::vector<ports::journal_record>& journal, const nlohmann::json& ledger) {
    std::map<std::pair<std::string, std::string>, pair_of_sides> by_trace;
    for (const auto& record : journal) {
        if (record.kind == trade::qr_sale || record.kind == trade::qr_refund) continue;
        by_trace[{six_digits(record.batch), six_digits(record.trace)}].till = &record;
    }
    for (const auto& entry : ledger)
        by_trace[{entry.at("batch"), entry.at("trace")}].host = &entry;

    std::vector<book_line> lines;
    for (const auto& [key, sides] : by_trace) {
        book_line line{key.first, key.second, {}, {}, agree(sides)};
        if (sides.till != nullptr) {
            line.till = std::string(to_string(sides.till->kind)) + " " + sides.till->requested.to_string() + " " +
                        std::string(to_string(sides.till->state));
        }
        if (sides.host != nullptr) {
            line.host = sides.host->at("kind").get<std::string>() + " " +
                        amount(sides.host->at("amount").get<std::int64_t>()).to_string() + " " +
                        sides.host->at("state").get<std::string>() + " " +
                        sides.host->at("answer").get<std::string>();
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

bool all_agree(const std::vector<book_line>& lines) {
    return std::all_of(lines.begin(), lines.end(), [](const book_line& line) { return line.agrees; });
}

std::string to_text(const std::vector<book_line>& lines) {
    std::ostringstream out;
    out << "  batch  trace   " << std::left << std::setw(34) << "till's journal"
        << "host's ledger\n";
    for (const auto& line : lines) {
        out << "  " << line.batch << " " << line.trace << "  " << std::setw(34)
            << (line.till.empty() ? "-" : line.till) << std::setw(34) << (line.host.empty() ? "-" : line.host)
            << (line.agrees ? "agree" : "DIFFER") << "\n";
    }
    return out.str();
}

} // namespace cipherlane::sim
