#include "decimal.hpp"
#include "statement_files.hpp"

#include <cipherlane/core/gbk.hpp>
#include <cipherlane/reconcile/errc.hpp>

namespace {

using namespace cipherlane;
using namespace cipherlane::reconcile;
using cipherlane::tests::read_all;
using cipherlane::tests::shipped;
using cipherlane::tests::statement_file;

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

TEST(StatementReader, ReadsAWeChatBill) {
    const auto all = read_all(statement_file("wechat.csv"), shipped("wechat-bill"));
    ASSERT_TRUE(all.whole) << all.fault;
    ASSERT_EQ(all.rows.size(), 4U);
    EXPECT_EQ(all.rows[0].key, "QR-1");
    EXPECT_EQ(all.rows[0].minor, 1280);
    EXPECT_EQ(all.rows[0].fee, 8); // 0.0768 yuan
    EXPECT_EQ(moment_text(all.rows[0].moment), "2026-11-28 09:15:02");
    EXPECT_EQ(all.rows[0].place, 2U);
    EXPECT_EQ(all.rows[2].key, "QR-3");
    EXPECT_EQ(all.rows[2].way, direction::give_back);
    EXPECT_EQ(all.rows[2].minor, 3000);
    EXPECT_EQ(all.rows[2].fee, -18);
}

TEST(StatementReader, ReadsAnAlipayBillInGbk) {
    const auto all = read_all(statement_file("alipay.csv"), shipped("alipay-bill"));
    ASSERT_TRUE(all.whole) << all.fault;
    ASSERT_EQ(all.rows.size(), 3U);
    EXPECT_EQ(all.rows[1].key, "QR-12");
    EXPECT_EQ(all.rows[1].minor, 850);
    EXPECT_EQ(all.rows[2].key, "QR-13");
    EXPECT_EQ(all.rows[2].way, direction::give_back);
    EXPECT_EQ(all.rows[2].minor, 600);
}

TEST(StatementReader, ReadsAFileOfUnionPayWithTheYearOfItsDay) {
    const auto text = statement_file("unionpay.zm");
    const auto form = shipped("unionpay-zm");
    EXPECT_EQ(read_all(text, form).fault.code(), reconcile_errc::bad_line); // no year
    const auto all = read_all(text, form, parse_day("20261129"));
    ASSERT_TRUE(all.whole) << all.fault;
    ASSERT_EQ(all.rows.size(), 3U);
    EXPECT_EQ(all.rows[1].key, "QR-22");
    EXPECT_EQ(all.rows[1].minor, 250'000);
    EXPECT_EQ(all.rows[1].fee, 950);
    EXPECT_EQ(day_text(day_of(all.rows[1].moment)), "2026-11-28");
    EXPECT_EQ(all.rows[2].way, direction::give_back);
    const auto later = read_all(text, form, parse_day("20270102"));
    EXPECT_EQ(day_text(day_of(later.rows.at(0).moment)), "2026-11-28");
    auto by_trace = form;
    by_trace.match = {key_field::terminal, key_field::trace, key_field::date};
    EXPECT_EQ(read_all(text, by_trace, parse_day("20261129")).rows.at(0).key, "T0000001|101|20261128");
}

TEST(StatementReader, AFeeIsPositiveWhereTheMerchantPaysItWhateverItsSenderWrites) {
    auto text = statement_file("unionpay.zm");
    const auto zm = shipped("unionpay-zm");
    EXPECT_EQ(read_all(text, zm, parse_day("20261129")).rows.at(0).fee, 5);
    text = replaced(text, "D000000000950", "C000000000950");
    EXPECT_EQ(read_all(text, zm, parse_day("20261129")).rows.at(1).fee, -950);
    const auto alipay = read_all(statement_file("alipay.csv"), shipped("alipay-bill"));
    EXPECT_EQ(alipay.rows.at(0).fee, 40); // written as -0.40
    EXPECT_EQ(alipay.rows.at(2).fee, -4); // of money given back, as 0.04
}

TEST(StatementReader, ARowMayHaveACurrencyOfItsOwn) {
    const auto form = parse_statement_form(R"(name = "unit"
form = "csv"
encoding = "utf-8"
amounts = "major"
match = ["order"]
row_currency = {column = "unit"}
amount = {column = "sum"}
time = {column = "day", form = "YYYYMMDD"}
key.order = {column = "no"}
)",
        "unit.toml")
                          .value();
    const auto all = read_all("no,sum,day,unit\na,1.5,20261128,156\nb,15,20261128,392\n", form);
    ASSERT_TRUE(all.whole) << all.fault;
    EXPECT_EQ(all.rows.at(0).minor, 150);
    EXPECT_EQ(all.rows.at(0).unit, cny);
    EXPECT_EQ(all.rows.at(1).minor, 15);
    EXPECT_EQ(all.rows.at(1).unit.number, 392);
    for (const std::string unit : {"", "1", "CNY", "1560", "156.5"}) {
        const auto fault = read_all("no,sum,day,unit\na,1,20261128," + unit + "\n", form).fault;
        EXPECT_EQ(fault.code(), reconcile_errc::bad_line) << unit;
        EXPECT_EQ(fault.field(), "unit");
    }
}

TEST(StatementReader, AnEmptyFileIsNoStatement) {
    for (const auto name : statement_form_names()) {
        const auto all = read_all("", shipped(name));
        EXPECT_EQ(all.fault.code(), reconcile_errc::cut_short) << name << " " << all.fault;
    }
}

TEST(StatementReader, WhatAddsUpBeyondSixtyFourBitsIsRefused) {
    const auto form = parse_statement_form(R"(name = "sums"
form = "csv"
encoding = "utf-8"
amounts = "major"
match = ["order"]
rows.end = "end"
amount = {column = "sum"}
time = {column = "day", form = "YYYYMMDD"}
key.order = {column = "no"}
total = [{line = "end", number = 1, sum = {column = "other"}}]
)",
        "sums.toml")
                          .value();
    for (const std::string sign : {"", "-"}) {
        std::string text = "no,sum,day,other\n";
        for (int i = 0; i < 11; ++i)
            text += std::to_string(i) + ",1,20261128," + sign + "9000000000000\n";
        const auto all = read_all(text + "end 0\n", form);
        EXPECT_EQ(all.fault.code(), reconcile_errc::bad_line) << all.fault;
        EXPECT_EQ(all.fault.offset(), 12U) << all.fault;
        EXPECT_EQ(all.fault.field(), "other");
    }
    EXPECT_EQ(read_all("no,sum,day,other\na,10000000000,20261128,1\n", form).fault.code(), reconcile_errc::bad_line);
}

