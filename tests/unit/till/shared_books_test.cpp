// Tills whose books are in a database: their first start, what is for files alone, one limit for all of them, and a
// server that is killed under their payments.
#include "support/lane/lent_parts.hpp"
#include "support/memory_folder.hpp"
#include "support/postgres_server.hpp"

#include <cipherlane/till/errc.hpp>
#include <cipherlane/till/journal_start.hpp>
#include <cipherlane/till/preflight.hpp>
#include <cipherlane/till/till.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

/// One of a shop's machines: a terminal of its own over fakes of its own.
class shop_machine {
  public:
    shop_machine(till_settings of, const std::string& terminal)
        : settings_(std::move(of))
        , rig([&] {
            auto own = rig_settings();
            own.terminal_id = terminal;
            return own;
        }()) {
        static_cast<acquiring::terminal_settings&>(settings_.terminals.front()) = rig.settings;
        rig.gateway.pays = fake_gateway::payer::before_notification;
    }
    void open() { opened.emplace(till::open(settings_, lent(rig), soon()).value()); }

  private:
    till_settings settings_;

  public:
    lane_rig rig;
    std::optional<till> opened;
};

class SharedBooksOfATill : public testing::Test {
  protected:
    void SetUp() override {
        if (const auto why = postgres_server::why_not(); !why.empty()) {
            if (postgres_server::must_be_there()) FAIL() << why;
            GTEST_SKIP() << why;
        }
        const auto name = fresh_schema();
        postgres_server::shared().sql("CREATE DATABASE " + name);
        books = postgres_server::shared().address();
        books.replace(books.find("/postgres?"), 10, "/" + name + "?");
    }
    [[nodiscard]] till_settings machine(const std::string& name) const {
        till_settings settings;
        static_cast<acquiring::terminal_settings&>(settings.terminals.emplace_back()) = rig_settings();
        settings.journal.store = books;
        settings.journal.file = folder.file(name + ".db");
        settings.journal.key_file = folder.file(name + ".key");
        return settings;
    }
    /// Machines of one shop: with one key, and one file of rules.
    std::vector<std::unique_ptr<shop_machine>> shop(int many) {
        std::vector<std::unique_ptr<shop_machine>> made;
        for (int i = 0; i < many; ++i) {
            auto settings = machine(std::to_string(i));
            settings.journal.key_file = folder.file("shop.key");
            settings.rules.file = folder.file("rules.toml");
            settings.rules.micro_identity = "digest";
            settings.rules.category = "5812";
            settings.rules.code_funding = till_settings::rules_place::funds::credit;
            made.push_back(std::make_unique<shop_machine>(std::move(settings), "TEST000" + std::to_string(i + 1)));
        }
        return made;
    }
    /// @param more ranges of cards
    void rules(int day, const std::string& more = {}) {
        const std::string head = "source = \"the law\"\nsince = \"2018-04-01\"\naction = \"refuse\"\n";
        std::ofstream(folder.file("rules.toml"))
            << "[[rule]]\nname = \"micro\"\n"
            << head << "kind = \"micro credit\"\nday = " << day << "\nmonth = 5000000\n[[rule]]\nname = \"dining\"\n"
            << head
            << "kind = \"category\"\nmcc = [\"5812\"]\nfunding = [\"debit\", \"credit\"]\n[[rule]]\nname = "
               "\"codes\"\n"
            << head << "kind = \"code funding\"\nfunding = [\"credit\"]\n"
            << more;
    }
    std::string books;
    memory_folder folder;
};

TEST_F(SharedBooksOfATill, BegunByTwoAtOnceKeepOneKey) {
    const auto one = machine("one");
    const auto other = machine("other");
    result<void> begun_by_one;
    result<void> begun_by_other;
    std::thread first([&] { begun_by_one = begin_journal(one, soon()); });
    std::thread second([&] { begun_by_other = begin_journal(other, soon()); });
    first.join();
    second.join();
    ASSERT_NE(begun_by_one.has_value(), begun_by_other.has_value());
    const auto& refused = begun_by_one ? begun_by_other : begun_by_one;
    EXPECT_EQ(refused.error().code(), make_error_code(till_errc::no_file)) << refused.error();
    EXPECT_NE(refused.error().hint().find("copy it"), std::string_view::npos);
    using std::filesystem::exists;
    EXPECT_EQ(exists(one.journal.key_file), begun_by_one.has_value());
    EXPECT_EQ(exists(other.journal.key_file), begun_by_other.has_value());
}

TEST_F(SharedBooksOfATill, AreAskedByThePreflightWhetherTheyWantAnothersKey) {
    const auto key_step = [](const till_settings& settings) {
        const auto steps = preflight(settings, soon(), {});
        const auto found = std::find_if(
            steps.begin(), steps.end(), [](const auto& one) { return one.part == "journal's key file"; });
        return found == steps.end() ? preflight_state::skipped : found->state;
    };
    EXPECT_EQ(key_step(machine("one")), preflight_state::good);
    ASSERT_TRUE(begin_journal(machine("one"), soon())) << "once more does no harm";
    EXPECT_EQ(key_step(machine("late")), preflight_state::wrong);
}

TEST_F(SharedBooksOfATill, AreNotAdopted) {
    const auto adopted = adopt_journal(machine("one"), soon());
    ASSERT_FALSE(adopted);
    EXPECT_EQ(adopted.error().field(), "journal.store");
}

