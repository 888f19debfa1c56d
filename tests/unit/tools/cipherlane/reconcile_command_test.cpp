#include "cipherlane/commands.hpp"
#include "cipherlane/tool_door.hpp"
#include "support/temporary_folder.hpp"
#include "unit/reconcile/statement_files.hpp"

#include <cipherlane/store/file_key_provider.hpp>
#include <cipherlane/store/sqlite_journal.hpp>

#include <nlohmann/json.hpp>
#include <sqlite3.h>

#include <CLI/CLI.hpp>
#include <fstream>

namespace {

using namespace cipherlane;
using namespace std::chrono_literals;

struct ended {
    int code;
    std::string out;
    std::string err;
};

/// A subcommand for the books in this process.
ended books_by_command(const char* subcommand, const std::vector<std::string>& words) {
    CLI::App tool{"test", "cipherlane"};
    tool.require_subcommand(1);
    cli::add_reconcile_command(tool);
    cli::add_monitor_command(tool);
    cli::add_rules_command(tool);
    cli::add_statement_command(tool);
    std::vector<const char*> argv{"cipherlane", subcommand};
    for (const auto& word : words)
        argv.push_back(word.c_str());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = cli::run_tool(tool, static_cast<int>(argv.size()), argv.data());
    return {code, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
}

ended reconcile_by_command(const std::vector<std::string>& words) {
    return books_by_command("reconcile", words);
}

std::string statement(const std::string& name) {
    return (tests::source_folder() / "tests/unit/reconcile/statements" / name).string();
}

/// A journal as a till leaves it.
class written_journal {
  public:
    explicit written_journal(const tests::temporary_folder& folder)
        : keys_(folder.file("till.key")) {
        how_.path = folder.file("till.db");
        EXPECT_TRUE(store::file_key_provider::create(folder.file("till.key")));
        journal_ = store::sqlite_journal::open(how_, keys_, clock_, call(20s)).value();
    }
    void paid(ports::trade kind, const std::string& order, std::int64_t minor, const std::string& time,
        const std::string& day = "20261128", std::uint64_t original = 0) {
        ports::journal_record fresh;
        fresh.original = original;
        fresh.terminal_id = "T0000001";
        fresh.merchant_id = "M1";
        fresh.idempotency_key = order;
        fresh.kind = kind;
        fresh.order_number = order;
        fresh.requested = amount(minor);
        fresh.created_date = day;
        const auto begun = journal_->begin(fresh, nullptr, call(20s)).value();
        if (kind == ports::trade::qr_refund) { // nothing can undo it: it is marked before it leaves
            EXPECT_TRUE(journal_->decide(
                begun.id, ports::journal_verdict(ports::record_state::sent, ports::decider::till), call(20s)));
        }
        ports::journal_verdict verdict(ports::record_state::approved, ports::decider::gateway);
        verdict.approved = amount(minor);
        verdict.host_date = day;
        verdict.host_time = time;
        verdict.phase = kind == ports::trade::qr_sale ? ports::order_phase::paid : ports::order_phase::refunded;
        const auto decided = journal_->decide(begun.id, verdict, call(20s));
        EXPECT_TRUE(decided) << decided.error();
    }
    [[nodiscard]] const std::string& path() const { return how_.path; }

  private:
    store::sqlite_journal_settings how_;
    store::file_key_provider keys_;
    const ports::system_clock clock_;
    std::unique_ptr<store::sqlite_journal> journal_;
};

/// With the payments of the bill and one that the bill does not have.
std::string journal_of_the_day(const tests::temporary_folder& folder) {
    written_journal journal(folder);
    journal.paid(ports::trade::qr_sale, "QR-1", 1280, "091502");
    journal.paid(ports::trade::qr_sale, "QR-2", 10'000, "124031");
    journal.paid(ports::trade::qr_sale, "QR-4", 500, "235940");
    journal.paid(ports::trade::qr_sale, "QR-9", 700, "120000");
    return journal.path();
}

/// A disk changes the amount of a record.
void damage(const std::string& journal, int record) {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(journal.c_str(), &handle), SQLITE_OK);
    const auto change = "UPDATE records SET approved = approved + 1 WHERE id = " + std::to_string(record);
    EXPECT_EQ(sqlite3_exec(handle, change.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(handle);
}

TEST(ReconcileCommand, NamesWhatDiffersBetweenAJournalAndABill) {
    const tests::temporary_folder folder;
    const auto journal = journal_of_the_day(folder);
    const auto text =
        reconcile_by_command({journal, "--form", "wechat-bill", "--statement", statement("wechat.csv")});
    EXPECT_EQ(text.code, 1) << text.err;
    EXPECT_NE(text.out.find("theirs_only: given back QR-3; theirs, line 4 30.00 moved 2026-11-28 18:03:00"),
        std::string::npos)
        << text.out;
    EXPECT_NE(text.out.find("ours_only: payment QR-9; ours, record 4 7.00"), std::string::npos) << text.out;
    EXPECT_NE(text.out.find("2 difference(s)"), std::string::npos) << text.out;
    const auto scripted =
        reconcile_by_command({journal, "--form", "wechat-bill", "--statement", statement("wechat.csv"), "--json"});
    const auto made = nlohmann::json::parse(scripted.out);
    EXPECT_EQ(made["summary"]["to_do"], 2);
    EXPECT_EQ(made["summary"]["theirs"]["paid"], 11'780);
    EXPECT_EQ(made["differences"][1]["key"], "QR-9");
    EXPECT_EQ(made["differences"][1]["action"], "ask_for_payout");
    const auto rows =
        reconcile_by_command({journal, "--form", "wechat-bill", "--statement", statement("wechat.csv"), "--csv"});
    EXPECT_NE(rows.out.find("ours_only,payment,QR-9,4,700,moved,2026-11-28 12:00:00,,,,,,ask_for_payout,"),
        std::string::npos)
        << rows.out;
}

TEST(ReconcileCommand, TakesAnExportInThePlaceOfTheJournal) {
    const tests::temporary_folder folder;
    std::ofstream(folder.file("export.csv"))
        << "kind,state,created,currency,approved,order,reference,terminal,merchant,trace,batch,host_date,"
           "authorization\r\n"
           "QR sale,approved,2026-11-28T10:00:00+08:00,156,6600,QR-11,,,,,,,\r\n"
           "QR sale,approved,2026-11-28T11:30:00+08:00,156,850,QR-12,,,,,,,\r\n"
           "QR refund,approved,2026-11-28T15:00:00+08:00,156,600,QR-13,,,,,,,\r\n";
    const auto all = reconcile_by_command(
        {folder.file("export.csv"), "--form", "alipay-bill", "--statement", statement("alipay.csv")});
    EXPECT_EQ(all.code, 0) << all.err << all.out;
    EXPECT_NE(all.out.find("3 row(s) matched"), std::string::npos);
}

TEST(ReconcileCommand, OfAnExportCountsWhatWouldCountOfTheJournal) {
    const tests::temporary_folder folder;
    std::ofstream(folder.file("export.csv"))
        << "kind,state,created,currency,approved,order,reference,terminal,merchant,trace,batch,host_date,"
           "authorization\r\n"
           "QR sale,approved,2026-11-28T10:00:00+08:00,156,6600,QR-11,,T1,M1,,,,\r\n"
           "QR sale,approved,2026-11-28T11:30:00+08:00,156,850,QR-12,,T1,M1,,,,\r\n"
           "QR refund,approved,2026-11-28T15:00:00+08:00,156,600,QR-13,,T1,M1,,,,\r\n"
           "QR sale,approved,2026-11-28T11:00:00+08:00,156,900,QR-14,,T2,M1,,,,\r\n"
           "QR sale,approved,2026-11-28T11:00:00+08:00,156,900,QR-15,,T1,M2,,,,\r\n"
           "sale,approved,2026-11-28T11:00:00+08:00,156,100,,,T1,M1,000001,000001,20261128,\r\n"
           "sale,approved,2026-11-28T11:05:00+08:00,156,100,,,T1,M1,000002,000001,20261128,\r\n";
    std::vector<std::string> words{
        folder.file("export.csv"), "--form", "alipay-bill", "--statement", statement("alipay.csv")};
    auto all = reconcile_by_command(words);
    EXPECT_EQ(all.code, 1) << all.err;
    EXPECT_NE(all.out.find("2 difference(s)"), std::string::npos) << all.out; // the other lane's, the other shop's
    words.insert(words.end(), {"--terminal", "T1", "--merchant", "M1"});
    all = reconcile_by_command(words);
    EXPECT_EQ(all.code, 0) << all.err << all.out;
    EXPECT_NE(all.out.find("3 row(s) matched"), std::string::npos) << all.out;
}

TEST(ReconcileCommand, ARecordInAnotherCurrencyIsNotTheStatementsAmount) {
    const tests::temporary_folder folder;
    std::ofstream(folder.file("export.csv"))
        << "kind,state,created,currency,approved,order,reference,terminal,merchant,trace,batch,host_date,"
           "authorization\r\n"
           "QR sale,approved,2026-11-28T10:00:00+08:00,392,6600,QR-11,,,,,,,\r\n"
           "QR sale,approved,2026-11-28T11:30:00+08:00,156,850,QR-12,,,,,,,\r\n"
           "QR refund,approved,2026-11-28T15:00:00+08:00,156,600,QR-13,,,,,,,\r\n";
    std::vector<std::string> words{
        folder.file("export.csv"), "--form", "alipay-bill", "--statement", statement("alipay.csv")};
    auto all = reconcile_by_command(words);
    EXPECT_EQ(all.code, 1) << all.err;
    EXPECT_NE(all.out.find("amount: payment QR-11; ours, record 2 6600 JPY moved"), std::string::npos) << all.out;
    EXPECT_NE(all.out.find("ours:   1 payment(s) 8.50"), std::string::npos) << all.out;
    words.emplace_back("--csv");
    all = reconcile_by_command(words);
    EXPECT_NE(all.out.find(",392,156\r\n"), std::string::npos) << all.out;
}

TEST(ReconcileCommand, AStatementWithoutRowsNeedsItsDays) {
    const tests::temporary_folder folder;
    const auto journal = journal_of_the_day(folder);
    const auto whole = tests::statement_file("wechat.csv");
    const auto names = whole.substr(0, whole.find('\n') + 1);
    std::ofstream(folder.file("empty.csv"), std::ios::binary)
        << names
        << whole.substr(whole.find("\r\n总交易单数") + 2, whole.rfind("\r\n`4,") - whole.find("\r\n总交易单数"))
        << "`0,`0.00,`0.00,`0.00,`0.00000,`0.00,`0.00\r\n";
    std::vector<std::string> words{journal, "--form", "wechat-bill", "--statement", folder.file("empty.csv")};
    auto all = reconcile_by_command(words);
    EXPECT_EQ(all.code, 2) << all.out;
    EXPECT_NE(all.err.find("no rows"), std::string::npos) << all.err;
    words.insert(words.end(), {"--from", "20261128"});
    EXPECT_EQ(reconcile_by_command(words).code, 2);
    words.insert(words.end(), {"--to", "20261128"});
    all = reconcile_by_command(words);
    EXPECT_EQ(all.code, 1) << all.err;
    EXPECT_NE(all.out.find("ours_only: payment QR-9"), std::string::npos) << all.out;
}

TEST(ReconcileCommand, SaysNothingOfAStatementThatItRefuses) {
    const tests::temporary_folder folder;
    const auto journal = journal_of_the_day(folder);
    const auto bill = statement("wechat.csv");
    auto all = reconcile_by_command({journal, "--form", "wechat-bill", "--statement", bill, "--statement", bill});
    EXPECT_EQ(all.code, 2);
    EXPECT_TRUE(all.out.empty()) << all.out;
    EXPECT_NE(all.err.find("was given before"), std::string::npos) << all.err;
    all = reconcile_by_command({journal, "--form", "alipay-bill", "--statement", bill});
    EXPECT_EQ(all.code, 2);
    EXPECT_NE(all.err.find("line 1"), std::string::npos) << all.err;
    EXPECT_EQ(reconcile_by_command({journal, "--form", "wechat", "--statement", bill}).code, 2);
    all = reconcile_by_command(
        {journal, "--form", "unionpay-zm", "--statement", statement("unionpay.zm"), "--to", "20261128"});
    EXPECT_EQ(all.code, 1);
    EXPECT_NE(all.err.find("has no end"), std::string::npos) << all.err;
}

/// Nothing in a damaged record is certain, its amount neither.
TEST(ReconcileCommand, TakesADamagedRecordForNone) {
    const tests::temporary_folder folder;
    const auto journal = journal_of_the_day(folder);
    damage(journal, 2);
    const auto all =
        reconcile_by_command({journal, "--form", "wechat-bill", "--statement", statement("wechat.csv"), "--json"});
    EXPECT_EQ(all.code, 1) << all.err;
    EXPECT_NE(all.err.find("damaged and not compared"), std::string::npos) << all.err;
    const auto made = nlohmann::json::parse(all.out);
    EXPECT_FALSE(made["journal_whole"].get<bool>());
    EXPECT_EQ(made["differences"][0]["key"], "QR-2") << all.out;
    EXPECT_EQ(made["differences"][0]["kind"], "theirs_only") << all.out;
}

TEST(MonitorCommand, RaisesAnAlarmWherePaymentsStayAway) {
    const tests::temporary_folder folder;
    std::string path;
    {
        written_journal journal(folder);
        path = journal.path();
        for (const std::string day : {"20261123", "20261124", "20261125"}) { // Monday to Wednesday
            for (int minute = 10; minute < 60; ++minute) {
                const auto time = "10" + std::to_string(minute) + "00";
                journal.paid(ports::trade::qr_sale, day + time, 100, time, day);
            }
        }
    }
    const std::vector<std::string> words{path, "--at", "202611261130", "--readings", "1"};
    const auto text = books_by_command("monitor", words);
    EXPECT_EQ(text.code, 1) << text.err;
    EXPECT_NE(text.out.find("ALARM: since 2026-11-26 10:"), std::string::npos) << text.out;
    EXPECT_NE(text.out.find(" 0 payment(s), expected 1"), std::string::npos) << text.out;
    EXPECT_NE(text.out.find("payments stay away"), std::string::npos) << text.out;
    auto scripted = words;
    scripted.emplace_back("--json");
    auto made = nlohmann::json::parse(books_by_command("monitor", scripted).out);
    EXPECT_TRUE(made["alarmed"].get<bool>());
    EXPECT_TRUE(made["expects"].get<bool>());
    EXPECT_TRUE(made["alarms"][0]["raised"].get<bool>());
    EXPECT_TRUE(made["journal_whole"].get<bool>());
    damage(path, 1);
    const auto damaged = books_by_command("monitor", scripted);
    EXPECT_NE(damaged.err.find("damaged and not counted"), std::string::npos) << damaged.err;
    EXPECT_FALSE(nlohmann::json::parse(damaged.out)["journal_whole"].get<bool>());
}

TEST(MonitorCommand, ShowsTheDayOfAJournal) {
    const tests::temporary_folder folder;
    const auto journal = journal_of_the_day(folder);
    const auto text = books_by_command("monitor", {journal, "--at", "202611281300"});
    EXPECT_EQ(text.code, 0) << text.err;
    EXPECT_NE(text.out.find("no alarm: the journal has too few days"), std::string::npos) << text.out;
    const auto scripted = books_by_command("monitor", {journal, "--at", "202611281300", "--json"});
    const auto made = nlohmann::json::parse(scripted.out);
    EXPECT_FALSE(made["alarmed"].get<bool>());
    EXPECT_FALSE(made["expects"].get<bool>());
    EXPECT_EQ(made["readings"][0]["begin"], "2026-11-28 09:15:00");
    EXPECT_EQ(made["readings"][0]["seen"], 1);
    const auto gauges = books_by_command("monitor", {journal, "--at", "202611280920", "--prometheus"});
    EXPECT_NE(gauges.out.find("cipherlane_payments_seen{till=\"till\"} 1"), std::string::npos) << gauges.out;
    EXPECT_EQ(books_by_command("monitor", {journal, "--at", "yesterday"}).code, 2);
    EXPECT_EQ(books_by_command("monitor", {folder.file("none.db")}).code, 2);
}

std::string agreed_fees(const tests::temporary_folder& folder) {
    std::ofstream(folder.file("fees.toml")) << R"([[fee]]
name = "restaurants"
mcc = ["5812"]
give_back = "returned"
tier = [{up_to = 10000, rate = "0.6%"}, {rate = "0.2%"}]
)";
    return folder.file("fees.toml");
}

TEST(StatementCommand, SaysWhatAMerchantIsPaidForADay) {
    const tests::temporary_folder folder;
    std::string path;
    {
        written_journal journal(folder);
        path = journal.path();
        journal.paid(ports::trade::qr_sale, "QR-1", 20'000, "091502", "20261127"); // a Friday
        journal.paid(ports::trade::qr_sale, "QR-2", 1'000, "091502");
        // By the tier of their payment, and together no more than was taken of it.
        journal.paid(ports::trade::qr_refund, "QR-3", 9'000, "101502", "20261128", 1);
        journal.paid(ports::trade::qr_refund, "QR-4", 11'000, "111502", "20261128", 1);
    }
    const std::vector<std::string> words{path, "--fees", agreed_fees(folder), "--mcc", "5812"};
    auto asked = words;
    asked.insert(asked.end(), {"--share", "shop=70", "--share", "landlord=30"});
    const auto text = books_by_command("statement", asked);
    EXPECT_EQ(text.code, 0) << text.err;
    EXPECT_NE(text.out.find("M1, 2026-11-27, paid out on 2026-11-30\n"), std::string::npos) << text.out;
    EXPECT_NE(text.out.find("199.60\n"), std::string::npos) << text.out;
    EXPECT_NE(text.out.find("  landlord"), std::string::npos) << text.out;
    asked.insert(asked.end(), {"--csv", "--from", "20261128", "--pdf", folder.file("day.pdf")});
    const auto rows = books_by_command("statement", asked);
    EXPECT_EQ(rows.out, "merchant,day,pay_day,payments,gross,given_back,refunds,fees,net,parts\r\n"
                        "M1,2026-11-28,2026-11-30,1,10.00,2,200.00,-0.34,-189.66,landlord -56.90; shop -132.76\r\n")
        << rows.err;
    EXPECT_GT(std::filesystem::file_size(folder.file("day.pdf")), 1'000U);
    auto scripted = words;
    scripted.insert(scripted.end(), {"--json", "--to", "20261127"});
    const auto made = nlohmann::json::parse(books_by_command("statement", scripted).out);
    ASSERT_EQ(made["days"].size(), 1U);
    EXPECT_EQ(made["days"][0]["net"], 19'960);
    EXPECT_EQ(made["days"][0]["parts"]["M1"], 19'960);
    EXPECT_TRUE(made["journal_whole"].get<bool>());
}

TEST(StatementCommand, RefusesWhatIsNotAgreedAndTellsWhatItLeavesOut) {
    const tests::temporary_folder folder;
    const auto journal = journal_of_the_day(folder);
    const auto fees = agreed_fees(folder);
    const auto other = books_by_command("statement", {journal, "--fees", fees, "--mcc", "4111"});
    EXPECT_EQ(other.code, 2) << other.out;
    EXPECT_NE(other.err.find("--mcc and --category"), std::string::npos) << other.err;
    EXPECT_TRUE(other.out.empty()) << other.out;
    const auto named = books_by_command("statement", {journal, "--fees", fees, "--category", "M1=5812", "--items"});
    EXPECT_EQ(named.code, 0) << named.err;
    EXPECT_NE(named.out.find("M1,2026-11-28,2,100.00,0.60,99.40,M1 99.40\r\n"), std::string::npos) << named.out;
    EXPECT_EQ(books_by_command("statement", {journal, "--fees", fees, "--share", "shop"}).code, 2);
    EXPECT_EQ(books_by_command("statement", {journal, "--fees", folder.file("none.toml")}).code, 2);
    damage(journal, 2);
    const auto damaged = books_by_command("statement", {journal, "--fees", fees, "--mcc", "5812", "--csv"});
    EXPECT_EQ(damaged.code, 1) << damaged.out;
    EXPECT_NE(damaged.err.find("damaged and in no sum"), std::string::npos) << damaged.err;
    EXPECT_NE(damaged.out.find("M1,2026-11-28,2026-11-30,3,24.80,"), std::string::npos) << damaged.out;
}

TEST(RulesCommand, SaysWhatAFileHoldsAndWhatItSaysOfAPayment) {
    const auto file = (tests::source_folder() / "sdk/src/rules/china.toml").string();
    const auto listed = books_by_command("rules", {file});
    EXPECT_EQ(listed.code, 0) << listed.err;
    EXPECT_NE(listed.out.find("refuse  micro merchants, credit: micro credit, 1000.00 a day, 10000.00 a month; since "
                              "2018-04-01; "),
        std::string::npos)
        << listed.out;
    const auto prepaid =
        books_by_command("rules", {file, "--amount", "12.00", "--code", "dynamic", "--pays", "prepaid"});
    EXPECT_EQ(prepaid.code, 0) << "advice refuses nothing";
    EXPECT_NE(prepaid.out.find("advise  prepaid by code: found prepaid by code; allowed: by code: debit, credit, "
                               "balance; "),
        std::string::npos)
        << prepaid.out;
    const auto credit = books_by_command(
        "rules", {file, "--amount", "12.00", "--code", "payment", "--pays", "credit", "--no-credit", "--json"});
    EXPECT_EQ(credit.code, 1) << credit.err;
    EXPECT_EQ(nlohmann::json::parse(credit.out)["found"][0]["rule"], "order without credit");
    const auto graded = [&](const char* total, const std::string& taken = {}) {
        std::vector<std::string> words{file, "--amount", total, "--code", "dynamic", "--grade", "B"};
        if (!taken.empty()) words.insert(words.end(), {"--taken", taken});
        return books_by_command("rules", words).out;
    };
    EXPECT_EQ(graded("5000.00"), "no rule says anything\n");
    EXPECT_NE(graded("5000.01").find("payer of grade B: found 5000.01 in one payment"), std::string::npos);
    EXPECT_NE(graded("200.00", "4900.00").find("at most 5000.00 in "), std::string::npos);
    EXPECT_EQ(graded("100.00", "4900.00"), "no rule says anything\n");
}

TEST(RulesCommand, NamesTheLineOfWhatCannotBe) {
    const tests::temporary_folder folder;
    const auto path = folder.file("rules.toml");
    std::ofstream(path) << "[[rule]]\nname = \"r\"\nsource = \"s\"\nsince = \"2018-04-31\"\nkind = \"order "
                           "credit\"\naction = \"refuse\"\n";
    const auto wrong = books_by_command("rules", {path});
    EXPECT_EQ(wrong.code, 2) << wrong.out;
    EXPECT_NE(wrong.err.find("rule.since"), std::string::npos) << wrong.err;
    EXPECT_NE(wrong.err.find("4"), std::string::npos) << wrong.err;
    EXPECT_EQ(books_by_command("rules", {folder.file("none.toml")}).code, 2);
    const auto file = (tests::source_folder() / "sdk/src/rules/china.toml").string();
    const auto day = books_by_command("rules", {file, "--amount", "1.00", "--day", "today"});
    EXPECT_EQ(day.code, 2);
    EXPECT_NE(day.err.find("--day: found \"today\", expected YYYYMMDD"), std::string::npos) << day.err;
    EXPECT_EQ(books_by_command("rules", {file, "--amount", "1.00", "--day", "20261399"}).code, 2);
    EXPECT_EQ(books_by_command("rules", {file, "--amount", "12,00"}).code, 2);
    EXPECT_EQ(books_by_command("rules", {file, "--pays", "cash"}).code, 2);
}

} // namespace
