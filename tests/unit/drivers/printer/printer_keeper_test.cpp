#include "unit/drivers/manual_timer.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/printer/printer_keeper.hpp>
#include <cipherlane/net/errc.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <vector>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;
using progress = ports::print_report::progress;
using mark = ports::print_report::mark;

/// The queue's rules in memory: what it holds outlives a till that is killed.
class queue_in_memory final : public ports::print_queue {
  public:
    struct slip {
        ports::queued_print what;
        enum class stage : std::uint8_t { waits, begun, printed } at = stage::waits;
    };
    result<std::uint64_t> add(std::string_view name, const ports::print_job& job, const call&) override {
        slip one;
        for (auto& each : slips) {
            if (each.what.name != name) continue;
            if (each.at == slip::stage::waits) each.what.job = job;
            if (each.at != slip::stage::printed) return each.what.id;
            one.what.carries = mark::reprint;
        }
        one.what.id = slips.size() + 1;
        one.what.name = name;
        one.what.job = job;
        slips.push_back(one);
        return one.what.id;
    }
    result<std::optional<ports::queued_print>> next(const call&) override {
        for (const auto& each : slips) {
            if (each.at == slip::stage::printed) continue;
            auto what = each.what;
            if (each.at == slip::stage::begun) what.carries = mark::reprint;
            return std::optional(what);
        }
        return std::optional<ports::queued_print>();
    }
    result<void> begin(std::uint64_t id, const call&) override {
        slips[id - 1].at = slip::stage::begun;
        return {};
    }
    result<void> done(std::uint64_t id, const call&) override {
        slips[id - 1].at = slip::stage::printed;
        return {};
    }
    result<std::size_t> waiting(const call&) override { return slips.size(); }

    std::deque<slip> slips;
};

/// Paper and what stands on it.
struct paper_world {
    bool plugged = true;
    ports::printer_stop stop = ports::printer_stop::none;
    bool breaks_off = false;     ///< the link goes behind the first line
    bool confirms = true;        ///< that it has printed
    std::function<void()> asked; ///< done once, when it is asked how it is
    std::function<void()> busy;  ///< done while it prints
    std::vector<std::string> printed;
    int drawers = 0;
};

class fake_printer final : public ports::printer {
  public:
    explicit fake_printer(paper_world& world)
        : world_(world) {}
    result<void> print(const ports::print_job& job, const call&) override {
        if (std::exchange(world_.breaks_off, false)) {
            world_.plugged = false;
            return error(make_error_code(drivers_errc::device_gone), layer::drivers);
        }
        world_.printed.push_back(job.heading + "|" + job.text);
        if (world_.busy) world_.busy();
        if (!world_.confirms) return error(make_error_code(drivers_errc::no_answer), layer::drivers);
        return {};
    }
    result<void> open_drawer(const call&) override {
        ++world_.drawers;
        return {};
    }
    result<ports::printer_status> status(const call&) override {
        ports::printer_status now;
        now.stopped_by = world_.stop;
        if (auto once = std::exchange(world_.asked, nullptr)) once();
        if (!world_.plugged) return error(make_error_code(drivers_errc::device_gone), layer::drivers);
        return now;
    }
    ports::printer_capabilities capabilities() const noexcept override {
        ports::printer_capabilities can;
        can.tells_paper = can.confirms = can.drawer = true;
        return can;
    }

  private:
    paper_world& world_;
};

class keeper_of_paper : public ::testing::Test {
  protected:
    std::unique_ptr<printer_keeper> keeper() {
        printer_keeper_settings settings;
        settings.reprint_mark = "AGAIN";
        keeper_observer watch;
        watch.lost = [this](const error&) { ++lost; };
        return std::make_unique<printer_keeper>(
            [this](const call&) -> result<std::unique_ptr<ports::printer>> {
                ++opened;
                if (!world.plugged) return error(make_error_code(drivers_errc::no_such_device), layer::drivers);
                return std::make_unique<fake_printer>(world);
            },
            timer, queue, settings, watch);
    }
    static ports::print_job slip(const std::string& text) {
        ports::print_job job;
        job.text = text;
        return job;
    }

    tests::manual_timer timer;
    queue_in_memory queue;
    paper_world world;
    int opened = 0;
    int lost = 0;
};

TEST_F(keeper_of_paper, PrintsAtOnceWhereNothingIsInTheWay) {
    auto one = keeper();
    const auto report = one->print("a", slip("first"), 1s);
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->what, progress::printed);
    EXPECT_EQ(report->carries, mark::none);
    EXPECT_EQ(world.printed, std::vector<std::string>{"|first"});
    EXPECT_EQ(timer.waiting(), 0U) << "nothing is due while nothing waits";
    ASSERT_TRUE(one->open_drawer(1s));
    EXPECT_EQ(world.drawers, 1);
}

TEST_F(keeper_of_paper, LosesNoSlipWithoutPaperAndMarksNone) {
    auto one = keeper();
    world.stop = ports::printer_stop::no_paper;
    const auto report = one->print("a", slip("first"), 1s);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->what, progress::waiting);
    EXPECT_EQ(report->why->code(), drivers_errc::paper_out);
    EXPECT_EQ(one->print("b", slip("second"), 1s)->what, progress::waiting);
    timer.advance(30s);
    EXPECT_TRUE(world.printed.empty());
    EXPECT_EQ(opened, 1) << "a printer without paper is there";
    world.stop = ports::printer_stop::none;
    timer.advance(3s);
    EXPECT_EQ(world.printed, (std::vector<std::string>{"|first", "|second"}));
    EXPECT_EQ(timer.waiting(), 0U);
}

