// What the simulation is made of: a disk that forgets as disks do, a time that passes when somebody waits, a bank
// that reads the published messages by itself, and runs that are the same again.
#include "simulation/connections.hpp"
#include "simulation/enumerate.hpp"
#include "support/vectors.hpp"

#include <cipherlane/core/hex.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace cipherlane::simulation {
namespace {

using namespace std::chrono_literals;

bytes text(std::string_view value) {
    return {value.begin(), value.end()};
}

class SimulatedDisk : public testing::Test {
  protected:
    SimulatedDisk() {
        file = drive.make("a");
        drive.sync_names();
        EXPECT_EQ(drive.write(*file, 0, text("synced")), fault::none);
        EXPECT_EQ(drive.sync(*file), fault::none);
        EXPECT_EQ(drive.write(*file, 0, text("lost")), fault::none);
        EXPECT_EQ(drive.write(*file, 6, text(" and more")), fault::none);
    }
    std::string content() const {
        const auto found = drive.find("a");
        return std::string(as_text(found->content()));
    }
    chance draws{1};
    steps doors;
    disk drive{doors, draws};
    disk::file file;
};

TEST_F(SimulatedDisk, KeepsWhatWasSyncedThroughAPowerCut) {
    EXPECT_EQ(content(), "losted and more");
    drive.cut_power(fault::cut_all_lost);
    EXPECT_EQ(content(), "synced");
}

TEST_F(SimulatedDisk, MayHaveWrittenAllOfTheRest) {
    drive.cut_power(fault::cut_all_kept);
    EXPECT_EQ(content(), "losted and more");
}

TEST_F(SimulatedDisk, MayHaveWrittenAnyPartOfTheRest) {
    std::set<std::string> seen;
    const auto before = drive.copy();
    for (int i = 0; i < 64; ++i) {
        drive.restore(before); // all of it synced
        EXPECT_EQ(drive.write(*drive.find("a"), 0, bytes(600, 'x')), fault::none);
        drive.cut_power(fault::cut_torn);
        seen.insert(content());
    }
    EXPECT_EQ(seen.size(), 4U) << "each of two sectors, written or not";
}

TEST_F(SimulatedDisk, ForgetsNamesThatWereNotSynced) {
    static_cast<void>(drive.make("b"));
    drive.cut_power(fault::cut_all_lost);
    EXPECT_EQ(drive.find("b"), nullptr);
}

TEST_F(SimulatedDisk, TakesHalfOfAWriteAndFails) {
    doors.follow({{0, fault::half_written}});
    EXPECT_EQ(drive.write(*file, 0, text("1234")), fault::half_written);
    EXPECT_EQ(content(), "12sted and more");
}

TEST(VirtualTime, PassesWhenSomebodyWaitsAndDoesWhatWasPlanned) {
    virtual_time time;
    const time_source::on_this_thread in_place(time);
    std::string order;
    time.plan(2s, [&] { order += 'b'; });
    time.plan(1s, [&] { order += 'a'; });
    time.plan(2s, [&] { order += 'c'; });
    const call bounds(5s);
    time.pass(1500ms);
    EXPECT_EQ(order, "a");
    EXPECT_EQ(bounds.until().left(), 3500ms);
    time.pause(bounds);
    EXPECT_EQ(order, "abc");
    EXPECT_TRUE(bounds.until().passed());
    time.plan(1s, [&] { order += 'd'; });
    time.till_is_off(true);
    time.pause(call(1h));
    EXPECT_EQ(order, "abc") << "a till without power moves nothing";
    time.till_is_off(false);
    time.pass(1s);
    EXPECT_EQ(order, "abcd");
}

TEST(Script, ReadsAsItIsWritten) {
    const script plan{{3, fault::answer_lost}, {40, fault::cut_torn}};
    EXPECT_EQ(to_string(plan), "3:answer-lost,40:cut-torn");
    EXPECT_EQ(script_of(to_string(plan)), plan);
    EXPECT_TRUE(script_of("3").empty());
    EXPECT_TRUE(script_of("x:link-lost").empty());
    EXPECT_TRUE(script_of("3:no-such-fault").empty());
    for (int at = 0; at <= static_cast<int>(point::disk_name); ++at) {
        EXPECT_FALSE(faults_at(static_cast<point>(at)).empty());
        EXPECT_NE(to_string(static_cast<point>(at)), "?");
        for (const auto what : faults_at(static_cast<point>(at)))
            EXPECT_EQ(fault_of(to_string(what)), what);
    }
}

TEST(SimulatedBank, ReadsThePublishedMessagesAndNoOther) {
    std::size_t read = 0;
    for (const auto& row : tests::load_vectors("iso8583_cup_pos.csv")) {
        const auto data = from_hex(row["hex"].substr(4)).value();
        const auto message = read_wire(data);
        EXPECT_EQ(message.has_value(), row["expect"] == "ok") << row["id"];
        if (!message) continue;
        EXPECT_EQ(to_hex(write_wire(*message)), to_hex(data)) << row["id"];
        ++read;
    }
    EXPECT_GT(read, 3U);
}

TEST(SimulatedBank, RefusesWhatIsNoMessage) {
    const auto good = from_hex(tests::load_vectors("iso8583_cup_pos.csv").front()["hex"].substr(4)).value();
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(read_wire(byte_view(good).first(size))) << size;
    auto longer = good;
    longer.push_back(0);
    EXPECT_FALSE(read_wire(longer));
    EXPECT_FALSE(bank().handle(bytes(30, 0xFF), "key", "20261121100000"));
}

TEST(Run, IsTheSameAgain) {
    const prepared_scenario what(*find_scenario("two-sales"));
    run_settings how;
    how.keeps_timeline = true;
    how.rarity = 20;
    const auto first = what.run({}, how);
    EXPECT_FALSE(first.happened.empty());
    EXPECT_EQ(what.run({}, how).timeline, first.timeline);
    how.rarity = 0;
    EXPECT_EQ(what.run(first.happened, how).happened, first.happened) << "what chance has drawn is a script";
    how.seed = 2;
    how.rarity = 20;
    EXPECT_NE(what.run({}, how).timeline, first.timeline);
}

/// What a run does, with what it is told.
std::string seen_in(const prepared_scenario& what, const script& plan) {
    run_settings how;
    how.keeps_timeline = true;
    const auto report = what.run(plan, how);
    return report.timeline + to_string(report.findings);
}

TEST(Run, DoesTheSameWithAConnectionUsedAgain) {
    std::uint64_t tried = 0;
    for (const auto* name : {"sale", "qr-refund", "settlement"}) {
        const prepared_scenario what(*find_scenario(name));
        run_settings how;
        how.keeps_steps = true;
        const auto calm = what.run({}, how);
        for (std::uint32_t step = 0; step < calm.steps; step += 3) {
            const auto choice = faults_at(calm.kept[step]);
            const script plan{{step, choice[step % choice.size()]}, {step + 9, fault::cut_torn}};
            use_connections_again(false);
            const auto fresh = seen_in(what, plan);
            use_connections_again(true);
            const auto before = connections_used_again();
            static_cast<void>(seen_in(what, plan));
            ASSERT_EQ(seen_in(what, plan), fresh) << name << " " << to_string(plan);
            tried += connections_used_again() - before;
        }
    }
    EXPECT_GT(tried, 30U);
}

/// By chance tills are started anew by their switch, too; one scenario does it in any case.
TEST(Run, DoesTheSameWithAConnectionThatWasClosedInOrder) {
    std::uint64_t tried = 0;
    for (const auto* name : {"journal-from-a-copy", "two-sales"}) {
        const prepared_scenario what(*find_scenario(name));
        run_settings how;
        how.rarity = 15;
        how.keeps_timeline = true;
        for (how.seed = 1; how.seed <= 6; ++how.seed) {
            use_connections_again(false);
            const auto fresh = what.run({}, how);
            use_connections_again(true);
            static_cast<void>(what.run({}, how));
            const auto before = connections_used_again();
            const auto again = what.run({}, how);
            ASSERT_EQ(again.timeline, fresh.timeline) << name << " " << how.seed;
            ASSERT_EQ(to_string(again.findings), to_string(fresh.findings)) << name << " " << how.seed;
            tried += connections_used_again() - before;
        }
    }
    EXPECT_GT(tried, 24U);
}

/// Every state in which the power came back, and what was found: of some runs, one after the other.
std::vector<std::string> trails(const prepared_scenario& what, std::vector<std::uint64_t> seeds) {
    std::vector<std::string> made;
    run_settings how;
    how.rarity = 25;
    for (const auto seed : seeds) {
        how.seed = seed;
        const auto report = what.run({}, how);
        made.push_back(std::to_string(seed) + ": " + std::to_string(report.trail) + " " + to_string(report.happened) +
                       to_string(report.findings));
    }
    return made;
}

/// What one of a million runs has found must be there when it is looked for: not only what happens is the same, but
/// each byte on the disk, whatever ran before on its thread and runs beside it.
TEST(Run, OfABusyDayIsTheSameAgainByteForByte) {
    const prepared_scenario what(*find_scenario("busy-orders"));
    use_connections_again(false);
    const auto alone = trails(what, {1, 2, 3});
    use_connections_again(true);
    std::vector<std::string> beside;
    std::thread other([&] { beside = trails(what, {3, 2, 1}); });
    const auto later = trails(what, {2, 1, 2, 3});
    other.join();
    EXPECT_EQ(later, (std::vector{alone[1], alone[0], alone[1], alone[2]}));
    EXPECT_EQ(beside, (std::vector{alone[2], alone[1], alone[0]}));
}

TEST(Run, EndsWhereTheRestIsKnown) {
    const prepared_scenario what(*find_scenario("sale"));
    run_settings how;
    how.keeps_steps = true;
    const auto calm = what.run({}, how);
    const auto step = std::find(calm.kept.begin(), calm.kept.end(), point::host_answer) - calm.kept.begin();
    const script cut{{static_cast<std::uint32_t>(step), fault::cut_all_lost}};
    const auto first = what.run(cut, how);
    ASSERT_TRUE(first.good());
    ASSERT_FALSE(first.states.empty());
    endings known;
    known.add(first.states, 0);
    how.known = &known;
    EXPECT_TRUE(what.run(cut, how).cut_short);
    how.faults_left = 1;
    EXPECT_FALSE(what.run(cut, how).cut_short) << "what may still go wrong was not tried";
    known.add(first.states, 2);
    EXPECT_TRUE(what.run(cut, how).cut_short);
}

TEST(Fingerprint, IsAnotherForEachChange) {
    std::set<std::uint64_t> seen;
    for (std::size_t size : {0U, 1U, 7U, 8U, 31U, 32U, 33U, 100U}) {
        bytes data(size, 0);
        const auto note = [&] {
            fingerprint made;
            made.add(data);
            EXPECT_TRUE(seen.insert(made.value()).second) << size;
        };
        note();
        for (auto& one : data) {
            one = 1;
            note();
            one = 0;
        }
    }
}

TEST(Run, IsCutToTheShortestScriptThatFails) {
    const prepared_scenario what(*find_scenario("two-sales"), mutant::reversal_dropped);
    run_settings how;
    how.wrong = mutant::reversal_dropped;
    how.rarity = 6;
    for (how.seed = 1; how.seed < 100; ++how.seed) {
        auto report = what.run({}, how);
        if (report.good() || report.happened.size() < 4) continue;
        const auto plan = report.happened;
        const auto found = shrink(what, {plan, how.seed, std::move(report)}, how.wrong);
        EXPECT_FALSE(found.report.good());
        EXPECT_LT(found.plan.size(), plan.size());
        for (std::size_t i = 0; i < found.plan.size(); ++i) {
            auto less = found.plan;
            less.erase(less.begin() + static_cast<std::ptrdiff_t>(i));
            how.rarity = 0;
            EXPECT_TRUE(what.run(less, how).good()) << "nothing of it can be left out";
        }
        return;
    }
    FAIL() << "nothing failed";
}

} // namespace
} // namespace cipherlane::simulation
