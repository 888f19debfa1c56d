// SIGKILL at random instants of a till's day, again and again, against simulators that live on: sales by card and by
// code, voids, refunds, settlements, and each time the last wish once more. In the end the till's journal, the host's
// ledger, the gateway's orders, the card's balance and what customers were told must agree, and the batch must
// balance.
#include "lane/books.hpp"
#include "simkit/child_process.hpp"
#include "support/lane_fixture.hpp"
#include "support/seed.hpp"

#include <cipherlane/ports/store.hpp>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <map>
#include <random>
#include <thread>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

class LaneKill : public lane_fixture {
  protected:
    ~LaneKill() override {
        if (!HasFailure()) return;
        std::ifstream log(folder() + "/till.log");
        std::cout << "timeline of all tills:\n" << log.rdbuf();
    }
    [[nodiscard]] sim::child_process start(std::uint64_t seed, int trades) const {
        std::vector<std::string> words{programs() + "/lane_till_child", folder(), around->acquirer.where(),
            around->gateway.where(), around->display.where(), around->pinpad.where(), pad_control, public_key(),
            std::to_string(seed), std::to_string(trades), key_place.path()};
        return sim::child_process::start(words, folder() + "/child.log").value();
    }
    static int kills() {
        const char* many = std::getenv("CIPHERLANE_KILLS");
        return many != nullptr ? std::stoi(many) : 20;
    }

    /// The last word that customers heard about each trace.
    void remember(const std::string& output) {
        std::istringstream lines(output);
        for (std::string line; std::getline(lines, line);) {
            EXPECT_FALSE(line.starts_with("BROKEN")) << line;
            std::istringstream words(line);
            std::string word;
            std::uint32_t batch = 0;
            std::uint32_t trace = 0;
            std::string outcome;
            if (words >> word >> batch >> trace >> outcome && word == "TOLD") told[{batch, trace}] = outcome;
        }
    }

    nlohmann::json trades() const { return around->acquirer.control().ask({{"cmd", "trades"}}).at("trades"); }
    std::int64_t balance() const {
        return around->acquirer.control()
            .ask({{"cmd", "balance"}, {"number", around->rich.number}})
            .at("balance")
            .get<std::int64_t>();
    }

    /// Three of four orders are paid, some of them just when the till gives up.
    void play_payer(std::stop_token over) const {
        auto gateway = sim::control_client::connect(around->gateway.control_endpoint()).value();
        while (!over.stop_requested()) {
            const auto orders = gateway.ask({{"cmd", "orders"}}).at("orders");
            for (const auto& order : orders) {
                const auto number = order.at("order_number").get<std::string>();
                if (order.at("status") != "waiting" || number.back() % 4 == 0) continue;
                try {
                    gateway.ask({{"cmd", "pay"}, {"order_number", number}});
                } catch (const std::runtime_error&) { // cancelled meanwhile
                }
            }
            std::this_thread::sleep_for(50ms);
        }
    }

    /// What a person does about refunds that no machine can decide: asks the acquirer.
    void decide_refunds(till& till) {
        const auto ledger = trades();
        for (const auto& record : till.journal().open_records(sim::demo_terminal, call(10s)).value()) {
            ASSERT_EQ(record.kind, ports::trade::refund) << "trace " << record.trace << " is not decided";
            const bool booked = std::any_of(ledger.begin(), ledger.end(), [&](const nlohmann::json& one) {
                return std::stoul(one.at("batch").get<std::string>()) == record.batch &&
                       std::stoul(one.at("trace").get<std::string>()) == record.trace &&
                       one.at("state") == "approved";
            });
            const auto found = booked ? acquiring::finding::paid : acquiring::finding::not_paid;
            ASSERT_TRUE(till.decide({record.id, found, "asked the acquirer"}, call(10s)));
            ++decided;
        }
    }

    /// The morning after: nothing is left open, and the books are closed.
    void settle_in_the_end() {
        auto till = open_till(nullptr);
        ASSERT_TRUE(till.recover(call(60s)));
        const auto progress = till.journal().settlement(sim::demo_terminal, call(10s)).value();
        if (progress.step != ports::settlement_step::none) {
            ASSERT_TRUE(till.settle(call(60s)));
        }
        decide_refunds(till);
        around->present(around->rich);
        ASSERT_TRUE(till.sale({"last", amount(1)}, call(60s))->ok());
        const auto settled = till.settle(call(60s));
        ASSERT_TRUE(settled) << settled.error();
        EXPECT_EQ(settled->host, acquiring::settlement_result::balanced);
        records = sim::records_of(till);
    }

