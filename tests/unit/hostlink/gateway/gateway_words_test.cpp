// What UnionPay's and 银联商务's words mean for money, and the numbers by which they know a trade.
#include "gateway/alipay_words.hpp"
#include "gateway/netpay_words.hpp"
#include "gateway/unionpay_words.hpp"
#include "gateway/wechat_words.hpp"
#include "gateway/zip_reader.hpp"
#include "order_json.hpp"
#include "payer_words.hpp"

#include <cipherlane/core/hex.hpp>

#include <gtest/gtest.h>

namespace cipherlane::hostlink {
namespace {

TEST(UnionpayWords, OfACallDeclineOnlyWhatIsKnownToMoveNothing) {
    using unionpay::meaning;
    const struct {
        std::string_view codes;
        meaning what;
    } rows[] = {
        {"00 A6", meaning::done},
        {"03 04 05 06", meaning::waits},
        {"12", meaning::used},
        {"34", meaning::no_trade},
        {"10 11 13 14 30 31 32 33 35 36 37 38 39 60 61 64 73 77 82", meaning::refused},
        {"01 02 07 15 42 74 75 83 99 A0 A5 A7 AZ a6 0 000", meaning::unknown},
    };
    for (const auto& row : rows)
        for (std::size_t at = 0; at < row.codes.size();
             at = std::min(row.codes.find(' ', at), row.codes.size()) + 1) {
            const auto code = row.codes.substr(at, row.codes.find(' ', at) - at);
            EXPECT_EQ(unionpay::meaning_of(code), row.what) << code;
        }
    EXPECT_EQ(unionpay::meaning_of(""), meaning::unknown);
}

TEST(UnionpayWords, OfATradeNeverEndWhatMayHaveMoved) {
    using unionpay::money;
    for (const char* code : {"00", "A6"})
        EXPECT_EQ(unionpay::money_of(code), money::moved) << code;
    for (const char* code : {"03", "04", "05", "06"})
        EXPECT_EQ(unionpay::money_of(code), money::open) << code;
    for (const char* code : {"01", "02", "30", "39", "60", "64", "82", "99"})
        EXPECT_EQ(unionpay::money_of(code), money::none) << code;
    for (const char* code : {"", "0", "12", "34", "42", "74", "75", "83", "A1", "A7", "000"})
        EXPECT_EQ(unionpay::money_of(code), money::unknown) << code;
}

TEST(UnionpayWords, ANumberTellsItsTimeAndComesBack) {
    const auto name = unionpay::name_of_order("TEST000120260921221320AB12CD-02").value();
    EXPECT_EQ(name.order_id, "TEST000120260921221320AB12CDx02");
    EXPECT_EQ(name.txn_time, "20260921221320");
    EXPECT_EQ(std::chrono::system_clock::to_time_t(name.made), 1'790'000'000);
    EXPECT_EQ(unionpay::number_of(name.order_id), "TEST000120260921221320AB12CD-02");
    EXPECT_EQ(unionpay::name_of_refund("RTEST000120260921221320AB12CD")->txn_time, "20260921221320");
    using unionpay::undoing;
    EXPECT_NE(unionpay::name_of_undoing(name, undoing::reversal).order_id,
        unionpay::name_of_undoing(name, undoing::void_payment).order_id);
}

TEST(UnionpayWords, ASumIsWholeFenInYuan) {
    EXPECT_EQ(unionpay::read_total({{"txnAmt", "1990"}, {"currencyCode", "156"}}).value(), amount(1990));
    for (const char* text : {"", "-1", "+1", "1.0", " 1", "1000000000000", "99999999999999999999999"})
        EXPECT_EQ(unionpay::read_total({{"txnAmt", text}, {"currencyCode", "156"}}).error().field(), "txnAmt")
            << text;
    EXPECT_EQ(unionpay::read_total({{"txnAmt", "1"}, {"currencyCode", "840"}}).error().field(), "currencyCode");
    EXPECT_EQ(unionpay::read_total({{"txnAmt", "1"}}).error().field(), "currencyCode");
}

TEST(NetpayWords, DeclineOnlyWhatIsKnownToMoveNothing) {
    using netpay::meaning;
    EXPECT_EQ(netpay::meaning_of("SUCCESS"), meaning::done);
    EXPECT_EQ(netpay::meaning_of("NO_ORDER"), meaning::no_order);
    for (const char* code : {"DUP_ORDER", "OPERATION_NOT_ALLOWED", "INVALID_ORDER"})
        EXPECT_EQ(netpay::meaning_of(code), meaning::look) << code;
    for (const char* code : {"BAD_SIGN", "BAD_REQUEST", "NO_MERCHANT", "INVLID_MERCHANT_CONFIG"})
        EXPECT_EQ(netpay::meaning_of(code), meaning::refused) << code;
    for (const char* code : {"", "success", "INTERNAL_ERROR", "TIMEOUT", "NET_ERROR", "TARGET_FAIL",
             "ORDER_PROCESSING", "INVALID_RESPONSE", "9200"})
        EXPECT_EQ(netpay::meaning_of(code), meaning::unknown) << code;
}

TEST(NetpayWords, ANumberIsShortAndComesBack) {
    const auto first = netpay::name_of_order("3194", "TEST000120260921221320AB12CD").value();
    EXPECT_EQ(first.number, "3194TEST0001260921221320AB12CD");
    EXPECT_EQ(first.date, "2026-09-21");
    for (const char* number :
        {"TEST000120260921221320AB12CD", "TEST000120260921221320AB12CD-02", "TEST000120260921221320AB12CD-26"}) {
        const auto name = netpay::name_of_order("3194", number).value();
        EXPECT_LE(name.number.size(), 31U);
        EXPECT_EQ(netpay::number_of("3194", name.number), number);
    }
    EXPECT_EQ(netpay::name_of_refund("3194", "RTEST000120260921221320AB12CD")->number.size(), 31U);
    for (const char* other : {"", "3194", "1017TEST0001260921221320AB12CD", "3194TEST0001260921221320AB12CDA"})
        EXPECT_EQ(netpay::number_of("3194", other), "") << other;
    EXPECT_FALSE(netpay::name_of_order("3194", "TEST000120260921221320AB12CD-27"));
}

TEST(NetpayWords, ASumIsANumberOrDigits) {
    const auto sum = [](boost::json::value value) {
        const boost::json::object with{{"totalAmount", std::move(value)}};
        return netpay::read_fen(json_reader(with), "totalAmount");
    };
    EXPECT_EQ(sum(1990).value(), amount(1990));
    EXPECT_EQ(sum("1990").value(), amount(1990));
    EXPECT_FALSE(sum("19.90"));
    EXPECT_FALSE(sum(-1));
    EXPECT_FALSE(sum(19.9));
    EXPECT_FALSE(sum("99999999999999999999"));
    EXPECT_FALSE(sum(nullptr));
}

/// Made by Python's zipfile: "a.csv" is deflated, "b.csv" stored.
constexpr std::string_view archive = "504b03041400000008000000355d9a572c6e0d0000006c00000005000000612e6373765336e4e52"
                                     "aca2fd781629a7200504b03041400000000"
                                     "000000355d4d9fbdc8030000000300000005000000622e63737673756d504b01021403140000000"
                                     "8000000355d9a572c6e0d0000006c000000"
                                     "050000000000000000000000800100000000612e637376504b010214031400000000000000355d4"
                                     "d9fbdc80300000003000000050000000000"
                                     "000000000000800130000000622e637376504b0506000000000200020066000000560000000000";

TEST(ZipReader, UnpacksWhatAnotherProgramHasPacked) {
    const auto files = read_zip(from_hex(archive).value(), 1'000).value();
    ASSERT_EQ(files.size(), 2U);
    EXPECT_EQ(files[0].name, "a.csv");
    std::string rows = "#1\r\n";
    for (int i = 0; i < 8; ++i)
        rows += "row,row,row\r\n";
    EXPECT_EQ(files[0].text, rows);
    EXPECT_EQ(files[1].name, "b.csv");
    EXPECT_EQ(files[1].text, "sum");
    EXPECT_FALSE(read_zip(from_hex(archive).value(), rows.size() + 2)) << "more than is wanted";
}

TEST(PayerWords, OfUnionpaysAndWeChatsCardsCreditIsKnown) {
    using ports::funding;
    for (const char* word : {"CMB_CREDIT", "ICBC_CREDIT"})
        EXPECT_EQ(wechat::funding_of(word), funding::credit) << word;
    EXPECT_EQ(wechat::funding_of("CMB_DEBIT"), funding::debit);
    for (const char* word : {"", "OTHERS", "CREDIT", "CMB_CREDITS"})
        EXPECT_EQ(wechat::funding_of(word), funding::unknown) << word;
    EXPECT_EQ(unionpay::funding_of("01"), funding::debit);
    EXPECT_EQ(unionpay::funding_of("02"), funding::credit);
    EXPECT_EQ(unionpay::funding_of("03"), funding::credit);
    EXPECT_EQ(unionpay::funding_of("05"), funding::prepaid);
    for (const char* word : {"", "00", "04", "1", "022"})
        EXPECT_EQ(unionpay::funding_of(word), funding::unknown) << word;
}

TEST(PayerWords, CreditAmongAlipaysPlacesMakesItCredit) {
    using ports::funding;
    const struct {
        const char* bills;
        funding pays;
    } rows[] = {
        {R"([{"amount":"0.10","fundChannel":"ALIPAYACCOUNT"}])", funding::balance},
        {R"([{"fund_channel":"PCREDIT","amount":"1"}])", funding::credit},
        {R"([{"fund_channel":"BANKCARD","fund_type":"CREDIT_CARD"}])", funding::credit},
        {R"([{"fund_channel":"BANKCARD","fund_type":"DEBIT_CARD"}])", funding::debit},
        {R"([{"fund_channel":"BANKCARD","fund_type":"MIXED_CARD"}])", funding::unknown},
        {R"([{"fund_channel":"BANKCARD"}])", funding::unknown},
        {R"([{"fund_channel":"COUPON"},{"fund_channel":"FINANCEACCOUNT"}])", funding::balance},
        {R"([{"fund_channel":"COUPON"}])", funding::unknown},
        {R"([{"fund_channel":"ALIPAYACCOUNT"},{"fund_channel":"PCREDIT"}])", funding::credit},
        {R"([{"fund_channel":"NEW"},{"fund_channel":"PCREDIT"}])", funding::credit},
        {R"([{"fund_channel":"NEW"},{"fund_channel":"ALIPAYACCOUNT"}])", funding::unknown},
        {R"([{"fund_channel":"PCARD"},{"fund_channel":"ALIPAYACCOUNT"}])", funding::prepaid},
        {R"([1])", funding::unknown},
        {R"([])", funding::unknown},
        {R"({"fund_channel":"PCREDIT"})", funding::unknown},
    };
    for (const auto& row : rows) {
        const auto bills = boost::json::parse(row.bills);
        EXPECT_EQ(alipay::funding_of(&bills), row.pays) << row.bills;
    }
    EXPECT_EQ(alipay::funding_of(nullptr), funding::unknown);
}

/// The marks are of sha256sum(1): the application, a new line, the payer.
TEST(PayerWords, APayerIsADigestOfWhatTheGatewayCallsHim) {
    constexpr std::string_view wechat_mark = "88DC88868BC0245FF3CAF241CC121022";
    constexpr std::string_view alipay_mark = "F23F3B177ACFECE93A9E1702C8E02C05";
    EXPECT_EQ(payer_mark("wx1", "o1"), wechat_mark);
    EXPECT_EQ(payer_mark("wx1", ""), "");
    wechat::merchant of;
    of.mchid = "1999000001";
    of.appid = "wx1";
    const std::string paid =
        R"({"appid":"wx1","mchid":"1999000001","out_trade_no":"ORDER-1","transaction_id":"42001",)"
        R"("trade_state":"SUCCESS","bank_type":"CMB_CREDIT","payer":{"openid":"o1"},)"
        R"("amount":{"total":1990,"currency":"CNY"}})";
    const auto told = wechat::read_order(of, "ORDER-1", paid).value().status;
    EXPECT_EQ(told.payer.pays, ports::funding::credit);
    EXPECT_EQ(told.payer.name, wechat_mark);
    const auto trade =
        alipay::read_trade("ORDER-1", R"({"out_trade_no":"ORDER-1","trade_status":"TRADE_SUCCESS","trade_no":"2026",)"
                                      R"("total_amount":"19.90","buyer_user_id":"2088000000000001",)"
                                      R"("fund_bill_list":[{"fund_channel":"PCREDIT","amount":"19.90"}]})")
            .value();
    EXPECT_EQ(trade.payer.pays, ports::funding::credit);
    EXPECT_EQ(trade.payer.name, alipay_mark);
    const auto own = read_status(R"({"order_number":"A","merchant_id":"wx1","terminal_id":"T","status":"paid",)"
                                 R"("amount":1,"currency":"156","transaction_number":"1","paid_from":"prepaid",)"
                                 R"("payer":"o1"})")
                         .value();
    EXPECT_EQ(own.payer.pays, ports::funding::prepaid);
    EXPECT_EQ(own.payer.name, wechat_mark);
}

TEST(ZipReader, TakesNothingThatIsCutOrChanged) {
    const auto whole = from_hex(archive).value();
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(read_zip(byte_view(whole).first(size), 1'000)) << size;
    const auto right = read_zip(whole, 1'000).value();
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const auto bit : {std::uint8_t{0x01}, std::uint8_t{0x80}}) {
            auto changed = whole;
            changed[at] ^= bit;
            const auto read = read_zip(changed, 1'000);
            if (!read) continue; // else in what says nothing of the files: a version, a time
            ASSERT_EQ(read->size(), right.size()) << at;
            for (std::size_t i = 0; i < right.size(); ++i)
                EXPECT_EQ((*read)[i].text, right[i].text) << at;
        }
    }
}

} // namespace
} // namespace cipherlane::hostlink
