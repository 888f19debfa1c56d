#include <gtest/gtest.h>
#include <sqlite3.h>

#include <sqlite.hpp>

using namespace cipherlane;
using namespace cipherlane::store;

namespace {

class StatementCache : public ::testing::Test {
  protected:
    database on = database::open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE).value();

    void SetUp() override {
        ASSERT_TRUE(on.execute("CREATE TABLE cards(number TEXT); INSERT INTO cards VALUES ('a'), ('b')"));
    }
};

TEST_F(StatementCache, ForgetsWhatWasBound) {
    const char* const sql = "SELECT ? IS NULL";
    {
        auto first = on.prepare(sql);
        ASSERT_TRUE(first.bind("a card").step().value());
        EXPECT_EQ(first.integer(0), 0);
    }
    auto second = on.prepare(sql);
    ASSERT_TRUE(second.step().value());
    EXPECT_EQ(second.integer(0), 1) << "the text bound before is still there";
}

TEST_F(StatementCache, StartsAgainAndHoldsNoLock) {
    const char* const sql = "SELECT number FROM cards ORDER BY number";
    {
        auto first = on.prepare(sql);
        ASSERT_TRUE(first.step().value()); // left in the middle of its rows
    }
    EXPECT_TRUE(on.execute("DROP TABLE cards")) << "a statement that nobody uses keeps the table locked";
    ASSERT_TRUE(on.execute("CREATE TABLE cards(number TEXT, year INT); INSERT INTO cards VALUES ('c', 1)"));
    auto second = on.prepare(sql);
    ASSERT_TRUE(second.step().value());
    EXPECT_EQ(second.text(0), "c");
}

TEST_F(StatementCache, GivesTwoUsersTwoStatements) {
    const char* const sql = "SELECT number FROM cards ORDER BY number";
    auto first = on.prepare(sql);
    ASSERT_TRUE(first.step().value());
    auto second = on.prepare(sql);
    ASSERT_TRUE(second.step().value());
    ASSERT_TRUE(first.step().value());
    EXPECT_EQ(first.text(0), "b");
    EXPECT_EQ(second.text(0), "a");
}

TEST_F(StatementCache, KnowsATextByMoreThanItsPlace) {
    std::string sql = "SELECT 1";
    for (const char digit : {'1', '2', '1', '2'}) {
        sql.back() = digit;
        auto asked = on.prepare(sql.c_str());
        ASSERT_TRUE(asked.step().value());
        EXPECT_EQ(asked.integer(0), digit - '0');
    }
}

TEST_F(StatementCache, ServesMoreTextsThanItKeeps) {
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < static_cast<int>(statement_cache::most) + 5; ++i) {
            auto asked = on.prepare(("SELECT " + std::to_string(i)).c_str());
            ASSERT_TRUE(asked.step().value());
            EXPECT_EQ(asked.integer(0), i);
        }
    }
}

TEST_F(StatementCache, TellsAFaultOfTheSqlEachTime) {
    for (int i = 0; i < 2; ++i)
        EXPECT_FALSE(on.prepare("SELECT nothing FROM nowhere").step());
}

} // namespace
