// The host's table of amounts and cards, walked by a till: each row ends as it says, and till and card agree on what
// was paid.
#include "acquirer-sim/request_table.hpp"
#include "support/lane/simulated_lane.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

class RequestTable : public testing::Test {
  protected:
    RequestTable() {
        lane.settings.terminals.front().reversal.longest_processing = 1ms;
        lane.settings.terminals.front().reversal.sends = 1;
    }
    /// Each row once, by amount or by card in turn; what the till says of it.
    std::string end_of(till& at, const sim::table_row& row) {
        const bool by_card = ++turn % 2 == 0;
        lane.reader.number = by_card ? sim::table_card(row) : "6222000000000017";
        const std::int64_t minor = by_card ? 600 : 420'000 + std::stoi(row.choice);
        lane.host({{"cmd", "card"}, {"number", lane.reader.number}, {"expiry", "3012"}, {"pin", "135790"},
            {"balance", full}});
        acquiring::sale_request asked{"row " + row.choice, amount(minor)};
        asked.partial = acquiring::partial_approval::accept;
        const auto sold = at.sale(asked, 60s);
        EXPECT_TRUE(sold) << row.choice << " " << row.words << ": " << sold.error();
        if (!sold) return "error";
        const auto paid =
            full - lane.host({{"cmd", "balance"}, {"number", lane.reader.number}}).at("balance").get<std::int64_t>();
        const auto told = sold->outcome == verdict::approved ? sold->approved.minor() : 0;
        if (sold->outcome != verdict::unknown) {
            EXPECT_EQ(paid, told) << row.choice << " " << row.words;
        }
        return std::string(to_string(sold->outcome)) + (sold->host_code.empty() ? "" : " " + sold->host_code);
    }

    static constexpr std::int64_t full = 900'000;
    int turn = 0;
    simulated_lane lane;
};

/// Rows that leave the till without an answer that it can use, and what becomes of the payment.
const std::map<std::string, std::string> without_answer{{"17", "reversed"}, {"18", "reversed"}, {"20", "reversed"},
    {"23", "reversed"}, {"24", "reversed"}, {"27", "reversed"}, {"28", "reversed"}, {"29", "unknown"},
    {"31", "unknown"}, {"32", "unknown"}, {"33", "unknown"}, {"35", "unknown"}, {"37", "reversed"},
    {"39", "reversed"}, {"42", "unknown"}};
/// It takes its time: `ItsSlowRowTakesItsTime` asks the table alone.
const std::set<std::string> slow{"19"};

TEST_F(RequestTable, ItsSlowRowTakesItsTime) {
    const auto* const row = sim::row_chosen("", 400'019);
    ASSERT_NE(row, nullptr);
    const auto planned = sim::fault_of(*row, sim::table_moment::payment, "sale");
    ASSERT_TRUE(planned);
    EXPECT_EQ(planned->kind, "late_answer");
    EXPECT_GT(planned->delay.count(), 0);
}

TEST_F(RequestTable, AnswersAsItsRowsSay) {
    const std::map<std::string, std::string> special{{"00", "approved 00"}, {"10", "approved 10"},
        {"11", "approved 11"}, {"16", "approved 16"}, {"26", "approved 00"}, {"36", "reversed 94"},
        {"68", "reversed 68"}, {"82", "approved A2"}, {"84", "approved A4"}, {"85", "approved A5"},
        {"86", "approved A6"}, {"94", "reversed 94"}, {"96", "reversed 96"}, {"98", "reversed 98"}};
    auto till = lane.open();
    int declined = 0;
    for (const auto& row : sim::request_table()) {
        if (without_answer.contains(row.choice) || slow.contains(row.choice)) continue;
        const auto found = special.find(row.choice);
        if (found == special.end()) ++declined;
        const auto expected = found != special.end() ? found->second : "declined " + row.value;
        EXPECT_EQ(end_of(till, row), expected) << row.choice << " " << row.words;
    }
    EXPECT_EQ(declined, 43) << "as many codes refuse";
}

TEST_F(RequestTable, IsSilentAsItsRowsSay) {
    lane.settings.host.response_time = 500ms;
    for (const auto& [choice, expected] : without_answer) {
        auto till = lane.open();
        const auto* row = sim::row_chosen("", 400'000 + std::stoi(choice));
        ASSERT_NE(row, nullptr) << choice;
        EXPECT_EQ(end_of(till, *row).substr(0, expected.size()), expected) << row->words;
        // What cannot get through, or proves nothing, is a person's: the next row begins with a till that owes
        // nothing.
        const auto open = till.recover(60s);
        ASSERT_TRUE(open) << choice << ": " << open.error();
        for (const auto& left : *open) {
            if (left.outcome == verdict::unknown) {
                EXPECT_TRUE(till.decide({left.handle, acquiring::finding::paid, "in the host's books"}, 60s));
            }
        }
    }
}

TEST_F(RequestTable, IsPrintedWithItsCards) {
    std::ostringstream text;
    sim::print_table(text);
    EXPECT_NE(text.str().find("\n    51  6222000100000511  nothing is done, answered 51: not enough funds\n"),
        std::string::npos)
        << text.str();
    EXPECT_NE(text.str().find("\n    80  6222000100000800  nothing is done, answered A0"), std::string::npos)
        << text.str();
}

TEST_F(RequestTable, ChoosesNothingOnceItIsOff) {
    EXPECT_EQ(sim::row_chosen("", 399'951), nullptr);
    EXPECT_EQ(sim::row_chosen("", 500'051), nullptr);
    EXPECT_EQ(sim::row_chosen("", 400'008), nullptr) << "08 is no row";
    ASSERT_NE(sim::row_chosen("", 499'951), nullptr);
    auto till = lane.open();
    EXPECT_EQ(till.sale({"on", amount(400'051)}, 60s)->host_code, "51");
    lane.host({{"cmd", "table"}, {"on", false}});
    EXPECT_EQ(till.sale({"off", amount(400'051)}, 60s)->outcome, verdict::approved);
}

} // namespace
} // namespace cipherlane::tests
