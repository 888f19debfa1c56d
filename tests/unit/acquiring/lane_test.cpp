#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/receipt.hpp>
#include <cipherlane/core/hex.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <future>
#include <thread>
#include <utility>

namespace cipherlane::tests {
namespace {

using acquiring::verdict;

TEST(Lane, OpensWithAnotherMasterKeyAndSignsInFirst) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 100));
    rig.restart();
    rig.use_master_key("0123456789ABCDEFFEDCBA9876543210");
    // The keys on file are under the old one: nothing may be sent under a MAC key that is not there.
    const auto refused = rig.sell("b", 100);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), acquiring_errc::check_value_wrong) << refused.error();
    EXPECT_EQ(to_hex(byte_view(rig.host.requests.back()).subspan(11, 2)), "0800") << "it signed in first";
    EXPECT_EQ(rig.books.taken(), 100);
    rig.restart(); // with the right one again
    const auto requests = rig.host.requests.size();
    ASSERT_TRUE(rig.sell("b", 100)->ok());
    EXPECT_EQ(rig.host.requests.size(), requests + 2) << "sign-in, sale";
}

TEST(Lane, TheAsynchronousFormIsTheSame) {
    lane_rig rig;
    boost::asio::io_context io;
    std::optional<result<acquiring::payment>> end;
    std::thread::id where;
    acquiring::sale(rig.lane())
        .async_run({"a", amount(1000)}, soon(),
            boost::asio::bind_executor(io.get_executor(), [&](result<acquiring::payment> outcome) {
                end.emplace(std::move(outcome));
                where = std::this_thread::get_id();
            }));
    EXPECT_EQ(io.run(), 1U) << "the context had work until the end";
    ASSERT_TRUE(end && *end);
    EXPECT_EQ((*end)->outcome, verdict::approved);
    EXPECT_TRUE(where == std::this_thread::get_id());
    auto later = acquiring::sale(rig.lane()).async_run({"b", amount(1)}, soon(), boost::asio::use_future);
    EXPECT_EQ(later.get()->outcome, verdict::approved);
}

TEST(Lane, FlowsOfManyThreadsQueueUp) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    std::vector<std::future<result<acquiring::payment>>> ends;
    for (int i = 0; i < 8; ++i) {
        ends.push_back(std::async(
            std::launch::async, [&, i] { return rig.sell(i % 2 == 0 ? "same" : std::to_string(i), 100); }));
    }
    for (auto& end : ends)
        EXPECT_EQ(end.get()->outcome, verdict::approved);
    EXPECT_EQ(rig.books.taken(), 500) << "four with one key, four with their own";
}

TEST(Timeline, NamesEverybodyAndHidesTheCard) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1234));
    const auto text = rig.seen.to_string();
    EXPECT_NE(text.find("till -> host"), std::string::npos) << text;
    EXPECT_NE(text.find("622200*********0004"), std::string::npos) << text;
    EXPECT_EQ(text.find(test_pan), std::string::npos);
}

TEST(Receipt, SaysWhatHappenedWithoutTheCardNumber) {
    lane_rig rig;
    const auto paid = rig.sell("a", 1234).value();
    const auto text = acquiring::receipt_text(paid, rig.settings, acquiring::receipt_copy::cardholder);
    for (const char* part :
        {"TEST SHOP", "消费", "RMB 12.34", "622200*********0004", "000002", "2026-11-21 09:31:20"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
    }
    EXPECT_EQ(text.find(test_pan), std::string::npos);
    const auto slip = acquiring::settlement_text(rig.settle().value(), rig.settings);
    EXPECT_NE(slip.find("1 / 12.34"), std::string::npos) << slip;
}

} // namespace
} // namespace cipherlane::tests
