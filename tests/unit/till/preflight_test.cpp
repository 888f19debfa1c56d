#include "support/lane/lent_parts.hpp"
#include "support/test_peer.hpp"

#include <cipherlane/till/preflight.hpp>
#include <cipherlane/till/till.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

class Preflight : public testing::Test {
  protected:
    Preflight() {
        static_cast<acquiring::terminal_settings&>(settings.terminals.emplace_back()) = rig_settings();
        settings.journal.file = folder.file("till.db");
        settings.journal.key_file = folder.file("till.key");
    }
    void use_host(const std::string& address) {
        settings.host.address = address;
        settings.sealer.key_file = folder.file("tmk.key");
        std::ofstream(settings.sealer.key_file) << "0123456789ABCDEFFEDCBA9876543210";
        using std::filesystem::perms;
        std::filesystem::permissions(settings.sealer.key_file, perms::owner_read | perms::owner_write);
    }
    /// The step of that part; one of no name where it was not asked.
    preflight_step step(const std::string& part, const call& bounds = call(20s)) {
        if (steps.empty()) steps = preflight(settings, bounds, {});
        const auto found =
            std::find_if(steps.begin(), steps.end(), [&](const auto& one) { return one.part == part; });
        return found != steps.end() ? *found : preflight_step{{}, preflight_state::skipped, "not asked", {}, {}};
    }

    memory_folder folder;
    till_settings settings;
    std::vector<preflight_step> steps;
};

/// Who lets it run for two seconds does not wait for as long as the host may take.
TEST_F(Preflight, KeepsToItsTimeAtASilentHost) {
    test_peer silent([](test_peer::socket& link) {
        while (!test_peer::read_message(link).empty()) {
        }
    });
    use_host(silent.address());
    const auto begin = std::chrono::steady_clock::now();
    const auto signed_in = step("sign-in of TEST0001", call(2s));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s) << "the host's own time is 50 s";
    EXPECT_EQ(signed_in.state, preflight_state::wrong);
    ASSERT_TRUE(signed_in.why);
    EXPECT_TRUE(signed_in.why->is(condition::timed_out)) << *signed_in.why;
    EXPECT_EQ(step("host link").state, preflight_state::good);
    EXPECT_EQ(step("echo of TEST0001").state, preflight_state::wrong);
}

TEST_F(Preflight, TriesTheHostOfACardTerminal) {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    auto& place = settings.card_terminal;
    place.driver = "mispos";
    place.path = "/nonexistent/terminal";
    place.description_file = std::string(root != nullptr ? root : ".") + "/drivers/descriptions/mispos-ums.toml";
    place.host.address = "127.0.0.1:1";
    EXPECT_EQ(step("card terminal's host link").state, preflight_state::wrong);
    EXPECT_EQ(step("card terminal").state, preflight_state::wrong);
    steps.clear();
    test_peer there([](test_peer::socket&) {});
    place.host.address = there.address();
    EXPECT_EQ(step("card terminal's host link").state, preflight_state::good);
}

/// A reservation moves no money, and is in no totals: nobody has changed the journal.
TEST_F(Preflight, ABatchWithAReservationAddsUp) {
    lane_rig rig;
    {
        auto till = till::open(settings, lent(rig), call(20s)).value();
        ASSERT_TRUE(till.sale({"a", amount(100)}, call(20s))->ok());
        ASSERT_TRUE(till.trade({ports::trade::pre_auth, "room", amount(5000)}, call(20s))->ok());
    }
    const auto found = step("records of TEST0001");
    EXPECT_EQ(found.state, preflight_state::good) << found.found;
    EXPECT_NE(found.found.find("batch 1: 1 trade(s)"), std::string::npos) << found.found;
}

/// Where nobody answers, `otherwise` decides each payment: that must be seen before the first.
TEST_F(Preflight, TriesWhoJudgesRisk) {
    settings.risk.address = "127.0.0.1:1";
    const auto nobody = step("risk judge");
    EXPECT_EQ(nobody.state, preflight_state::wrong);
    ASSERT_TRUE(nobody.why);
    steps.clear();
    test_peer there([](test_peer::socket&) {});
    settings.risk.address = there.address();
    EXPECT_EQ(step("risk judge").state, preflight_state::good);
}

} // namespace
} // namespace cipherlane::tests
