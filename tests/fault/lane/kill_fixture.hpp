#pragma once

#include "lane/books.hpp"
#include "simkit/child_process.hpp"
#include "support/lane_fixture.hpp"
#include "support/seed.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/store.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cipherlane::tests {

/// A till's day in lives of its own process, which end by SIGKILL; and the world outside that judges it in the end:
/// the host's ledger, the gateway's orders, the card's balance, and what customers were told.
class kill_fixture : public lane_fixture {
  protected:
    using lane_fixture::lane_fixture;
    ~kill_fixture() override {
        if (!HasFailure()) return;
        std::ifstream log(folder() + "/till.log");
        std::cout << "timeline of all tills:\n" << log.rdbuf();
    }
    [[nodiscard]] sim::child_process start(
        std::uint64_t seed, int trades, const std::vector<std::string>& how = {}) const {
        std::vector<std::string> words{programs() + "/lane_till_child", folder(), around->acquirer.where(),
            around->gateway.where(), around->display.where(), around->pinpad.where(), pad_control, public_key(),
            std::to_string(seed), std::to_string(trades), key_place.path()};
        words.insert(words.end(), how.begin(), how.end());
        return sim::child_process::start(words, folder() + "/child.log").value();
    }

    /// The last word that customers heard about each trace, and how often a key was paid.
    void remember(const std::string& output) {
        std::istringstream lines(output);
        for (std::string line; std::getline(lines, line);) {
            EXPECT_FALSE(line.starts_with("BROKEN")) << line;
            broken += line.starts_with("BROKEN") ? 1 : 0;
            std::istringstream words(line);
            std::string word;
            std::uint32_t batch = 0;
            std::uint32_t trace = 0;
            std::string outcome;
            std::string key;
            if (!(words >> word >> batch >> trace >> outcome) || word != "TOLD") continue;
            told[{batch, trace}] = outcome;
            if (words >> key && outcome == "approved") paid[key].insert({batch, trace});
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
    static void pay_orders(const std::string& gateway_at) {
        auto gateway = sim::control_client::connect(gateway_at);
        if (!gateway) return; // it is being started again
        const auto orders = gateway->ask({{"cmd", "orders"}, {"status", "waiting"}}).at("orders");
        for (const auto& order : orders) {
            const auto number = order.at("order_number").get<std::string>();
            if (number.back() % 4 == 0) continue;
            try {
                gateway->ask({{"cmd", "pay"}, {"order_number", number}});
            } catch (const std::runtime_error&) { // cancelled meanwhile
            }
        }
    }
    /// @param gateway_at its control channel, which stays where it is.
    static void play_payer(const std::stop_token& over, const std::string& gateway_at) {
        while (!over.stop_requested()) {
            try {
                pay_orders(gateway_at);
            } catch (const std::exception&) { // the gateway was killed
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    }
    void give_wealth() {
        around->acquirer.control().ask({{"cmd", "card"}, {"number", around->rich.number},
            {"expiry", around->rich.expiry}, {"pin", around->rich.pin}, {"balance", wealth}});
    }

    [[nodiscard]] std::size_t undecided(till& at) const {
        return at.journal().open_records(sim::demo_terminal, call(patience)).value().size();
    }

    /// Whether the acquirer has booked a refund by card, or the gateway one of an order: of which number, the till's
    /// journal says.
    [[nodiscard]] bool has_gone_back(const ports::journal_record& refund, const nlohmann::json& ledger) const {
        if (ledger::gateway_trades.contains(refund.kind)) {
            return around->gateway.control()
                .ask({{"cmd", "refund"}, {"refund_number", "R" + refund.order_number}})
                .at("done")
                .get<bool>();
        }
        return std::any_of(ledger.begin(), ledger.end(), [&](const nlohmann::json& one) {
            return std::stoul(one.at("batch").get<std::string>()) == refund.batch &&
                   std::stoul(one.at("trace").get<std::string>()) == refund.trace && one.at("state") == "approved";
        });
    }

    /// What a person does about refunds that no machine can decide: asks whoever would have paid them.
    void decide_refunds(till& till) {
        const auto ledger = trades();
        for (const auto& record : till.journal().open_records(sim::demo_terminal, call(patience)).value()) {
            ASSERT_EQ(ledger::row_of(record.kind).role, ledger::trade_role::returning)
                << ledger::row_of(record.kind).name << ", trace " << record.trace << ": " << to_string(record.state);
            const auto found =
                has_gone_back(record, ledger) ? acquiring::finding::paid : acquiring::finding::not_paid;
            const auto end = till.decide({record.id, found, "asked whoever would have paid it"}, call(patience));
            ASSERT_TRUE(end) << "trace " << record.trace << ": " << end.error();
            ++decided;
        }
    }

    /// A settlement that was broken off goes on, unless the host has closed the batch and the answer was lost: then
    /// it says so, and a person closes the batch here.
    static void go_on_settling(till& till) {
        const auto resumed = till.settle(call(patience));
        if (resumed) return;
        ASSERT_EQ(resumed.error().code(), acquiring_errc::settlement_refused) << resumed.error();
        ASSERT_EQ(resumed.error().peer_code(), "77") << resumed.error();
        const auto closed = till.settle({acquiring::after_refusal::close_batch}, call(patience));
        ASSERT_TRUE(closed) << closed.error();
        EXPECT_EQ(closed->host, acquiring::settlement_result::host_error);
    }

    /// The morning after: nothing is left open, and the books are closed.
    void settle_in_the_end() {
        auto till = open_till(nullptr);
        ASSERT_TRUE(till.recover(call(patience)));
        const auto progress = till.journal().settlement(sim::demo_terminal, call(patience)).value();
        if (progress.step != ports::settlement_step::none) go_on_settling(till);
        decide_refunds(till);
        around->present(around->rich);
        ASSERT_TRUE(till.sale({"last", amount(1)}, call(patience))->ok());
        const auto settled = till.settle(call(patience));
        ASSERT_TRUE(settled) << settled.error();
        EXPECT_EQ(settled->host, acquiring::settlement_result::balanced);
        open_in_the_end = undecided(till);
        EXPECT_EQ(open_in_the_end, 0U) << "nobody was told of it";
        records = sim::records_of(till);
    }

    void compare_with_the_world() {
        auto lines = sim::compare_books(records, trades());
        EXPECT_TRUE(sim::all_agree(lines)) << sim::to_text(lines);
        card_trades = lines.size();
        disagree = static_cast<std::size_t>(
            std::count_if(lines.begin(), lines.end(), [](const sim::book_line& one) { return !one.agrees; }));
        const auto orders = around->gateway.control().ask({{"cmd", "orders"}}).at("orders");
        const auto codes = sim::compare_orders(records, orders);
        EXPECT_TRUE(sim::all_agree(codes)) << sim::to_text(codes);
        EXPECT_FALSE(codes.empty());
        orders_compared = codes.size();
        disagree += static_cast<std::size_t>(
            std::count_if(codes.begin(), codes.end(), [](const sim::book_line& one) { return !one.agrees; }));
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
        for (const auto& [key, traces] : paid)
            EXPECT_EQ(traces.size(), 1U) << key << " was paid more than once";
    }

    [[nodiscard]] std::size_t paid_twice() const {
        return static_cast<std::size_t>(
            std::count_if(paid.begin(), paid.end(), [](const auto& one) { return one.second.size() > 1; }));
    }

    static constexpr std::chrono::minutes patience{5};    ///< the machine may have much else to do
    static constexpr std::int64_t wealth = 5'000'000'000; ///< of the card, minor units
    std::string pad_control;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::string> told;
    std::map<std::string, std::set<std::pair<std::uint32_t, std::uint32_t>>> paid; ///< traces by key
    std::vector<ports::journal_record> records;
    int decided = 0;
    int broken = 0;
    std::size_t card_trades = 0;
    std::size_t orders_compared = 0;
    std::size_t disagree = 0;
    std::size_t open_in_the_end = 0;
};

} // namespace cipherlane::tests