TEST(StatementReader, AFileCutAtAnyByteIsRefused) {
    for (const auto& [file, name] :
        {std::pair{"wechat.csv", "wechat-bill"}, std::pair{"alipay.csv", "alipay-bill"}}) {
        const auto text = statement_file(file);
        const auto form = shipped(name);
        // What stands behind the last number that is checked may be missing, and its decimals, which are zeros.
        const auto needed =
            std::string_view(file) == "wechat.csv" ? text.size() - 5 : text.find("6.00", text.rfind('-')) + 1;
        for (std::size_t size = 0; size < needed; ++size) {
            const auto all = read_all(text.substr(0, size), form);
            EXPECT_FALSE(all.whole) << file << " of " << size << " bytes";
        }
        EXPECT_TRUE(read_all(text.substr(0, needed), form).whole);
    }
    // Fixed width has no end of its own: what can be seen is a line that is cut.
    const auto text = statement_file("unionpay.zm");
    const auto form = shipped("unionpay-zm");
    for (std::size_t size = 1; size < text.size(); ++size) {
        const auto all = read_all(text.substr(0, size), form, parse_day("20261129"));
        EXPECT_EQ(all.whole, size % 609 == 0) << size << " " << all.fault;
        if (!all.whole) {
            EXPECT_EQ(all.fault.code(), reconcile_errc::cut_short) << all.fault;
        }
    }
}

TEST(StatementReader, AWrongCharacterSetIsNamed) {
    const auto alipay = statement_file("alipay.csv");
    const auto as_utf8 = gbk_to_utf8(as_bytes(alipay)).value();
    auto all = read_all(as_utf8, shipped("alipay-bill"));
    EXPECT_EQ(all.fault.code(), reconcile_errc::wrong_encoding) << all.fault;
    EXPECT_NE(all.fault.hint().find("UTF-8"), std::string_view::npos);
    const auto wechat = utf8_to_gbk(statement_file("wechat.csv").substr(3)).value();
    all = read_all(wechat, shipped("wechat-bill"));
    EXPECT_EQ(all.fault.code(), reconcile_errc::wrong_encoding) << all.fault;
    EXPECT_NE(all.fault.hint().find("GBK"), std::string_view::npos);
    EXPECT_EQ(all.fault.offset(), 1U);
}

TEST(StatementReader, TwoFilesInOneAndRowsThatWereTakenOutAreRefused) {
    const auto wechat = statement_file("wechat.csv");
    auto all = read_all(wechat + wechat.substr(3), shipped("wechat-bill"));
    EXPECT_EQ(all.fault.code(), reconcile_errc::behind_end) << all.fault;
    EXPECT_EQ(all.fault.offset(), 8U);
    const auto second = wechat.find("\r\n`2026-11-28 12:40");
    auto less = wechat;
    less.erase(second, wechat.find("\r\n", second + 2) - second);
    all = read_all(less, shipped("wechat-bill"));
    EXPECT_EQ(all.fault.code(), reconcile_errc::wrong_total) << all.fault;
    all = read_all(replaced(wechat, "`117.80,`30.00\r\n", "`117.81,`30.00\r\n"), shipped("wechat-bill"));
    EXPECT_EQ(all.fault.code(), reconcile_errc::wrong_total);
    EXPECT_NE(all.fault.hint().find("says 117.81000, the rows make 117.80000"), std::string_view::npos) << all.fault;
    const auto alipay = statement_file("alipay.csv");
    EXPECT_EQ(read_all(alipay + alipay, shipped("alipay-bill")).fault.code(), reconcile_errc::behind_end);
}

