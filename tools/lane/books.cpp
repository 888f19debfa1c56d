#include "lane/books.hpp"

#include <cipherlane/ledger/numbers.hpp>
#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/order_number.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iomanip>
#include <map>
#include <sstream>

namespace cipherlane::sim {
namespace {

namespace states = ledger::states;

struct pair_of_sides {
    const ports::journal_record* till = nullptr;
    const nlohmann::json* host = nullptr;
};

/// By the word that the host's books have for the state of a trade.
bool counts(const nlohmann::json& trade) {
    const auto& word = trade.at("state").get_ref<const std::string&>();
    for (const auto state : states::counts) {
        if (word == ports::to_string(state)) return true;
    }
    return false;
}

bool agree(const pair_of_sides& sides) {
    const bool host_moved = sides.host != nullptr && counts(*sides.host);
    if (sides.till == nullptr) return !host_moved;
    // Not decided yet: nothing can be said about agreement before recovery has run.
    if (states::undecided.contains(sides.till->state)) return false;
    if (states::counts.contains(sides.till->state) != host_moved) return false;
    return !host_moved || sides.host->at("amount") == sides.till->approved.minor();
}

/// An order with what the till has of it; each of its codes is an order of its own at the gateway.
struct order_sides {
    const ports::journal_record* sale = nullptr;
    std::int64_t given_back = 0;
    bool doubtful = false; ///< a refund that is not decided
    std::vector<const nlohmann::json*> codes;

    [[nodiscard]] std::int64_t sum(const char* member) const {
        std::int64_t all = 0;
        for (const auto* one : codes)
            all += one->at(member).get<std::int64_t>();
        return all;
    }
};

/// What payers have paid beyond what the till knows has gone back again.
bool agree(const order_sides& sides) {
    const auto outside = sides.sum("paid") - sides.sum("refunded");
    if (sides.sale == nullptr) return outside == 0;
    if (sides.doubtful || states::undecided.contains(sides.sale->state)) return false;
    if (states::went_back.contains(sides.sale->state)) return outside == 0 && sides.sum("paid") != 0;
    if (!states::counts.contains(sides.sale->state)) return outside == 0;
    return sides.sum("paid") != 0 && outside == sides.sale->approved.minor() - sides.given_back;
}

std::map<std::string, order_sides> by_order(
    const std::vector<ports::journal_record>& journal, const nlohmann::json& orders) {
    std::map<std::string, order_sides> all;
    std::map<std::uint64_t, std::string> number_of;
    for (const auto& record : journal) {
        if (!ledger::order_trades.contains(record.kind)) continue;
        all[record.order_number].sale = &record;
        number_of[record.id] = record.order_number;
    }
    for (const auto& record : journal) {
        const auto& row = ledger::row_of(record.kind);
        if (!ledger::gateway_refunds.contains(record.kind)) continue;
        auto& sides = all[number_of[record.original]];
        if (states::undecided.contains(record.state)) sides.doubtful = true;
        // What the flow gave back by itself was never booked.
        const bool booked = row.role == ledger::trade_role::returning;
        if (booked && states::counts.contains(record.state)) sides.given_back += record.approved.minor();
    }
    for (const auto& order : orders) {
        const auto number = order.at("order_number").get<std::string>();
        const auto whole = all.find(number);
        const auto mark = std::string(ledger::code_of_number(number).mark);
        (whole != all.end() ? whole->second : all[mark]).codes.push_back(&order);
    }
    return all;
}

} // namespace

std::vector<book_line> compare_orders(
    const std::vector<ports::journal_record>& journal, const nlohmann::json& orders) {
    std::vector<book_line> lines;
    for (const auto& [number, sides] : by_order(journal, orders)) {
        book_line line{"QR    ", number.substr(number.size() < 6 ? 0 : number.size() - 6), {}, {}, agree(sides)};
        if (sides.sale != nullptr) {
            line.batch = ledger::six_digits(sides.sale->batch);
            line.trace = ledger::six_digits(sides.sale->trace);
            line.till = "QR sale " + sides.sale->requested.to_string() + " " +
                        std::string(to_string(sides.sale->state)) + ", back " + amount(sides.given_back).to_string();
        }
        if (!sides.codes.empty()) {
            const auto& last = *sides.codes.back();
            line.host = "order " + amount(last.at("amount").get<std::int64_t>()).to_string() + " " +
                        last.at("status").get<std::string>() + ", back " + amount(sides.sum("refunded")).to_string();
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

takings taken_by(const std::vector<ports::journal_record>& journal) {
    takings sum;
    for (const auto& record : journal) {
        if (!states::counts.contains(record.state)) continue;
        auto& side = ledger::host_trades.contains(record.kind) ? sum.by_card : sum.by_code;
        side += ledger::signed_minor(record.kind, record.approved.minor()); // a voided sale and its void cancel out
    }
    return sum;
}

std::int64_t received_by(const nlohmann::json& orders) {
    std::int64_t sum = 0;
    for (const auto& order : orders)
        sum += order.at("paid").get<std::int64_t>() - order.at("refunded").get<std::int64_t>();
    return sum;
}

std::vector<book_line> compare_books(
    const std::vector<ports::journal_record>& journal, const nlohmann::json& ledger) {
    std::map<std::pair<std::string, std::string>, pair_of_sides> by_trace;
    for (const auto& record : journal) {
        if (!ledger::host_trades.contains(record.kind)) continue;
        by_trace[{ledger::six_digits(record.batch), ledger::six_digits(record.trace)}].till = &record;
    }
    for (const auto& entry : ledger)
        by_trace[{entry.at("batch"), entry.at("trace")}].host = &entry;

    std::vector<book_line> lines;
    for (const auto& [key, sides] : by_trace) {
        book_line line{key.first, key.second, {}, {}, agree(sides)};
        if (sides.till != nullptr) {
            line.till = std::string(ledger::row_of(sides.till->kind).name) + " " + sides.till->requested.to_string() +
                        " " + std::string(to_string(sides.till->state));
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
        << "host's ledger or gateway\n";
    for (const auto& line : lines) {
        out << "  " << line.batch << " " << line.trace << "  " << std::setw(34)
            << (line.till.empty() ? "-" : line.till) << std::setw(34) << (line.host.empty() ? "-" : line.host)
            << (line.agrees ? "agree" : "DIFFER") << "\n";
    }
    return out.str();
}

} // namespace cipherlane::sim