    void compare_with_the_world() {
        auto lines = sim::compare_books(records, trades());
        EXPECT_TRUE(sim::all_agree(lines)) << sim::to_text(lines);
        EXPECT_GT(lines.size(), static_cast<std::size_t>(kills()) / 20)
            << "hardly anything was sold: the test shows nothing";
        const auto orders = around->gateway.control().ask({{"cmd", "orders"}}).at("orders");
        const auto codes = sim::compare_orders(records, orders);
        EXPECT_TRUE(sim::all_agree(codes)) << sim::to_text(codes);
        EXPECT_FALSE(codes.empty());
        const auto taken = sim::taken_by(records);
        EXPECT_EQ(wealth - balance(), taken.by_card);
        EXPECT_EQ(sim::received_by(orders), taken.by_code);
        std::cout << lines.size() << " card trades, " << codes.size() << " orders, " << told.size() << " told, "
                  << decided << " refunds decided by a person\n";
    }

    /// What a customer was told must be what the journal says.
    void compare_with_what_was_told() const {
        std::map<std::pair<std::uint32_t, std::uint32_t>, ports::record_state> states;
        for (const auto& record : records)
            states[{record.batch, record.trace}] = record.state;
        for (const auto& [key, outcome] : told) {
            const auto found = states.find(key);
            ASSERT_NE(found, states.end()) << "told of trace " << key.second << ", which no journal knows";
            const bool moved =
                found->second == ports::record_state::approved || found->second == ports::record_state::voided;
            if (outcome == "approved" || outcome == "voided" || outcome == "refunded") {
                EXPECT_TRUE(moved) << "trace " << key.second;
            } else if (outcome != "unknown") {
                EXPECT_FALSE(moved) << "trace " << key.second << " was told " << outcome;
            }
        }
    }

    static constexpr std::int64_t wealth = 50'000'000; ///< of the card, minor units
    std::string pad_control;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::string> told;
    std::vector<ports::journal_record> records;
    int decided = 0;
};

TEST_F(LaneKill, LosesNothing) {
    const auto seed = random_seed();
    std::cout << kills() << " kills\n";
    std::mt19937_64 random(seed);
    pad_control = around->pinpad.control_endpoint();
    around->acquirer.control().ask({{"cmd", "card"}, {"number", around->rich.number}, {"expiry", around->rich.expiry},
        {"pin", around->rich.pin}, {"balance", wealth}});
    std::jthread payer([this](const std::stop_token& over) { play_payer(over); });

    // The first till makes the journal and signs in; the second does nothing, which shows how long that takes. What
    // comes behind it is a few trades' time; an order that nobody pays would take longer.
    std::chrono::microseconds life{0};
    for (const int trades_wanted : {2, 0}) {
        const auto begun = std::chrono::steady_clock::now();
        auto till = start(seed + static_cast<std::uint64_t>(trades_wanted), trades_wanted);
        ASSERT_EQ(till.wait(30s), 0) << "the till does not run at all; see " << folder() << "/child.log";
        life = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
        remember(till.read_all(1s));
    }
    life += 500ms;
    int killed = 0;
    for (int starts = 3; killed < kills() && starts <= 4 * kills() + 3; ++starts) {
        auto till = start(seed + static_cast<std::uint64_t>(starts), 5);
        std::this_thread::sleep_for(std::chrono::microseconds(random() % static_cast<std::uint64_t>(life.count())));
        till.kill();
        killed += till.wait(0ms) == -SIGKILL ? 1 : 0; // else it had ended by itself
        remember(till.read_all(200ms));
    }
    EXPECT_EQ(killed, kills()) << "too many tills ended before they were killed: the test shows less than it says";
    payer.request_stop();
    payer.join();
    settle_in_the_end();
    if (HasFatalFailure()) return;
    compare_with_the_world();
    compare_with_what_was_told();
}

} // namespace
} // namespace cipherlane::tests
