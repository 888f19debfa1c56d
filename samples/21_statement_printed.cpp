// A statement printed: what a merchant is paid for a day, by the agreed fees, divided as each order says, and on
// which day. All that is printed adds up to the till's journal to the cent. Usage: 21_statement_printed [FEES
// CALENDAR]
#include <cipherlane/clearing/payout_book.hpp>

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
    record.host_date = "20261127";
    record.host_time = "183000";
    return record;
}

} // namespace

int main(int argc, char** argv) {
    const bool from_files = argc == 3;
    const auto fees =
        (from_files ? clearing::fee_schedule::load(argv[1]) : clearing::fee_schedule::parse(fees_text, "fees.toml"))
            .value();
    const auto calendar =
        (from_files ? business_calendar::load(argv[2]) : business_calendar::parse(calendar_text, "calendar.toml"))
            .value();
    clearing::payout_book books(fees, calendar);
    std::cout << clearing::item_names();
    std::int64_t journal = 0;
    for (const auto& record : {paid(1, ports::trade::sale, "100.00"_cny), paid(2, ports::trade::qr_sale, "33.33"_cny),
             paid(3, ports::trade::refund, "10.00"_cny)}) {
        auto item = clearing::item_of(record, "5812").value();
        item.shares = {{"kitchen", 70}, {"landlord", 30}}; // the order's own
        journal += item.way == reconcile::direction::payment ? item.minor : -item.minor;
        std::cout << clearing::to_csv(item, books.add(item).value());
    }
    std::cout << "\n" << clearing::day_names();
    std::int64_t told = 0;
    for (const auto& day : books.finish().value()) {
        std::cout << clearing::to_csv(day);
        told += day.net + day.fees;
    }
    return told == journal ? 0 : 1;
}