TEST_F(keeper_of_paper, PrintsWhatATillLeftThatWasKilled) {
    world.stop = ports::printer_stop::no_paper;
    (void)keeper()->print("a", slip("first"), 1s);
    world.stop = ports::printer_stop::none;
    auto next_run = keeper();
    next_run->start();
    timer.advance(1s);
    EXPECT_EQ(world.printed, std::vector<std::string>{"|first"}) << "nothing of it was on paper: no mark";
}

TEST_F(keeper_of_paper, MarksWhatIsPerhapsOnPaperAlready) {
    auto one = keeper();
    world.breaks_off = true;
    const auto report = one->print("a", slip("first"), 1s);
    EXPECT_EQ(report->what, progress::waiting);
    EXPECT_EQ(lost, 1);
    timer.advance(10s);
    world.plugged = true;
    timer.advance(3s);
    EXPECT_EQ(world.printed, std::vector<std::string>{"AGAIN|first"});
    EXPECT_TRUE(one->attached());
}

TEST_F(keeper_of_paper, MarksASecondCopy) {
    auto one = keeper();
    (void)one->print("a", slip("first"), 1s);
    const auto again = one->print("a", slip("first"), 1s);
    EXPECT_EQ(again->what, progress::printed);
    EXPECT_EQ(again->carries, mark::reprint);
    EXPECT_EQ(world.printed, (std::vector<std::string>{"|first", "AGAIN|first"}));
}

TEST_F(keeper_of_paper, OpensAPrinterAgainThatWasUnplugged) {
    auto one = keeper();
    (void)one->print("a", slip("first"), 1s);
    world.plugged = false;
    EXPECT_EQ(one->print("b", slip("second"), 1s)->what, progress::waiting);
    EXPECT_FALSE(one->attached());
    timer.advance(5s);
    world.plugged = true;
    timer.advance(3s);
    EXPECT_EQ(world.printed, (std::vector<std::string>{"|first", "|second"})) << "nothing of it had left";
}

TEST_F(keeper_of_paper, DoesNotOpenADrawerLater) {
    world.plugged = false;
    auto one = keeper();
    EXPECT_FALSE(one->open_drawer(1s));
    world.plugged = true;
    timer.advance(10s);
    EXPECT_EQ(world.drawers, 0);
}

TEST_F(keeper_of_paper, DoesNotPrintForEverWhereNothingIsConfirmed) {
    auto one = keeper();
    world.confirms = false;
    (void)one->print("a", slip("first"), 1s);
    timer.advance(60s);
    EXPECT_EQ(world.printed, (std::vector<std::string>{"|first", "AGAIN|first", "AGAIN|first"}));
    EXPECT_EQ(timer.waiting(), 0U) << "it waits for a person";
    const auto behind = one->print("b", slip("second"), 1s);
    EXPECT_EQ(behind->what, progress::waiting);
    EXPECT_NE(behind->why->hint().find("did not confirm"), std::string::npos) << *behind->why;
    EXPECT_EQ(world.printed.size(), 3U);
    EXPECT_EQ(one->print("a", slip("first"), 1s)->what, progress::waiting);
    timer.advance(60s);
    EXPECT_EQ(world.printed.size(), 4U) << "once for each time that somebody asks for it";
    world.confirms = true;
    const auto done = one->print("a", slip("first"), 1s);
    EXPECT_EQ(done->what, progress::printed);
    EXPECT_EQ(done->carries, mark::reprint);
    EXPECT_EQ(world.printed.back(), "|second") << "and what waited behind it";
}

TEST_F(keeper_of_paper, KeepsTheLinkOfAPrinterThatIsThere) {
    auto one = keeper();
    world.confirms = false;
    (void)one->print("a", slip("first"), 1s);
    world.confirms = true;
    timer.advance(1s);
    EXPECT_EQ(world.printed, (std::vector<std::string>{"|first", "AGAIN|first"}));
    EXPECT_EQ(opened, 1) << "another one would not know what the printer still has to say";
    EXPECT_EQ(lost, 0);
}

TEST_F(keeper_of_paper, PrintsTheTextThatWasGivenLast) {
    auto one = keeper();
    world.asked = [this] { (void)queue.add("a", slip("new"), 1s); };
    EXPECT_EQ(one->print("a", slip("old"), 1s)->what, progress::printed);
    EXPECT_EQ(world.printed, std::vector<std::string>{"|new"});
}

TEST_F(keeper_of_paper, TellsEachSlipsOwnMark) {
    auto one = keeper();
    (void)one->print("a", slip("first"), 1s);
    world.stop = ports::printer_stop::no_paper;
    (void)one->print("a", slip("first"), 1s);
    (void)queue.add("b", slip("second"), 1s);
    world.stop = ports::printer_stop::none;
    const auto first = one->print("a", slip("first"), 1s);
    EXPECT_EQ(first->carries, mark::reprint) << "whatever was printed behind it";
    EXPECT_EQ(world.printed, (std::vector<std::string>{"|first", "AGAIN|first", "|second"}));
}

TEST_F(keeper_of_paper, SaysWhetherItIsThereWhileItPrints) {
    auto one = keeper();
    bool there = false;
    world.busy = [&] { there = one->attached(); };
    ASSERT_TRUE(one->print("a", slip("first"), 1s));
    EXPECT_TRUE(there) << "without waiting for the slip";
}

} // namespace
} // namespace cipherlane::drivers
