#include "sql_list.hpp"
#include "sqlite.hpp"

#include <cipherlane/ledger/totals.hpp>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <vector>

namespace cipherlane::store {
namespace {

using ledger::record_set;
using ports::journal_record;

/// Every record by which sets can differ.
std::vector<journal_record> every_record() {
    std::vector<journal_record> all;
    for (const auto& row : ledger::trades()) {
        for (const auto state : ledger::states::all) {
            for (const bool closed : {false, true}) {
                for (const bool settled : {false, true}) {
                    for (const std::uint32_t shift : {0U, 2U}) {
                        auto& one = all.emplace_back();
                        one.id = all.size();
                        one.kind = row.kind;
                        one.state = state;
                        one.closed = closed;
                        one.settled = settled;
                        one.shift = shift;
                        one.at_card = all.size() % 3 == 0; // beside each of the others
                    }
                }
            }
        }
    }
    return all;
}

class SqlCondition : public testing::Test {
  protected:
    void SetUp() override {
        ASSERT_TRUE(on.execute("CREATE TABLE records(id INTEGER PRIMARY KEY, kind INTEGER, state INTEGER, "
                               "closed INTEGER, shift INTEGER, at_card INTEGER, settled_at INTEGER)"));
        for (const auto& one : every) {
            auto insert = on.prepare("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?)");
            insert.bind(static_cast<std::int64_t>(one.id)).bind(static_cast<std::int64_t>(one.kind));
            insert.bind(static_cast<std::int64_t>(one.state)).bind(one.closed ? 1 : 0).bind(one.shift);
            insert.bind(one.at_card ? 1 : 0);
            if (one.settled) {
                insert.bind(1);
            } else {
                insert.bind_null();
            }
            ASSERT_TRUE(insert.run());
        }
    }
    std::vector<std::uint64_t> found_by(const std::string& condition) {
        auto query = on.prepare(("SELECT id FROM records WHERE " + condition + " ORDER BY id").c_str());
        std::vector<std::uint64_t> ids;
        while (query.step().value())
            ids.push_back(static_cast<std::uint64_t>(query.integer(0)));
        return ids;
    }
    template <class Holds>
    std::vector<std::uint64_t> held_by(Holds holds) const {
        std::vector<std::uint64_t> ids;
        for (const auto& one : every) {
            if (holds(one)) ids.push_back(one.id);
        }
        return ids;
    }

    const std::vector<journal_record> every = every_record();
    database on = database::open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE).value();
};

TEST_F(SqlCondition, FindsTheRecordsOfItsSet) {
    namespace records = ledger::records;
    for (const auto& set : {record_set{}, records::open, records::untold, records::counted, records::uploaded,
             records::settles, records::card_due, records::takes_room[0], records::takes_room[1], records::adds_more,
             records::of_shift, records::at_card, record_set{.at_card = false},
             record_set{.closed = true, .settled = false}, record_set{.in_shift = false}}) {
        const auto condition = sql_condition(set);
        const auto found = found_by(condition);
        EXPECT_EQ(found, held_by([&](const auto& one) { return set.contains(one); })) << condition;
        EXPECT_FALSE(found.empty()) << condition;
    }
}

TEST_F(SqlCondition, OfSeveralSetsFindsWhatIsInOne) {
    const auto condition = sql_condition(ledger::records::takes_room);
    EXPECT_EQ(found_by(condition), held_by(ledger::gives_back)) << condition;
    EXPECT_TRUE(found_by("id < 0 AND " + condition).empty()) << "stands for itself beside other conditions";
}

TEST_F(SqlCondition, AChainFindsWhatItsListFinds) {
    constexpr auto open = ledger::states::open;
    EXPECT_EQ(found_by(sql_chain("state", open)), found_by("state IN (1, 5, 7, 8, 10, 12)"));
    EXPECT_TRUE(found_by("id < 0 AND " + sql_chain("state", open)).empty()) << "stands for itself";
    EXPECT_EQ(sql_chain("state", ledger::state_set::of(ports::record_state::approved)), "(state = 3)");
    EXPECT_TRUE(found_by(sql_chain("state", ledger::state_set())).empty());
}

TEST(SqlSum, AddsUpTheAmountOfItsSum) {
    EXPECT_EQ(sql_sum(ledger::sums::given_back), "CAST(coalesce(sum(requested), 0) AS BIGINT)");
    EXPECT_EQ(sql_sum(ledger::sums::of_batch), "CAST(coalesce(sum(approved), 0) AS BIGINT)");
}

} // namespace
} // namespace cipherlane::store
