// A journal and a statement of 1,000,000 and of 10,000,000 rows compared: seconds, and the memory at its highest. A
// hundredth of the rows differ. And a day of 1,000,000 payments printed, and cleared. The statement is made as it is
// read, so that the disk is not measured. All of it is one thread's work: its seconds are the processor's, as what
// others do on the machine does not count; what has passed on the wall stands beside them.

#include <cipherlane/clearing/payout_book.hpp>
#include <cipherlane/clearing/statement_document.hpp>
#include <cipherlane/reconcile/comparison.hpp>
#include <cipherlane/reconcile/statement_reader.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <istream>
#include <streambuf>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace {

using namespace cipherlane;
using namespace cipherlane::reconcile;

constexpr const char* form_text = R"(name = "bench"
form = "csv"
encoding = "gbk"
amounts = "major"
match = ["terminal", "order"]
amount = {column = "sum"}
fee = {column = "fee"}
time = {column = "time", form = "YYYY-MM-DD hh:mm:ss"}
key.order = {column = "order"}
key.terminal = {column = "terminal"}
)";

std::string order(std::uint64_t row) {
    return "2026112800001" + std::to_string(1'000'000'000 + row);
}

/// A statement that is made line by line.
class made_statement : public std::streambuf {
  public:
    explicit made_statement(std::uint64_t rows)
        : rows_(rows) {}

  protected:
    int_type underflow() override {
        if (next_ > rows_) return traits_type::eof();
        if (next_ == 0) {
            line_ = "time,terminal,order,sum,fee,goods\r\n";
        } else {
            const auto row = next_ - 1;
            const auto minor = std::to_string(100 + row % 90'000 + (row % 100 == 7 ? 1 : 0));
            line_ = "2026-11-28 12:34:56,T0000001," + order(row) + "," + minor.substr(0, minor.size() - 2) + "." +
                    minor.substr(minor.size() - 2) + ",0.06,\xBF\xA7\xB7\xC8\r\n";
        }
        ++next_;
        setg(line_.data(), line_.data(), line_.data() + line_.size());
        return traits_type::to_int_type(line_[0]);
    }

  private:
    std::uint64_t rows_;
    std::uint64_t next_ = 0;
    std::string line_;
};

/// What a piece of work took.
class stopwatch {
  public:
    /// Of the processor.
    [[nodiscard]] double seconds() const { return spent() - spent_; }
    [[nodiscard]] double on_the_wall() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
    }

  private:
    static double spent() {
        rusage used{};
        getrusage(RUSAGE_SELF, &used);
        const auto of = [](const timeval& time) {
            return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
        };
        return of(used.ru_utime) + of(used.ru_stime);
    }
    double spent_ = spent();
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

struct took {
    double seconds;
    double on_the_wall;
};

took so_far(const stopwatch& watch) {
    return {watch.seconds(), watch.on_the_wall()};
}

took run(std::uint64_t rows) {
    const stopwatch watch;
    const auto form = parse_statement_form(form_text, "bench.toml").value();
    std::uint64_t told = 0;
    comparison books({}, [&](const difference&) { ++told; });
    ports::journal_record record;
    record.terminal_id = "T0000001";
    record.state = ports::record_state::approved;
    record.host_date = "20261128";
    record.host_time = "123456";
    for (std::uint64_t i = 0; i < rows; ++i) {
        record.id = i + 1;
        record.order_number = order(i);
        record.approved = amount(static_cast<std::int64_t>(100 + i % 90'000));
        books.add_ours(*own_entry(record, form.match));
    }
    made_statement text(rows);
    std::istream in(&text);
    statement_reader reader(in, form, "bench.csv");
    while (const auto next = reader.next().value())
        books.add_theirs(*next);
    const auto sums = books.finish();
    if (sums.matched != rows || told != rows / 100 || sums.count(difference_kind::amount) != told) std::abort();
    return so_far(watch);
}

/// A day of payments of a thousand merchants, each divided in three, with a line of CSV for each.
took clear(std::uint32_t payments) {
    const stopwatch watch;
    const auto fees =
        clearing::fee_schedule::parse("[[fee]]\nname = \"all\"\nrate = \"0.38%\"\n", "fees.toml").value();
    const auto days =
        business_calendar::parse("name = \"x\"\nfirst = \"2026-01-01\"\nlast = \"2026-12-31\"\n", "days.toml")
            .value();
    clearing::payout_book books(fees, days);
    clearing::clearing_item item;
    item.day = *parse_day("20261127");
    item.shares = {{"shop", 60}, {"landlord", 30}, {"platform", 10}};
    std::int64_t journal = 0;
    std::size_t printed = 0;
    for (std::uint32_t i = 0; i < payments; ++i) {
        item.merchant = "M" + std::to_string(i % 1'000);
        item.minor = 1 + i * 7 % 90'001;
        item.record = i;
        journal += item.minor;
        printed += clearing::to_csv(item, books.add(item).value()).size();
    }
    for (const auto& day : books.finish().value())
        journal -= day.net + day.fees;
    if (journal != 0 || printed == 0) std::abort();
    return so_far(watch);
}

/// One merchant's day as PDF.
took print(std::uint32_t payments) {
    const stopwatch watch;
    const auto file =
        std::filesystem::temp_directory_path() / ("reconcile_bench." + std::to_string(::getpid()) + ".pdf");
    clearing::merchant_day day;
    day.merchant = "M00000000000001";
    day.day = *parse_day("20261127");
    clearing::statement_entry line;
    line.kind = ports::trade::sale;
    const auto entry = [&](std::uint32_t i) {
        line.record = i + 1;
        line.moment = day.day * day_seconds + i % day_seconds;
        line.reference = std::to_string(261'127'000'000 + i);
        line.gross = 1 + i * 7 % 90'001;
        line.fee = line.gross / 200;
        line.net = line.gross - line.fee;
    };
    for (std::uint32_t i = 0; i < payments; ++i) {
        entry(i);
        ++day.payments;
        day.gross += line.gross;
        day.fees += line.fee;
        day.net += line.net;
    }
    auto paper = clearing::statement_document::create(file, {"Bench", language::english}).value();
    paper.begin(day);
    for (std::uint32_t i = 0; i < payments; ++i) {
        entry(i);
        paper.add(line);
    }
    if (!paper.end() || !paper.finish()) std::abort();
    const auto made = so_far(watch);
    std::printf("%-28s %8.0f MiB\n", "  the file", static_cast<double>(std::filesystem::file_size(file)) / 1048576);
    std::filesystem::remove(file);
    return made;
}

double mebibytes() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_maxrss) / 1024;
}

void tell(const char* what, const took& of, double bar) {
    std::printf("%-28s %8.2f s  bar %.2f s  (%.2f s on the wall)\n", what, of.seconds, bar, of.on_the_wall);
}

void tell_memory(double most) {
    std::printf("%-28s %8.0f MiB", "  memory at its highest", most);
}

} // namespace

int main() {
    constexpr double of_a_day = 20;
    constexpr double of_a_million = 10;
    constexpr double longest_row = 12; // of ten times the rows
    const auto small = run(1'000'000);
    const double memory = mebibytes();
    tell("1,000,000 records", small, of_a_million);
    tell_memory(memory);
    std::puts("  bar 300 MiB");
    const auto printed = print(1'000'000);
    tell("1,000,000 payments printed", printed, of_a_day);
    tell_memory(mebibytes());
    std::puts("");
    const auto cleared = clear(1'000'000);
    tell("1,000,000 payments cleared", cleared, of_a_day);
    const auto large = run(10'000'000);
    tell("10,000,000 records", large, longest_row * small.seconds);
    tell_memory(mebibytes());
    std::puts("");
    const bool fast = small.seconds < of_a_million && cleared.seconds < of_a_day && printed.seconds < of_a_day;
    return fast && memory < 300 && large.seconds < longest_row * small.seconds ? 0 : 1;
}
