#include "support/temporary_folder.hpp"

#include <cipherlane/store/errc.hpp>
#include <cipherlane/store/number_counter.hpp>
#include <cipherlane/store/receipt_queue.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sys/stat.h>

namespace cipherlane::store {
namespace {

using namespace std::chrono_literals;
using mark = ports::print_report::mark;

ports::print_job slip(const std::string& text) {
    ports::print_job job;
    job.text = text;
    return job;
}

class ReceiptQueue : public ::testing::Test {
  protected:
    /// As a new run of the till finds it.
    std::unique_ptr<receipt_queue> open() { return receipt_queue::open(folder.file("slips"), 5s).value(); }
    static ports::queued_print first_of(receipt_queue& queue) { return queue.next(5s).value().value(); }

    tests::temporary_folder folder;
};

TEST_F(ReceiptQueue, KeepsSlipsInTheirOrderBeyondTheEndOfTheTill) {
    {
        auto queue = open();
        const auto first = queue->add("a", slip("eins"), 5s).value();
        EXPECT_GT(queue->add("b", slip("zwei"), 5s).value(), first);
    }
    auto queue = open();
    EXPECT_EQ(*queue->waiting(5s), 2U);
    const auto one = first_of(*queue);
    EXPECT_EQ(one.job.text, "eins");
    EXPECT_EQ(one.carries, mark::none);
    ASSERT_TRUE(queue->begin(one.id, 5s));
    ASSERT_TRUE(queue->done(one.id, 5s));
    EXPECT_EQ(first_of(*queue).job.text, "zwei");
}

TEST_F(ReceiptQueue, MarksWhatWasBegunAndNotSeenToEnd) {
    {
        auto queue = open();
        ASSERT_TRUE(queue->begin(queue->add("a", slip("eins"), 5s).value(), 5s));
    }
    auto queue = open();
    EXPECT_EQ(first_of(*queue).carries, mark::reprint);
    EXPECT_EQ(*queue->add("a", slip("eins"), 5s), first_of(*queue).id) << "it is still the one that waits";
    EXPECT_EQ(*queue->waiting(5s), 1U);
}

TEST_F(ReceiptQueue, ASlipThatWaitsTakesTheNewText) {
    auto queue = open();
    const auto id = *queue->add("a", slip("old"), 5s);
    EXPECT_EQ(*queue->add("a", slip("new"), 5s), id);
    EXPECT_EQ(first_of(*queue).job.text, "new");
    EXPECT_EQ(first_of(*queue).carries, mark::none);
}

TEST_F(ReceiptQueue, RemembersTheNamesOfPrintedSlipsAndNotTheirText) {
    {
        auto queue = open();
        const auto id = *queue->add("a", slip("a text of its own"), 5s);
        ASSERT_TRUE(queue->begin(id, 5s));
        ASSERT_TRUE(queue->done(id, 5s));
        EXPECT_FALSE(queue->next(5s).value());
    }
    std::ifstream file(folder.file("slips"), std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(file), {}};
    EXPECT_FALSE(all.empty());
    EXPECT_EQ(all.find("a text of its own"), std::string::npos);
    auto queue = open();
    (void)*queue->add("a", slip("again"), 5s);
    EXPECT_EQ(first_of(*queue).carries, mark::reprint);
}

TEST_F(ReceiptQueue, IsOfThisUserAlone) {
    auto queue = open();
    struct stat about {};
    ASSERT_EQ(::stat(folder.file("slips").c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

TEST_F(ReceiptQueue, IsPrintedFromByOneAlone) {
    auto queue = open();
    const auto second = receipt_queue::open(folder.file("slips"), 5s);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), store_errc::in_use);
    const auto id = queue->add("a", slip("text"), 5s).value();
    ASSERT_TRUE(queue->begin(id, 5s) && queue->begin(id, 5s)) << "again after a fault of the printer";
    ASSERT_TRUE(queue->done(id, 5s));
    EXPECT_FALSE(queue->begin(id, 5s)) << "it is on paper";
    queue.reset();
    EXPECT_TRUE(receipt_queue::open(folder.file("slips"), 5s));
}

TEST_F(ReceiptQueue, RefusesAFileOfAnotherKind) {
    { const auto counters = number_counter::open(folder.file("slips"), 5s); }
    const auto wrong = receipt_queue::open(folder.file("slips"), 5s);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code(), store_errc::not_a_journal);
    EXPECT_EQ(receipt_queue::open(folder.path() + "/none/slips", 5s).error().code(), store_errc::cannot_open);
}

} // namespace
} // namespace cipherlane::store
