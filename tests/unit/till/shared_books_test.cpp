// A till whose books are in a database: its first start, and what is for files alone.
#include "support/lane/lane_rig.hpp"
#include "support/postgres_server.hpp"
#include "support/temporary_folder.hpp"

#include <cipherlane/till/errc.hpp>
#include <cipherlane/till/journal_start.hpp>
#include <cipherlane/till/preflight.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <thread>

namespace cipherlane::tests {
namespace {

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
    std::string books;
    temporary_folder folder;
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

} // namespace
} // namespace cipherlane::tests
