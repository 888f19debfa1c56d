// A receipt printer over a pty: its paper, its cover, its plug.
#include "display-sim/display_simulator.hpp"
#include "io_thread.hpp"
#include "support/temporary_folder.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/printer/printer_family.hpp>
#include <cipherlane/drivers/printer/printer_keeper.hpp>
#include <cipherlane/store/receipt_queue.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <thread>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using drivers::drivers_errc;
using nlohmann::json;
using progress = ports::print_report::progress;

ports::print_job slip(const std::string& text) {
    ports::print_job job;
    job.text = text;
    return job;
}

/// A simulated printer, a queue on the disk, and a till's keeper above both.
class receipts : public ::testing::Test {
  protected:
    receipts()
        : queue(store::receipt_queue::open(folder.file("slips"), call(5s)).value()) {
        there_.call_there([&] { paper_.plug().value(); });
    }
    ~receipts() override {
        keeper.reset();
        there_.stop();
    }
    result<std::unique_ptr<ports::printer>> open(const call& bounds) {
        return drivers::open_printer(here_.get_executor(), "escpos", folder.file("printer"), {}, bounds);
    }
    void start() {
        drivers::printer_keeper_settings settings;
        settings.retry_first = 10ms;
        settings.retry_most = 20ms;
        keeper = std::make_unique<drivers::printer_keeper>(
            [this](const call& bounds) { return open(bounds); }, timer, *queue, settings);
        keeper->start();
    }
    json tell(const json& request) {
        return there_.call_there([&] { return paper_.control(request); });
    }
    /// The slips once there are so many.
    json slips(std::size_t count) {
        const auto end = deadline::in(10s);
        auto seen = tell({{"cmd", "slips"}}).at("slips");
        while (seen.size() < count && !end.passed()) {
            std::this_thread::sleep_for(5ms);
            seen = tell({{"cmd", "slips"}}).at("slips");
        }
        return seen;
    }

    tests::temporary_folder folder;
    std::unique_ptr<store::receipt_queue> queue;
    drivers::thread_timer timer;
    std::unique_ptr<drivers::printer_keeper> keeper;

  private:
    boost::asio::io_context here_;
    tests::io_thread there_;
    sim::display_simulator paper_{there_.context(), "escpos", {}, folder.file("printer")};
};

TEST_F(receipts, ArePrintedAndConfirmed) {
    auto printer = open(call(5s)).value();
    ASSERT_TRUE(printer->print(slip("合计 12.34\nDanke"), call(5s)));
    EXPECT_EQ(slips(1), json::array({json::array({"合计 12.34", "Danke"})}));
    ASSERT_TRUE(printer->open_drawer(call(5s)));
    EXPECT_EQ(tell({{"cmd", "counters"}}).at("counters").at("drawer"), 1);
    tell({{"cmd", "paper"}, {"level", "near-end"}});
    EXPECT_EQ(printer->status(call(5s))->paper, ports::paper_level::near_end);
    tell({{"cmd", "cover"}, {"state", "open"}});
    EXPECT_EQ(printer->status(call(5s))->stopped_by, ports::printer_stop::cover_open);
    const auto refused = printer->print(slip("no"), call(5s));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), make_error_code(drivers_errc::printer_stopped)) << refused.error();
}

TEST_F(receipts, WaitForPaper) {
    start();
    tell({{"cmd", "paper"}, {"level", "out"}});
    const auto report = keeper->print("a", slip("first"), call(5s));
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->what, progress::waiting);
    EXPECT_EQ(report->why->code(), make_error_code(drivers_errc::paper_out));
    EXPECT_EQ(*queue->waiting(call(5s)), 1U);
    tell({{"cmd", "paper"}, {"level", "enough"}});
    EXPECT_EQ(slips(1), json::array({json::array({"first"})})) << "it is no reprint";
}

TEST_F(receipts, ThatRanOutOfPaperComeAgainWithTheirMark) {
    start();
    tell({{"cmd", "paper"}, {"level", "enough"}, {"lines", 2}});
    const auto report = keeper->print("a", slip("one\ntwo\nthree"), call(10s));
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->what, progress::waiting);
    tell({{"cmd", "paper"}, {"level", "enough"}});
    const auto seen = slips(2);
    EXPECT_EQ(seen.at(0), json::array({"one", "two", "three"})) << "the printer goes on with what it holds";
    EXPECT_EQ(seen.at(1), json::array({"重打印 REPRINT", "one", "two", "three"}));
}

TEST_F(receipts, ArePrintedWhenThePrinterIsPluggedInAgain) {
    start();
    ASSERT_EQ(keeper->print("a", slip("first"), call(5s))->what, progress::printed);
    tell({{"cmd", "unplug"}});
    EXPECT_EQ(keeper->print("b", slip("second"), call(5s))->what, progress::waiting);
    tell({{"cmd", "plug"}});
    EXPECT_EQ(slips(2).at(1), json::array({"second"}));
}

TEST_F(receipts, OfATillThatEndedArePrintedByTheNext) {
    start();
    tell({{"cmd", "cover"}, {"state", "open"}});
    ASSERT_EQ(keeper->print("a", slip("first"), call(5s))->what, progress::waiting);
    keeper.reset();
    queue.reset();
    queue = store::receipt_queue::open(folder.file("slips"), call(5s)).value();
    tell({{"cmd", "cover"}, {"state", "closed"}});
    start();
    EXPECT_EQ(slips(1), json::array({json::array({"first"})}));
}

TEST_F(receipts, AreLeftWaitingByAPrinterThatSaysNothing) {
    start();
    // Twice: the keeper may try again before it has told of the first time.
    tell({{"cmd", "faults"}, {"set", json::array({{{"kind", "silent"}, {"times", 2}}})}});
    const auto report = keeper->print("a", slip("first"), call(5s));
    EXPECT_EQ(report->what, progress::waiting);
    EXPECT_EQ(slips(1).at(0), json::array({"first"}));
}

} // namespace
} // namespace cipherlane
