// A day reconciled: the till's journal against the bill of the day, as the wallet has it. Each difference has a kind
// and what to do about it.
// Usage: 20_day_reconciled
#include <cipherlane/reconcile/comparison.hpp>
#include <cipherlane/reconcile/statement_reader.hpp>

#include <iostream>
#include <sstream>

using namespace cipherlane;

namespace {

/// What a till's journal has of the day; `store::journal_reader` gives these one by one.
std::vector<ports::journal_record> journal() {
    std::vector<ports::journal_record> records;
    const auto paid = [&](std::string order, amount total, ports::record_state state) {
        ports::journal_record record;
        record.id = records.size() + 1;
        record.kind = ports::trade::qr_sale;
        record.state = state;
        record.order_number = std::move(order);
        record.requested = record.approved = total;
        record.host_date = "20261128";
        record.host_time = "101500";
        records.push_back(record);
    };
    paid("QR-1", "12.80"_cny, ports::record_state::approved);
    paid("QR-2", "100.00"_cny, ports::record_state::approved);
    paid("QR-3", "8.00"_cny, ports::record_state::unknown); // the answer was lost, and nobody has asked since
    paid("QR-5", "25.00"_cny, ports::record_state::approved);
    return records;
}

/// The bill as it would lie on the disk, in a form that is described in a few lines.
constexpr const char* form = R"(name = "corner-bank"
form = "csv"
encoding = "utf-8"
amounts = "major"
match = ["order"]
trades = ["gateway"]
rows.end = "total"
time = {column = "time", form = "YYYY-MM-DD hh:mm:ss"}
amount = {column = "amount"}
key.order = {column = "order"}
total = [{line = "total", number = 1}, {line = "total", number = 2, sum = {column = "amount"}}]
)";
constexpr const char* bill = "time,order,amount\n"
                             "2026-11-28 10:15:00,QR-1,12.80\n"
                             "2026-11-28 10:15:00,QR-2,10.00\n"
                             "2026-11-28 10:15:00,QR-3,8.00\n"
                             "2026-11-28 10:15:00,QR-4,3.00\n"
                             "total 4 rows 33.80\n";

} // namespace

int main() {
    const auto how = reconcile::parse_statement_form(form, "corner-bank.toml").value();
    reconcile::comparison books({}, [](const reconcile::difference& what) {
        std::cout << reconcile::to_string(what.kind) << ": " << what.key << "\n    "
                  << reconcile::to_string(what.action) << "\n";
    });
    for (const auto& record : journal()) {
        if (!how.covers(record.kind)) continue;
        if (const auto ours = reconcile::own_entry(record, how.match)) books.add_ours(*ours);
    }
    std::istringstream file(bill);
    reconcile::statement_reader reader(file, how, "2026-11-28.csv");
    while (const auto row = reader.next().value()) // throws what is wrong with the file, and where
        books.add_theirs(*row);
    const auto sums = books.finish();
    std::cout << sums.matched << " rows matched, " << sums.to_do() << " differences\n";
    return sums.to_do() == 4 ? 0 : 1;
}
