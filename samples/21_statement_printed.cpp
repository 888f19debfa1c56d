// A statement printed: what a merchant is paid for a day, by the agreed fees, divided as each order says, and on
// which day, as CSV and as PDF. All that is printed adds up to the till's journal to the cent.
// Usage: 21_statement_printed [PDF [FEES CALENDAR]]
#include <cipherlane/clearing/payout_book.hpp>
#include <cipherlane/clearing/statement_document.hpp>

#include <iostream>

using namespace cipherlane;

namespace {

constexpr const char* fees_text = R"([[fee]]
name = "restaurants"
mcc = ["5812"]
rate = "0.6%"
floor = 1
cap = 8000
)";
constexpr const char* calendar_text = R"(name = "autumn"
first = "2026-11-01"
last = "2026-12-31"
)";

ports::journal_record paid(std::uint64_t number, ports::trade kind, amount total) {
    ports::journal_record record; // as store::journal_reader gives them
    record.id = number;
    record.kind = kind;
    record.state = ports::record_state::approved;
    record.merchant_id = "M00000000000001";
    record.approved = total;
    record.reference = "11270000000" + std::to_string(number);
    record.host_date = "20261127";
    record.host_time = "183000";
    return record;
}

} // namespace

int main(int argc, char** argv) {
    const bool from_files = argc == 4;
    const std::string pdf = argc > 1 ? argv[1] : "statement.pdf";
    const auto fees =
        (from_files ? clearing::fee_schedule::load(argv[2]) : clearing::fee_schedule::parse(fees_text, "fees.toml"))
            .value();
    const auto calendar =
        (from_files ? business_calendar::load(argv[3]) : business_calendar::parse(calendar_text, "calendar.toml"))
            .value();
    clearing::payout_book books(fees, calendar);
    std::vector<clearing::statement_entry> lines;
    std::int64_t journal = 0;
    std::cout << clearing::item_names();
    for (const auto& record : {paid(1, ports::trade::sale, "100.00"_cny), paid(2, ports::trade::qr_sale, "33.33"_cny),
             paid(3, ports::trade::refund, "10.00"_cny)}) {
        auto item = clearing::item_of(record, "5812").value();
        item.shares = {{"kitchen 厨房", 70}, {"landlord 房东", 30}}; // the order's own
        const auto what = books.add(item).value();
        std::cout << clearing::to_csv(item, what);
        journal += item.way == reconcile::direction::payment ? item.minor : -item.minor;
        const auto moment = reconcile::own_entry(record, {})->moment;
        lines.push_back({record.id, moment, record.kind, item.way, record.reference, what.gross, what.fee, what.net});
    }
    std::cout << "\n" << clearing::day_names();
    auto paper = clearing::statement_document::create(pdf, {"Corner Bank 街角银行"}).value();
    std::int64_t told = 0;
    for (const auto& day : books.finish().value()) { // here there is one
        std::cout << clearing::to_csv(day);
        told += day.net + day.fees;
        paper.begin(day);
        for (const auto& line : lines)
            paper.add(line);
        paper.end().value(); // throws where a line is missing or one is too many
    }
    paper.finish().value();
    std::cout << "\nprinted: " << pdf << "\n";
    return told == journal ? 0 : 1;
}
