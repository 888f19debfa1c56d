#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/receipt.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/words.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using acquiring::receipt_copy;
using acquiring::receipt_language;
using acquiring::verdict;

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST(Receipt, SaysWhatHappenedWithoutTheCardNumber) {
    lane_rig rig;
    const auto paid = rig.sell("a", 1234).value();
    const auto text = acquiring::receipt_text(paid, rig.settings, receipt_copy::cardholder);
    for (const char* part : {"TEST SHOP", "SALE 消费", "RMB 12.34", "622200*********0004", "000002",
             "2026-11-21 09:31:20", "APPROVED 交易成功"}) {
        EXPECT_TRUE(contains(text, part)) << part << "\n" << text;
    }
    EXPECT_FALSE(contains(text, test_pan));
    const auto slip = acquiring::settlement_text(rig.settle().value(), rig.settings);
    EXPECT_TRUE(contains(slip, "1 / 12.34")) << slip;
}

TEST(Receipt, IsInTheLanguageOfTheSettings) {
    auto settings = rig_settings();
    acquiring::payment paid;
    paid.outcome = verdict::approved;
    paid.requested = paid.approved = amount(1234);
    settings.wording.receipt = receipt_language::english;
    const auto english = acquiring::receipt_text(paid, settings, receipt_copy::merchant);
    EXPECT_TRUE(contains(english, "SALE\n")) << english;
    EXPECT_FALSE(contains(english, "消费"));
    settings.wording.receipt = receipt_language::chinese;
    const auto chinese = acquiring::receipt_text(paid, settings, receipt_copy::merchant);
    EXPECT_TRUE(contains(chinese, "消费")) << chinese;
    EXPECT_FALSE(contains(chinese, "APPROVED"));
}

TEST(Receipt, NamesTheCurrencyThatIsNotTheYuan) {
    acquiring::payment paid;
    paid.outcome = verdict::approved;
    paid.requested = paid.approved = amount(1000, find_currency(392).value());
    EXPECT_TRUE(contains(acquiring::receipt_text(paid, rig_settings(), receipt_copy::merchant), "JPY 1000\n"));
    auto settings = rig_settings();
    settings.unit = find_currency(840).value();
    acquiring::settlement_report report;
    report.totals.debit = {1234, 2};
    EXPECT_TRUE(contains(acquiring::settlement_text(report, settings), "2 / USD 12.34\n"));
}

TEST(Receipt, OfACodeHasItsDateAndTime) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto paid = rig.sell_by_code("order", 990).value();
    const auto text = acquiring::receipt_text(paid, rig.settings, receipt_copy::cardholder);
    EXPECT_TRUE(contains(text, ports::to_civil(rig.clock.now()).to_string())) << text;
}

TEST(Receipt, OfADeclineHasTheIssuersWords) {
    lane_rig rig;
    rig.host.mood.code = "51";
    const auto text = acquiring::receipt_text(rig.sell("a", 1).value(), rig.settings, receipt_copy::cardholder);
    EXPECT_TRUE(contains(text, "可用余额不足")) << text;
    EXPECT_TRUE(contains(text, "DECLINED 交易失败"));
}

TEST(Receipt, LetsNothingOfThePeerDriveThePrinter) {
    acquiring::payment paid;
    paid.outcome = verdict::approved;
    paid.requested = paid.approved = amount(1);
    paid.host_text = "A\x1B@B\nC";
    paid.reference = "R\x07";
    const auto text = acquiring::receipt_text(paid, rig_settings(), receipt_copy::merchant);
    EXPECT_TRUE(contains(text, "A?@B?C")) << text;
    EXPECT_FALSE(contains(text, "\x1B"));
    EXPECT_FALSE(contains(text, "\x07"));
}

TEST(Receipt, SaysOfATerminalsDayWhatTheTerminalHasTold) {
    acquiring::settlement_report day;
    day.totals.debit = {700, 3};
    day.totals.credit = {100, 1};
    day.host = acquiring::settlement_result::not_balanced;
    day.differences = {{ledger::money_side::none, {600, 0}, {599, 0}}};
    auto slip = acquiring::settlement_text(day, rig_settings());
    EXPECT_NE(slip.find("终端净额"), std::string::npos) << slip;
    EXPECT_NE(slip.find(" 5.99"), std::string::npos) << slip;
    EXPECT_EQ(slip.find("/ 5.99"), std::string::npos) << "it has told no count\n" << slip;
    EXPECT_EQ(slip.find("主机"), std::string::npos) << slip;
    day.differences[0].host.count = 5;
    slip = acquiring::settlement_text(day, rig_settings());
    EXPECT_NE(slip.find("5 / 5.99"), std::string::npos) << slip;
}

TEST(Receipt, HasATitleForEveryTrade) {
    for (const auto& row : ledger::trades()) {
        EXPECT_NE(ports::find_word("title." + std::string(row.title)), nullptr) << row.name;
    }
}

} // namespace
} // namespace cipherlane::tests
