#include "gateway-sim/order_book.hpp"
#include "support/temporary_folder.hpp"
#include "support/whole_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace cipherlane::sim {
namespace {

class OrderBook : public testing::Test {
  protected:
    std::int64_t now = 1'000'000;
    order_book book{[this] { return now; }, [](std::size_t digits) { return std::string(digits, 'A'); }};

    static nlohmann::json request(const std::string& number, std::int64_t amount) {
        return {{"order_number", number}, {"merchant_id", "M1"}, {"terminal_id", "T1"}, {"amount", amount},
            {"currency", "156"}, {"subject", "tea"}, {"notify_url", ""}, {"valid_seconds", 60}};
    }

    static nlohmann::json charge(const std::string& number, const std::string& code) {
        auto wish = request(number, 500);
        wish["payment_code"] = code;
        return wish;
    }

    gateway_order pay(const std::string& number) { return book.pay(number, order_book::payer::usual); }

    /// The code of the refusal; empty if there was none.
    template <class Act>
    static std::string refused(Act act) {
        try {
            act();
            return {};
        } catch (const refusal& why) {
            return why.code;
        }
    }
};

TEST_F(OrderBook, TheSameNumberAgainIsTheSameOrder) {
    const auto [order, fresh] = book.create(request("o1", 500));
    EXPECT_TRUE(fresh);
    EXPECT_EQ(order.code_url, "https://qr.95516.com/00010001/" + std::string(32, 'A'));
    EXPECT_FALSE(book.create(request("o1", 500)).second);
    EXPECT_EQ(refused([&] { book.create(request("o1", 501)); }), "order_differs");
    auto dollars = request("o1", 500);
    dollars["currency"] = "840";
    EXPECT_EQ(refused([&] { book.create(dollars); }), "order_differs");
}

TEST_F(OrderBook, TakesAnyCurrencyOfTheListAndNoOther) {
    for (const char* number : {"840", "392", "036"}) {
        auto wish = request(number, 500);
        wish["currency"] = number;
        EXPECT_EQ(book.create(wish).first.to_json().at("currency"), number);
    }
    for (const char* number : {"998", "USD", "36", ""}) {
        auto wish = request("o9", 500);
        wish["currency"] = number;
        EXPECT_EQ(refused([&] { book.create(wish); }), "bad_request") << number;
    }
}

TEST_F(OrderBook, NamesTheMemberThatIsWrong) {
    auto bad = request("o1", 0);
    EXPECT_EQ(refused([&] { book.create(bad); }), "bad_request");
    bad = request("../x", 5);
    EXPECT_EQ(refused([&] { book.create(bad); }), "bad_request");
    bad = request("o1", 5);
    bad.erase("merchant_id");
    EXPECT_EQ(refused([&] { book.create(bad); }), "bad_request");
}

TEST_F(OrderBook, ARefusalNamesWhatItIsAbout) {
    const auto about = [](auto act) {
        try {
            act();
            return std::string("no refusal");
        } catch (const refusal& why) {
            return why.code + " " + why.order_number + " " + why.refund_number;
        }
    };
    EXPECT_EQ(about([&] { (void)book.find("o9"); }), "no_such_order o9 ");
    EXPECT_EQ(about([&] { book.cancel("o9"); }), "no_such_order o9 ");
    EXPECT_EQ(about([&] { book.refund("o9", {{"refund_number", "r1"}, {"amount", 1}}); }), "no_such_order o9 r1");
    (void)book.create(request("o1", 500));
    EXPECT_EQ(about([&] { book.create(request("o1", 501)); }), "order_differs o1 ");
    EXPECT_EQ(about([&] { book.refund("o1", {{"refund_number", "r1"}, {"amount", 1}}); }), "not_paid o1 r1");
}

TEST_F(OrderBook, AnExpiredCodeCannotBePaid) {
    (void)book.create(request("o1", 500));
    now += 60;
    EXPECT_EQ(refused([&] { pay("o1"); }), "not_waiting");
    EXPECT_EQ(book.find("o1").status, "expired");
}

TEST_F(OrderBook, WhoIsFasterDecidesBetweenPayingAndCancelling) {
    (void)book.create(request("paid", 500));
    EXPECT_EQ(pay("paid").status, "paid");
    EXPECT_EQ(book.cancel("paid").status, "paid");
    (void)book.create(request("gone", 500));
    EXPECT_EQ(book.cancel("gone").status, "cancelled");
    EXPECT_EQ(refused([&] { pay("gone"); }), "not_waiting");
}

TEST_F(OrderBook, RefundsNoMoreThanWasPaidAndEachNumberOnce) {
    (void)book.create(request("o1", 500));
    EXPECT_EQ(refused([&] { book.refund("o1", {{"refund_number", "r1"}, {"amount", 1}}); }), "not_paid");
    (void)pay("o1");
    EXPECT_EQ(book.refund("o1", {{"refund_number", "r1"}, {"amount", 200}}).refunded(), 200);
    EXPECT_EQ(book.refund("o1", {{"refund_number", "r1"}, {"amount", 200}}).refunded(), 200);
    EXPECT_EQ(refused([&] { book.refund("o1", {{"refund_number", "r1"}, {"amount", 100}}); }), "refund_differs");
    EXPECT_EQ(refused([&] { book.refund("o1", {{"refund_number", "r2"}, {"amount", 301}}); }), "refund_too_large");
    EXPECT_EQ(book.refund("o1", {{"refund_number", "r2"}, {"amount", 300}}).status, "refunded");
}

TEST_F(OrderBook, KeepsItsOrdersOverARestart) {
    const tests::temporary_folder folder;
    const auto at_start = [&] {
        return order_book([this] { return now; }, [](std::size_t digits) { return std::string(digits, 'A'); },
            folder.file("orders.json"));
    };
    {
        auto first = at_start();
        first.create(request("o1", 500));
        first.create(request("o2", 700));
        first.pay("o1", order_book::payer::usual);
        first.refund("o1", {{"refund_number", "r1"}, {"amount", 100}});
    }
    auto again = at_start();
    EXPECT_EQ(again.list().size(), 2U);
    EXPECT_EQ(again.find("o1").refunded(), 100);
    EXPECT_EQ(again.find("o2").status, "waiting");
    EXPECT_FALSE(again.create(request("o2", 700)).second);
    std::ofstream(folder.file("orders.json")) << "{}";
    EXPECT_THROW(at_start(), std::runtime_error);
}

TEST_F(OrderBook, ATillSeesNothingOfAChangeThatCouldNotBeWritten) {
    const auto fails = [&](auto act) {
        book.fail_next_write(true);
        EXPECT_THROW(act(), std::runtime_error);
    };
    fails([&] { book.create(request("o1", 500)); });
    EXPECT_EQ(book.list().size(), 0U);
    (void)book.create(request("o1", 500));
    fails([&] { book.cancel("o1"); });
    EXPECT_EQ(book.find("o1").status, "waiting");
    fails([&] { pay("o1"); });
    EXPECT_EQ(book.find("o1").status, "waiting");
    (void)pay("o1");
    fails([&] { book.refund("o1", {{"refund_number", "r1"}, {"amount", 500}}); });
    EXPECT_EQ(book.find("o1").refunded(), 0);
    EXPECT_EQ(book.find("o1").status, "paid");
    fails([&] { book.give_back_all("o1"); });
    EXPECT_EQ(book.find("o1").status, "paid");
}

TEST_F(OrderBook, SaysAtOnceThatItsFileCannotBeWritten) {
    const tests::temporary_folder folder;
    const auto now_is = [this] { return now; };
    const auto digits = [](std::size_t count) { return std::string(count, 'A'); };
    EXPECT_THROW(order_book(now_is, digits, folder.file("none/orders.json")), std::runtime_error);
    const auto file = folder.file("orders.json");
    order_book on_disk(now_is, digits, file);
    std::filesystem::create_directory(file + ".new"); // where the fresh file would be
    EXPECT_THROW(on_disk.create(request("o1", 500)), std::runtime_error);
    EXPECT_EQ(on_disk.list().size(), 0U);
    std::filesystem::remove(file + ".new");
    EXPECT_TRUE(on_disk.create(request("o1", 500)).second);
}

TEST_F(OrderBook, IsPaidLateAndTwiceOnlyByThosePayers) {
    (void)book.create(request("o1", 500));
    EXPECT_EQ(refused([&] { book.pay("o1", order_book::payer::late); }), "not_waiting");
    EXPECT_EQ(refused([&] { book.pay("o1", order_book::payer::second); }), "not_waiting");
    (void)book.cancel("o1");
    EXPECT_EQ(book.pay("o1", order_book::payer::late).status, "paid");
    EXPECT_EQ(book.pay("o1", order_book::payer::second).paid_twice(), 500);
    EXPECT_EQ(book.give_back_all("o1").status, "refunded");
    EXPECT_EQ(refused([&] { book.give_back_all("o1"); }), "not_paid");
}

TEST_F(OrderBook, GivesBackThePaymentThatIsNamed) {
    (void)book.create(request("o1", 500));
    const auto first = pay("o1").transaction_number();
    ++now;
    const auto both = book.pay("o1", order_book::payer::second);
    const auto second = both.transaction_number();
    EXPECT_NE(first, second) << "its notice names the new one";
    EXPECT_EQ(refused([&] {
        book.refund("o1", {{"refund_number", "r0"}, {"amount", 1}, {"transaction_number", "nobody's"}});
    }),
        "no_such_payment");
    const nlohmann::json back{{"refund_number", "r1"}, {"amount", 500}, {"transaction_number", second}};
    EXPECT_EQ(book.refund("o1", back).transaction_number(), first);
    EXPECT_EQ(book.refund("o1", back).refunded(), 500) << "the same refund again";
    EXPECT_EQ(book.find("o1").status, "paid");
    EXPECT_EQ(book.find("o1").paid_twice(), 0);
    EXPECT_EQ(refused([&] {
        book.refund("o1", {{"refund_number", "r2"}, {"amount", 1}, {"transaction_number", second}});
    }),
        "refund_too_large");
    EXPECT_EQ(book.refund("o1", {{"refund_number", "r3"}, {"amount", 500}}).status, "refunded");
}

TEST_F(OrderBook, ChargesACodeOnce) {
    const auto [order, fresh] = book.charge(charge("o1", "28571"));
    EXPECT_TRUE(fresh);
    EXPECT_EQ(order.status, "paid");
    EXPECT_FALSE(book.charge(charge("o1", "28571")).second) << "the same order again";
    EXPECT_EQ(refused([&] { book.charge(charge("o2", "28571")); }), "code_used");
    book.know_wallet("28572", order_book::wallet_manner::refuses);
    EXPECT_EQ(refused([&] { book.charge(charge("o3", "28572")); }), "code_refused");
    EXPECT_EQ(refused([&] { book.charge(charge("o4", "28572")); }), "code_used");
    EXPECT_EQ(refused([&] { book.create(request("o1", 500)); }), "order_differs");
    EXPECT_EQ(refused([&] { book.charge(request("o5", 500)); }), "bad_request");
}

TEST_F(OrderBook, RemembersUsedCodesOverARestartAndKeepsNoneOfThemOnFile) {
    const tests::temporary_folder folder;
    const auto file = folder.file("orders.json");
    const auto at_start = [&] {
        return order_book([this] { return now; }, [](std::size_t digits) { return std::string(digits, 'A'); }, file);
    };
    {
        auto first = at_start();
        first.know_wallet("288888888888888882", order_book::wallet_manner::refuses);
        (void)first.charge(charge("o1", "288888888888888881"));
        EXPECT_EQ(refused([&] { first.charge(charge("o2", "288888888888888882")); }), "code_refused");
        first.fail_next_write(true);
        EXPECT_THROW(first.charge(charge("o3", "288888888888888883")), std::runtime_error);
    }
    const auto written = tests::whole_file(file);
    EXPECT_EQ(written.find("28888888888888888"), std::string::npos) << "a code is the payer's";
    auto again = at_start();
    EXPECT_EQ(refused([&] { again.charge(charge("o4", "288888888888888881")); }), "code_used");
    EXPECT_EQ(refused([&] { again.charge(charge("o4", "288888888888888882")); }), "code_used");
    EXPECT_TRUE(again.charge(charge("o4", "288888888888888883")).second) << "what could not be written used no code";
    // A list alone, as earlier versions wrote it.
    std::ofstream(file) << "[]";
    EXPECT_TRUE(at_start().charge(charge("o5", "288888888888888881")).second);
}

TEST_F(OrderBook, AChargeIsUndoneWhateverBecameOfIt) {
    auto wish = request("o1", 500);
    wish["payment_code"] = "1";
    book.know_wallet("1", order_book::wallet_manner::asks);
    EXPECT_EQ(book.charge(wish).first.status, "processing");
    EXPECT_EQ(book.cancel("o1").status, "processing") << "the payer is at it";
    EXPECT_EQ(book.reverse("o1").status, "cancelled");
    EXPECT_EQ(refused([&] { pay("o1"); }), "not_waiting") << "the password comes too late";
    wish["order_number"] = "o2";
    wish["payment_code"] = "2";
    EXPECT_EQ(book.charge(wish).first.status, "paid");
    EXPECT_EQ(book.reverse("o2").status, "refunded");
    EXPECT_EQ(book.reverse("o2").refunded(), 500) << "once";
    EXPECT_EQ(refused([&] { book.reverse("o9"); }), "no_such_order");
}

TEST_F(OrderBook, AChargeThatComesAfterItsUndoingTakesNothing) {
    auto wish = request("o1", 500);
    wish["payment_code"] = "1";
    EXPECT_EQ(book.reverse("o1", wish.at("merchant_id")).status, "cancelled");
    const auto [late, fresh] = book.charge(wish);
    EXPECT_FALSE(fresh);
    EXPECT_EQ(late.status, "cancelled");
    EXPECT_EQ(late.paid(), 0);
    EXPECT_EQ(book.reverse("o1", wish.at("merchant_id")).status, "cancelled");
}

TEST_F(OrderBook, TakesACodeThatTheTillHasBuilt) {
    auto wish = request("o1", 500);
    wish["code"] = "00020101021226";
    EXPECT_EQ(book.create(wish).first.code_url, "00020101021226");
}

} // namespace
} // namespace cipherlane::sim
