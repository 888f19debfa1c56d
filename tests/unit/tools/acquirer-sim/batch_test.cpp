// The simulated host at the end of a batch: totals, uploads, end. None of these messages has a MAC, so that no cipher
// machine is asked but in the last test; the messages are literal field values of the POS dialect.
#include "acquirer-sim/host_core.hpp"
#include "acquirer-sim/security.hpp"
#include "hsm-sim/wire/server.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/client.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace cipherlane::sim {
namespace {

using iso8583::message;

class Batch : public testing::Test {
  protected:
    Batch() {
        books.put_terminal({"TEST0001", "TESTMERCH000001", "", "", ""});
        books.put_card({"6222000000000017", "3012", "135790", 100'000});
        book("000002", ports::trade::sale, 1234);
        book("000003", ports::trade::refund, 234);
    }
    void book(const std::string& trace, ports::trade kind, std::int64_t minor) {
        host_trade trade;
        trade.terminal_id = "TEST0001";
        trade.batch = "000001";
        trade.trace = trace;
        trade.kind = kind;
        trade.card = "6222000000000017";
        trade.amount = minor;
        trade.answer = "00";
        trade.state = ports::record_state::approved;
        books.post(trade, -ledger::signed_minor(kind, minor));
    }
    static message request(std::string_view mti, std::string_view trace, std::string_view field60) {
        message made(mti);
        made.set_tpdu(*iso8583::tpdu::parse("6000030000"));
        made.set_header("603100310730");
        made.set(11, trace).set(41, "TEST0001").set(42, "TESTMERCH000001").set(60, field60);
        return made;
    }
    /// One field of the answer.
    std::string ask(const message& what, int field) {
        bytes frame(2048);
        const auto encoded = iso8583::encode(iso8583::cup_pos(), what, frame).value();
        const auto reply = host.handle(encoded.body);
        if (reply.message.size() < 2) return "no answer";
        return iso8583::decode_body(iso8583::cup_pos(), byte_view(reply.message).subspan(2))->value(field);
    }
    std::string totals(std::string_view debit, std::string_view credit, int field) {
        auto made = request("0500", "000010", "00000001201");
        made.set(48, std::string(debit).append(credit).append(32, '0')).set(49, "156").set(63, "01 ");
        return ask(made, field);
    }
    std::string upload(std::string_view record) {
        auto made = request("0320", "000011", "00000001201");
        made.set(48, std::string("01").append(record));
        return ask(made, 39);
    }
    std::string upload_refund(std::string_view trace, std::string_view minor) {
        auto made = request("0320", trace, "25000001000500");
        made.set(2, "6222000000000017").set(3, "200000").set(4, minor).set(22, "012").set(25, "00");
        made.set(37, "000000000001").set(49, "156").set(61, "0000010000021121").set(63, "01 ");
        return ask(made, 39);
    }
    std::string end(std::string_view network, std::string_view count) {
        auto made = request("0320", "000012", std::string("00000001").append(network));
        made.set(48, count);
        return ask(made, 39);
    }

    host_books books{":memory:"};
    std::unique_ptr<security> machine = security::create("127.0.0.1:1", "payshield", "U0").value();
    issuer bank{books, secret_bytes(16)};
    fault_plan faults{host_faults()};
    int lines = 0; ///< of the log
    host_core host{books, *machine, bank, faults,
        logger(log_level::info, [this](log_level, std::string_view, std::string_view) { ++lines; }),
        [] { return std::chrono::system_clock::now(); }, {}};
};

TEST_F(Batch, BalancesWhereBothSidesHaveTheSame) {
    EXPECT_EQ(totals("000000001234001", "000000000234001", 48).substr(30, 1), "1");
    EXPECT_EQ(end("207", "0000"), "00");
}

TEST_F(Batch, OfOtherTotalsIsUploadedAndEnded) {
    book("000004", ports::trade::sale, 500); // the terminal knows nothing of it
    EXPECT_EQ(totals("000000001234001", "000000000234001", 48).substr(30, 1), "2");
    // ICC flag 00, trace, PAN to 20 digits, amount (POS specification, batch upload of magnetic cards: 40 digits).
    EXPECT_EQ(upload("0000000200006222000000000017000000001234"), "00");
    EXPECT_EQ(end("202", "0002"), "06") << "the refund is missing";
    EXPECT_EQ(upload_refund("000003", "000000000234"), "00");
    EXPECT_EQ(upload_refund("000003", "000000000234"), "00") << "again: the same record";
    EXPECT_EQ(end("202", "0002"), "00");
    EXPECT_EQ(books.uploads("TEST0001", "000001"), 2);
}

/// UnionPay's 77: the batch of the message is not the host's. A host that counts a closed batch again, or books into
/// it, would hide from a till what a real one does.
TEST_F(Batch, OnceClosedTakesNothingMore) {
    EXPECT_EQ(totals("000000001234001", "000000000234001", 39), "00");
    EXPECT_EQ(totals("000000001234001", "000000000234001", 39), "77");
    EXPECT_EQ(upload("0000000200006222000000000017000000001234"), "00") << "records are taken until the end message";
    EXPECT_EQ(end("207", "0001"), "00");
    EXPECT_EQ(end("207", "0001"), "77");
    EXPECT_EQ(upload_refund("000003", "000000000234"), "77");
    EXPECT_TRUE(books.ended("TEST0001", "000001"));
    EXPECT_FALSE(books.settled("TEST0001", "000002"));
}

TEST_F(Batch, TheRigMayHaveAStepRefused) {
    (void)host.control(
        {{"cmd", "faults"}, {"set", {{{"kind", "not_balanced"}, {"match", "batch settlement"}},
                                        {{"kind", "refuse"}, {"match", "batch upload, refund"}, {"value", "99"}},
                                        {{"kind", "refuse"}, {"match", "batch upload end"}}}}});
    EXPECT_EQ(totals("000000001234001", "000000000234001", 48).substr(30, 1), "2");
    EXPECT_EQ(upload_refund("000003", "000000000234"), "99");
    EXPECT_EQ(books.uploads("TEST0001", "000001"), 0) << "nothing of a refused message is done";
    EXPECT_EQ(end("202", "0001"), "96");
    EXPECT_EQ(upload_refund("000003", "000000000234"), "00");
    EXPECT_EQ(end("202", "0001"), "00");
}

/// Reservations leave a balance and are in no totals; a completion takes its place once, and gives it back undone.
TEST_F(Batch, KeepsReservationsApart) {
    constexpr auto card = "6222000000000017";
    const auto before = books.card(card)->balance;
    const auto post = [&](const char* trace, ports::trade kind, std::int64_t minor, std::int64_t money,
                          std::int64_t original) {
        host_trade trade;
        trade.terminal_id = "TEST0001";
        trade.batch = "000001";
        trade.trace = trace;
        trade.kind = kind;
        trade.card = card;
        trade.amount = minor;
        trade.answer = "00";
        trade.state = ports::record_state::approved;
        trade.original = original;
        (void)books.post(trade, money);
        return *books.find("TEST0001", "000001", trace);
    };
    const auto again = [&](const host_trade& of) { return *books.find("TEST0001", "000001", of.trace); };
    const auto held = post("000005", ports::trade::pre_auth, 5000, -5000, 0);
    EXPECT_EQ(books.card(card)->balance, before - 5000);
    EXPECT_EQ(books.totals("TEST0001", "000001").debit, (ports::batch_side{1234, 1}));
    const auto taken = post("000006", ports::trade::completion, 4200, 800, held.id);
    EXPECT_EQ(books.card(card)->balance, before - 4200);
    EXPECT_EQ(again(held).refunded, 4200);
    EXPECT_EQ(books.totals("TEST0001", "000001").debit, (ports::batch_side{5434, 2}));
    const auto undone = post("000007", ports::trade::completion_void, 4200, -800, taken.id);
    EXPECT_EQ(books.card(card)->balance, before - 5000);
    EXPECT_EQ(again(held).refunded, 0);
    EXPECT_EQ(again(taken).state, ports::record_state::voided);
    EXPECT_EQ(books.totals("TEST0001", "000001").credit, (ports::batch_side{4434, 2}));
    books.reverse(undone);
    EXPECT_EQ(books.card(card)->balance, before - 4200);
    EXPECT_EQ(again(held).refunded, 4200);
    books.reverse(again(taken));
    EXPECT_EQ(books.card(card)->balance, before - 5000);
    EXPECT_EQ(again(held).refunded, 0);
    const auto freed = post("000008", ports::trade::pre_auth_void, 5000, 5000, held.id);
    EXPECT_EQ(books.card(card)->balance, before);
    books.reverse(freed);
    EXPECT_EQ(books.card(card)->balance, before - 5000);
    EXPECT_EQ(again(held).state, ports::record_state::approved);
}

/// The host has lists of its own, by name: a trade that stands on none of them ends it at the first totals.
TEST(HostBooks, HaveASideForEveryTradeOfTheHost) {
    for (const auto& row : ledger::trades()) {
        if (row.through != ledger::channel::host) continue;
        host_books books(":memory:");
        host_trade trade;
        trade.terminal_id = "TEST0001";
        trade.batch = "000001";
        trade.trace = "000002";
        trade.kind = row.kind;
        trade.amount = 1234;
        trade.state = ports::record_state::approved;
        (void)books.post(trade, 0);
        const auto sums = books.totals("TEST0001", "000001");
        EXPECT_EQ(sums.debit.count, row.side == ledger::money_side::debit ? 1U : 0U) << row.name;
        EXPECT_EQ(sums.credit.count, row.side == ledger::money_side::credit ? 1U : 0U) << row.name;
    }
}

/// Anybody who connects can send rubbish; that must not fill a disk.
TEST_F(Batch, RubbishCannotFloodTheLog) {
    const bytes rubbish{0x60, 0x00, 0x03, 0x00, 0x00, 0xFF, 0xFF};
    for (int i = 0; i < 25'000; ++i)
        (void)host.handle(rubbish);
    EXPECT_GE(lines, 1);
    EXPECT_LE(lines, 24) << "the first eight, and eight in ten seconds";
}

TEST_F(Batch, UploadsThatDifferCannotFloodTheLog) {
    for (int i = 0; i < 500; ++i) {
        EXPECT_EQ(upload("0000000900006222000000000017000000001234"), "00");
        EXPECT_EQ(upload_refund("000091", "000000000234"), "00");
        EXPECT_EQ(end("202", "0099"), "06");
    }
    EXPECT_GE(lines, 2);
    EXPECT_LE(lines, 48) << "two kinds of lines";
}

// A sign-in has no MAC: who knows a terminal's number can have the cipher machine refuse as often as he likes.
TEST_F(Batch, RefusalsOfTheMachineCannotFloodTheLog) {
    hsm_sim::unit unit(*hsm_sim::settings_of("payshield"), hsm_sim::lmk_set::test());
    const auto there = *hsm_sim::server::start(unit, {0, 1, false}, logger::none());
    const auto keys = security::create("127.0.0.1:" + std::to_string(there->port()), "payshield", "U0").value();
    books.put_terminal({"TEST0001", "TESTMERCH000001", "U" + std::string(32, '1'), "", ""});
    host_core other{books, *keys, bank, faults,
        logger(log_level::info, [this](log_level, std::string_view, std::string_view) { ++lines; }),
        [] { return std::chrono::system_clock::now(); }, {}};
    auto sign_in = request("0800", "000001", "00000001003");
    sign_in.set(63, "01 ");
    bytes frame(2048);
    const auto encoded = iso8583::encode(iso8583::cup_pos(), sign_in, frame).value();
    for (int i = 0; i < 200; ++i) {
        const auto reply = other.handle(encoded.body);
        const auto answer = iso8583::decode_body(iso8583::cup_pos(), byte_view(reply.message).subspan(2));
        ASSERT_EQ(answer->value(39), "96");
    }
    EXPECT_GE(lines, 1);
    EXPECT_LE(lines, 24);
}

// Whoever knows a terminal's number can send MACs and PIN blocks that its cipher machine cannot judge.
TEST_F(Batch, NeitherMacsNorPinBlocksThatTheMachineRefusesFloodTheLog) {
    hsm_sim::unit unit(*hsm_sim::settings_of("payshield"), hsm_sim::lmk_set::test());
    const auto there = *hsm_sim::server::start(unit, {0, 1, false}, logger::none());
    hsm::client_settings of;
    of.at.port = there->port();
    of.dialect = hsm::profile::builtin("payshield").value();
    hsm::client maker(of);
    const auto tak =
        maker.generate_key(hsm::generate_key_request(hsm::key_type::tak), call(std::chrono::seconds(5))).value();
    const std::string good(tak.under_lmk.text());
    const auto of_no_unit = "U" + std::string(32, '1');
    const auto keys = security::create("127.0.0.1:" + std::to_string(there->port()), "payshield", "U0").value();
    host_core other{books, *keys, bank, faults,
        logger(log_level::info, [this](log_level, std::string_view, std::string_view) { ++lines; }),
        [] { return std::chrono::system_clock::now(); }, {}};
    auto sale = request("0200", "000077", "22000001000500");
    sale.set(2, "6222000000000017").set(3, "000000").set(4, "000000001234").set(14, "3012").set(22, "021");
    sale.set(25, "00").set(26, "06").set(49, "156").set(52, bytes(8, 0x11)).set(53, "2600000000000000");
    sale.leave_mac_hole();
    bytes frame(2048);
    const auto made = iso8583::encode(iso8583::cup_pos(), sale, frame).value();
    const auto mac = keys->make_mac(good, made.mac_range, call(std::chrono::seconds(5))).value();
    std::copy(mac.begin(), mac.end(), made.mac.begin());
    for (const bool of_mac : {true, false}) {
        lines = 0;
        books.put_terminal({"TEST0001", "TESTMERCH000001", "", of_no_unit, of_mac ? of_no_unit : good});
        for (int i = 0; i < 200; ++i)
            (void)other.handle(made.body);
        EXPECT_GE(lines, 1) << of_mac;
        EXPECT_LE(lines, 24) << of_mac;
    }
}

/// Which trades a fault can hit is the ledger's to say: a trade that is added is hit like those that were there.
TEST(HostFaults, HitWhateverTheLedgerCallsAPaymentOrAVoid) {
    const auto kinds = host_faults();
    const auto hits = [&](const char* fault, const ledger::trade_row& row) {
        const auto kind =
            std::find_if(kinds.begin(), kinds.end(), [&](const auto& one) { return one.name == fault; });
        const auto& names = kind->operations;
        return std::find(names.begin(), names.end(), ledger::message_of(row).name) != names.end();
    };
    for (const auto& row : ledger::trades()) {
        if (row.through != ledger::channel::host) continue;
        const bool asks = row.role == ledger::trade_role::payment && row.sends == ledger::delivery::online;
        EXPECT_EQ(hits("partial", row), asks) << row.name;
        const bool of_batch = row.role == ledger::trade_role::undoing && row.side != ledger::money_side::none;
        EXPECT_EQ(hits("cut_day", row), of_batch) << row.name;
    }
}

} // namespace
} // namespace cipherlane::sim
