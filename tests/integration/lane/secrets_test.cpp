// Nothing that a working day writes holds a whole PAN, a track, a PIN or a key: logs, journal with its WAL, receipts,
// and what was printed.
#include "support/lane_fixture.hpp"
#include "support/secret_search.hpp"

#include <cipherlane/core/hex.hpp>

#include <fstream>

namespace cipherlane::tests {
namespace {

class Secrets : public lane_fixture {
  protected:
    [[nodiscard]] secret_search searching() const {
        secret_search search;
        for (const auto& card : {around->rich, around->poor}) {
            search.add_digits(card.number);
            search.add_digits(card.number + "D" + card.expiry);
            search.add_digits(card.pin);
        }
        for (const auto key : {sim::test_keys::terminal_master, sim::test_keys::zone_pin})
            search.add_bytes(*from_hex(key));
        return search;
    }
};

TEST_F(Secrets, AreInNothingThatADayWrites) {
    sim::narrator tell(story);
    sim::till till(settings(), &tell);
    sim::working_day day(*around, till, tell, folder());
    day.run();
    EXPECT_EQ(day.failures(), 0);
    std::ofstream(folder() + "/printed.txt") << story.str();
    // While the journal is open, its WAL is there to be searched, too.
    EXPECT_TRUE(std::filesystem::exists(folder() + "/till.db-wal"));
    EXPECT_EQ(searching().find_in_folder(folder()), std::vector<std::string>{});
}

TEST_F(Secrets, WouldBeFound) {
    std::ofstream(folder() + "/leak.log") << "card " << around->rich.number << "\n";
    EXPECT_FALSE(searching().find_in_folder(folder()).empty());
}

} // namespace
} // namespace cipherlane::tests
