#include "support/vectors.hpp"
#include "unit/pos_exchanges.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/errc.hpp>
#include <cipherlane/iso8583/response_code.hpp>
#include <cipherlane/iso8583/transaction.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace cipherlane::iso8583 {
namespace {

std::map<std::string, bytes> published() {
    std::map<std::string, bytes> rows;
    for (const auto& row : tests::load_vectors("iso8583_cup_pos.csv")) {
        if (row.ok()) rows[row["id"]] = *from_hex(row["hex"]);
    }
    return rows;
}

TEST(Transactions, PublishedRequestsAreKnownAndComplete) {
    const auto rows = published();
    const std::map<std::string, transaction> wanted{
        {"cup-01", transaction::sign_in},
        {"cup-03", transaction::sale},
        {"cup-08", transaction::reversal},
        {"cup-09", transaction::batch_settle},
        {"cup-11", transaction::qr_sale},
        {"cup-14", transaction::sale},
    };
    for (const auto& [id, what] : wanted) {
        SCOPED_TRACE(id);
        const auto view = decode(cup_pos(), rows.at(id));
        ASSERT_TRUE(view);
        EXPECT_EQ(identify(*view), what);
        const auto good = check_fields(*view, row_of(what));
        EXPECT_TRUE(good) << good.error();
    }
    EXPECT_FALSE(identify(*decode(cup_pos(), rows.at("cup-05"))));
}

TEST(Transactions, MessagesLaidOutByHandAreKnownCompleteAndMadeAgain) {
    for (const auto& one : tests::pos_exchanges) {
        SCOPED_TRACE(one.name);
        const auto request_bytes = from_hex(one.request).value();
        const auto request = decode_body(cup_pos(), request_bytes);
        ASSERT_TRUE(request) << request.error();
        const auto what = identify(*request);
        ASSERT_TRUE(what);
        EXPECT_TRUE(one.name.starts_with(row_of(*what).name));
        const auto good = check_fields(*request, row_of(*what));
        EXPECT_TRUE(good) << good.error();
        bytes room(2048);
        EXPECT_EQ(to_hex(encode(cup_pos(), request->to_message(), room)->body), one.request);
        if (one.answer.empty()) continue;
        const auto answer_bytes = from_hex(one.answer).value();
        const auto answer = decode_body(cup_pos(), answer_bytes);
        ASSERT_TRUE(answer) << answer.error();
        EXPECT_TRUE(answers(*answer, request->to_message()));
        EXPECT_EQ(to_hex(encode(cup_pos(), answer->to_message(), room)->body), one.answer);
        // Each required field is missed, and named.
        for (const int field : row_of(*what).required.without(field_set::of(64))) {
            auto without = request->to_message();
            without.remove(field);
            EXPECT_EQ(check_fields(without, row_of(*what)).error().field(), std::to_string(field));
        }
    }
}

TEST(Transactions, HaveEachARequestAndAnAnswerLaidOutByHand) {
    for (const auto& row : transactions()) {
        const auto whole = [&](const tests::pos_exchange& one) {
            return one.name == row.name && !one.answer.empty();
        };
        EXPECT_TRUE(std::any_of(tests::pos_exchanges.begin(), tests::pos_exchanges.end(), whole)) << row.name;
    }
}

TEST(Transactions, MissingAndForeignFieldsAreNamed) {
    auto sale = decode(cup_pos(), published().at("cup-03"))->to_message();
    sale.remove(64);
    EXPECT_EQ(check_fields(sale, row_of(transaction::sale)).error().field(), "64");
    sale.leave_mac_hole().set(39, "00");
    EXPECT_EQ(check_fields(sale, row_of(transaction::sale)).error().field(), "39");
}

TEST(Transactions, PrepareWritesTheKindAndMoneyRowsAreSealed) {
    message what;
    prepare(what, row_of(transaction::refund));
    EXPECT_EQ(what.mti(), "0220");
    EXPECT_EQ(what.get(3), "200000");
    EXPECT_EQ(what.get(25), "00");
    EXPECT_EQ(answer_mti("0400").view(), "0410");
    for (const auto& row : transactions()) {
        EXPECT_TRUE(row.silence != on_silence::reverse || row.seal == sealing::mac) << row.name;
    }
    EXPECT_EQ(row_of(transaction::refund).silence, on_silence::nothing);
    EXPECT_EQ(row_of(transaction::sale_void).silence, on_silence::reverse);
}

TEST(Transactions, AnAnswerMustBeTheRequestsOwn) {
    const auto rows = published();
    const auto answer_bytes = rows.at("cup-05");
    const auto answer = *decode(cup_pos(), answer_bytes);
    message request("0200");
    request.set(3, "000000").set(4, "000000000001").set(11, "000003").set(41, "TEST0001").set(42, "TESTMERCH000001");
    EXPECT_TRUE(answers(answer, request));
    for (const auto& [field, value] :
        std::map<int, std::string>{{3, "200000"}, {4, "000000000002"}, {11, "000004"}, {41, "TEST0002"}, {42, "X"}}) {
        auto other = request.clone();
        other.set(field, std::string_view(value));
        EXPECT_FALSE(answers(answer, other)) << field;
    }
    auto other = request.clone();
    EXPECT_FALSE(answers(answer, other.set_mti("0220")));
}

/// A trace comes again in another batch; what a sign-in is answered tells the terminal its batch.
TEST(Transactions, AnAnswerOfAnotherBatchIsNotTheRequestsOwn) {
    const auto answered = [](std::string_view mti, std::string_view field60) {
        message reply(mti);
        reply.set_header("603100310730").set(11, "000003").set(39, "00");
        if (!field60.empty()) reply.set(60, field60);
        return encode(cup_pos(), reply).value();
    };
    message sale("0200");
    sale.set(11, "000003").set(60, "22000007000");
    EXPECT_TRUE(answers(*decode(cup_pos(), answered("0210", "22000007")), sale));
    EXPECT_TRUE(answers(*decode(cup_pos(), answered("0210", "")), sale)) << "not told";
    EXPECT_TRUE(answers(*decode(cup_pos(), answered("0210", "22000000")), sale)) << "not told either";
    EXPECT_FALSE(answers(*decode(cup_pos(), answered("0210", "22000006")), sale));
    EXPECT_FALSE(answers(*decode(cup_pos(), answered("0210", "22100000")), sale));
    message sign_in("0800");
    sign_in.set(11, "000003").set(60, "00000007003");
    EXPECT_TRUE(answers(*decode(cup_pos(), answered("0810", "00000009003")), sign_in));
}

TEST(Transactions, APartialApprovalMayNameAnotherAmount) {
    message reply("0210");
    reply.set_header("603100310730").set(3, "000000").set(4, "000000000001").set(11, "000003").set(39, "10");
    const auto wire = encode(cup_pos(), reply);
    ASSERT_TRUE(wire);
    message request("0200");
    request.set(3, "000000").set(4, "000000000009").set(11, "000003");
    EXPECT_TRUE(answers(*decode(cup_pos(), *wire), request));
}

TEST(ResponseCodes, SayWhatToDo) {
    for (const auto* code : {"00", "11", "16", "A2", "A4", "A5", "A6"})
        EXPECT_TRUE(approved(code)) << code;
    for (const auto* code : {"01", "51", "55", "A0", "ZZ", ""})
        EXPECT_FALSE(approved(code)) << code;
    EXPECT_EQ(response_of("10").action, response_action::approve_partial);
    EXPECT_EQ(response_of("A0").action, response_action::sign_in_again);
    EXPECT_EQ(response_of("41").action, response_action::capture);
    EXPECT_EQ(response_of("ZZ").action, response_action::decline);
}

/// Written out apart from the table, code by code: whoever adds one says what it proves.
TEST(ResponseCodes, ProveNoMoreThanTheySay) {
    const std::set<std::string_view> proves_nothing_of_a_trade{"68", "94", "96", "98"};
    const std::set<std::string_view> undoes{"00", "11", "16", "A2", "A4", "A5", "A6"};
    const std::set<std::string_view> passes{"68", "77", "90", "91", "92", "96", "98", "99", "A0"};
    const std::set<std::string_view> proves_nothing_of_a_reversal{"10", "12", "25", "40"};
    for (const auto& row : response_codes()) {
        const auto of_trade = approved(row.code)                             ? proof::done
                              : proves_nothing_of_a_trade.contains(row.code) ? proof::nothing
                                                                             : proof::not_done;
        const auto of_reversal = undoes.contains(row.code)                         ? proof::done
                                 : passes.contains(row.code)                       ? proof::again
                                 : proves_nothing_of_a_reversal.contains(row.code) ? proof::nothing
                                                                                   : proof::not_done;
        EXPECT_EQ(row.of_trade, of_trade) << row.code;
        EXPECT_EQ(row.of_reversal, of_reversal) << row.code;
    }
    for (const auto* code : {"ZZ", "08", "09", "32", "", "0", "000"}) {
        EXPECT_EQ(response_of(code).of_trade, proof::nothing) << code << ": other networks may approve by it";
        EXPECT_FALSE(approved(code)) << code;
    }
    EXPECT_EQ(response_of("ZZ").of_reversal, proof::not_done);
}

} // namespace
} // namespace cipherlane::iso8583