/// However many sell at once, on whichever machines, together they take what the day has, and no more.
TEST_F(SharedBooksOfATill, KeepOneLimitForAllMachines) {
    rules(1000, "[[card]]\nbegins = \"" + std::string(test_pan).substr(0, 6) + "\"\npays = \"prepaid\"\n");
    auto machines = shop(3);
    for (auto& one : machines)
        one->open();
    std::atomic<int> granted{0};
    std::vector<std::uint64_t> first(machines.size(), 0);
    {
        std::vector<std::jthread> lanes;
        for (std::size_t i = 0; i < machines.size(); ++i) {
            lanes.emplace_back([&, i] {
                for (int n = 0; n < 6; ++n) {
                    const auto sold = machines[i]->opened->qr_sale({"k" + std::to_string(n), amount(100)}, soon());
                    if (!sold) {
                        EXPECT_EQ(sold.error().code(), till_errc::rule_refuses) << sold.error();
                        EXPECT_EQ(sold.error().field(), "micro");
                        continue;
                    }
                    EXPECT_TRUE(sold->ok()) << *sold;
                    ++granted;
                    if (first[i] == 0) first[i] = sold->handle;
                }
                const auto prepaid = machines[i]->opened->sale({"card", amount(100)}, soon());
                ASSERT_FALSE(prepaid) << "what pays is judged on each";
                EXPECT_EQ(prepaid.error().field(), "dining");
            });
        }
    }
    EXPECT_EQ(granted, 10);
    int back = 0;
    for (std::size_t i = 0; i < machines.size(); ++i) {
        if (first[i] == 0) continue;
        EXPECT_TRUE(machines[i]->opened->refund({"back", first[i], amount(50)}, soon())) << i;
        ++back;
    }
    for (auto& one : machines)
        one->opened.reset();
    for (auto& one : machines)
        one->open(); // as the next morning of the same day
    auto& some = *machines.front()->opened;
    EXPECT_TRUE(some.qr_sale({"what went back", amount(back * 50)}, soon())->ok());
    EXPECT_FALSE(some.qr_sale({"more", amount(1)}, soon()));
}

/// The server dies without a word, again and again, at any moment of payments: what was told stands, no payment is
/// there twice, each machine's books are its acquirer's, and limits have counted no less than was sold.
TEST_F(SharedBooksOfATill, LoseNothingWhereTheServerIsKilled) {
    postgres_server own;
    books = own.address();
    rules(4'000'000);
    auto machines = shop(3);
    for (auto& one : machines)
        one->open();
    std::atomic<bool> quiet{false};
    std::atomic<int> ended{0};
    std::mutex guard;
    std::vector<std::pair<std::string, std::string>> approved; // terminal and key, as they were told
    const auto sell = [&](shop_machine& at, const std::string& key, std::int64_t minor, bool by_code) {
        for (int tries = 0; tries < 200; ++tries) { // a key may be asked for again, whatever was told
            const auto end = by_code ? at.opened->qr_sale({key, amount(minor)}, soon())
                                     : at.opened->sale({key, amount(minor)}, soon());
            if (end && end->outcome != verdict::unknown) {
                const std::scoped_lock lock(guard);
                if (end->ok()) approved.emplace_back(at.rig.settings.terminal_id, key);
                return;
            }
            std::this_thread::sleep_for(20ms);
        }
        ADD_FAILURE() << key << " does not end";
    };
    {
        std::vector<std::jthread> lanes;
        for (auto& one : machines) {
            lanes.emplace_back([&, at = one.get()] {
                for (int n = 0, calm = 0; calm < 3 && n < 400; ++n) {
                    calm += quiet ? 1 : 0;
                    sell(*at, "k" + std::to_string(n), 100 + n, n % 8 == 0 && n < 320);
                    ++ended;
                }
            });
        }
        for (int kills = 0; kills < 5; ++kills) {
            const auto before = ended.load();
            for (int wait = 0; ended < before + 10 && wait < 4000; ++wait)
                std::this_thread::sleep_for(5ms);
            own.kill();
            own.start();
        }
        quiet = true;
    }
    const auto of = [&](const std::string& terminal) { return " AND terminal_id = '" + terminal + "'"; };
    for (auto& one : machines) {
        EXPECT_TRUE(one->opened->recover(soon()));
        const auto id = one->rig.settings.terminal_id;
        EXPECT_EQ(own.sql("SELECT coalesce(sum(approved), 0) FROM cipherlane.records WHERE state = 3" + of(id)),
            std::to_string(one->rig.books.taken()))
            << id;
        EXPECT_EQ(one->rig.books.duplicates, 0U) << id;
    }
    for (const auto& [id, key] : approved) {
        EXPECT_EQ(own.sql("SELECT count(*) FROM cipherlane.records WHERE state = 3 AND idempotency_key = '" + key +
                          "'" + of(id)),
            "1")
            << id << " " << key;
    }
    EXPECT_GT(approved.size(), 50U) << "hardly anything was sold: the test shows nothing";
    EXPECT_EQ(own.sql("SELECT count(*) FROM cipherlane.records WHERE state IN (1, 5, 7, 8, 10, 12)"), "0");
    const auto by_code =
        std::stoll(own.sql("SELECT coalesce(sum(approved), 0) FROM cipherlane.records WHERE state = 3 AND kind = 4"));
    const auto counted =
        std::stoll(own.sql("SELECT coalesce(sum(minor), 0) FROM cipherlane.totals WHERE length(period) = 8"));
    EXPECT_GT(by_code, 0);
    EXPECT_GE(counted, by_code) << "never too little";
    for (auto& one : machines)
        one->opened.reset(); // before the server goes
}

} // namespace
} // namespace cipherlane::tests