/// What lies beside it among somebody's downloads.
TEST(StatementReader, NamesAFileOfAnotherKind) {
    const auto hint = [](const std::string& text) {
        const auto all = read_all(text, shipped("wechat-bill"));
        return std::string(all.fault.hint());
    };
    EXPECT_TRUE(hint(std::string("PK\x03\x04\x14\0", 6)).starts_with("a ZIP archive: unpack it"));
    EXPECT_EQ(hint("\x1F\x8B\x08"), "a gzip archive: unpack it");
    EXPECT_TRUE(hint("%PDF-1.4\n").starts_with("a PDF"));
    EXPECT_TRUE(hint("<html>\n<body>").starts_with("a page of a website"));
    EXPECT_TRUE(hint(std::string("\xFF\xFE"
                                 "a\0",
                         4))
                    .starts_with("a text in UTF-16"));
    EXPECT_EQ(hint(""), "the file is empty");
}

TEST(StatementReader, WhatDoesNotFitHasItsLineColumnAndWhatIsAllowed) {
    const auto wechat = statement_file("wechat.csv");
    struct fault {
        std::string_view from;
        std::string_view to;
        std::size_t line;
        std::string_view column;
        std::string_view says;
    };
    for (const auto& [from, to, line, column, says] : std::vector<fault>{
             {"`SUCCESS,`OTHERS", "`PAID,`OTHERS", 2, "交易状态", "SUCCESS, REFUND"},
             {"2026-11-28 12:40", "2026-11-31 12:40", 3, "交易时间", "YYYY-MM-DD"},
             {"`12.80,`0.00,`\r\n", "`12.805,`0.00,`\r\n", 2, "订单金额", "smallest unit"},
             {"`12.80,`0.00,`\r\n", "`12,80,`0.00,`\r\n", 2, "订单金额", "a number"},
             {"订单金额,申请", "订单总额,申请", 1, "订单金额", "right form"},
             {"`o-one,", "`o-one,`more,", 2, "", "found 28 values, expected 27"},
         }) {
        const auto all = read_all(replaced(wechat, from, to), shipped("wechat-bill"));
        EXPECT_EQ(all.fault.code(), reconcile_errc::bad_line) << all.fault;
        EXPECT_EQ(all.fault.offset(), line) << all.fault;
        EXPECT_EQ(all.fault.field(), column) << all.fault;
        EXPECT_NE(all.fault.hint().find(says), std::string_view::npos) << all.fault;
        EXPECT_EQ(all.fault.endpoint(), "bill.csv");
    }
    EXPECT_EQ(read_all(std::string("a\0b\n", 4), shipped("wechat-bill")).fault.code(), reconcile_errc::bad_line);
    EXPECT_EQ(
        read_all(std::string(70'000, 'x') + "\n", shipped("wechat-bill")).fault.code(), reconcile_errc::bad_line);
}

TEST(StatementReader, QuotesAreThoseOfRfc4180) {
    const auto form = parse_statement_form(R"(name = "q"
form = "csv"
encoding = "utf-8"
amounts = "major"
match = ["order"]
amount = {column = "sum"}
time = {column = "day", form = "YYYYMMDD"}
key.order = {column = "no"}
)",
        "q.toml")
                          .value();
    auto all = read_all("no,sum,day\n\"a,\"\"b\",\"-1.5\",20261128\n", form);
    ASSERT_TRUE(all.whole) << all.fault;
    EXPECT_EQ(all.rows.at(0).key, "a,\"b");
    EXPECT_EQ(all.rows.at(0).way, direction::give_back);
    EXPECT_EQ(all.rows.at(0).minor, 150);
    EXPECT_EQ(read_all("no,sum,day\n\"a,1,20261128\n", form).fault.code(), reconcile_errc::bad_line);
    EXPECT_EQ(read_all("no,sum,day\n\"a\"b,1,20261128\n", form).fault.code(), reconcile_errc::bad_line);
    EXPECT_EQ(read_all("no,sum,day\na,1,20261128", form).fault.code(), reconcile_errc::cut_short);
    EXPECT_EQ(read_all("", form).fault.code(), reconcile_errc::cut_short);
}

TEST(StatementReader, NumbersAreExact) {
    EXPECT_EQ(parse_decimal("12.34"), 1'234'000);
    EXPECT_EQ(parse_decimal("-0.00001"), -1);
    EXPECT_FALSE(parse_decimal("D000000000950")) << "what a letter means is its column's affair";
    EXPECT_FALSE(parse_decimal("0.000001"));
    EXPECT_FALSE(parse_decimal("1,000"));
    EXPECT_FALSE(parse_decimal(""));
    EXPECT_FALSE(parse_decimal("."));
    EXPECT_FALSE(parse_decimal("99999999999999999999"));
    EXPECT_EQ(nth_decimal("#退款合计：1笔，共-6.00元", 2), -600'000);
    EXPECT_FALSE(nth_decimal("one 1", 2));
}

} // namespace
