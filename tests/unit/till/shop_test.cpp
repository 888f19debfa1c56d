// Who may do what at a till, and what may be taken.
#include "risk_desk.hpp"
#include "shop.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/ports/trade_guard.hpp>
#include <cipherlane/store/sqlite_limit_totals.hpp>
#include <cipherlane/till/preflight.hpp>

#include <filesystem>
#include <memory>
#include <vector>

namespace cipherlane::tests {
namespace {

TEST_F(Shop, RefusesByTheNameOfTheRightBeforeAnythingLeaves) {
    employ();
    auto till = open();
    expect_refused(till.sale({"a", amount(100)}, soon()), till_errc::nobody_on_duty, "sell");
    EXPECT_TRUE(rig.host.requests.empty());
    ASSERT_TRUE(till.sign_on("07", secret_of("1234"), soon()));
    const auto sold = till.sale({"a", amount(100)}, soon());
    ASSERT_TRUE(sold) << sold.error();
    EXPECT_EQ(sold->operator_id, "07");
    EXPECT_EQ(sold->shift, 1U);
    const auto before = rig.host.requests.size();
    expect_refused(till.void_payment({"b", sold->handle}, soon()), till_errc::no_right, "void");
    expect_refused(till.refund({"c", sold->handle, amount(50)}, soon()), till_errc::no_right, "refund");
    const auto settled = till.settle(soon());
    ASSERT_FALSE(settled);
    EXPECT_EQ(settled.error().field(), "settle");
    EXPECT_NE(settled.error().hint().find("operator 07 may sell; this may 99"), std::string_view::npos)
        << settled.error();
    EXPECT_EQ(till.decide({sold->handle, acquiring::finding::paid, "told"}, soon()).error().field(), "decide");
    EXPECT_EQ(rig.host.requests.size(), before);
    EXPECT_EQ(rig.records().size(), 1U) << "what is refused has no record, and its key is free";
    ASSERT_TRUE(till.sign_on("99", secret_of("tea house"), soon()));
    EXPECT_TRUE(till.refund({"c", sold->handle, amount(50)}, soon()));
    EXPECT_EQ(rig.records().back().operator_id, "99");
    EXPECT_TRUE(till.settle(soon()));
}

TEST_F(Shop, TellsWhatWasDoneUnderAKeyToAnybody) {
    employ();
    auto till = open();
    ASSERT_TRUE(till.sign_on("07", secret_of("1234"), soon()));
    ASSERT_TRUE(till.sale({"a", amount(100)}, soon()));
    till.sign_off();
    const auto told = till.sale({"a", amount(100)}, soon());
    ASSERT_TRUE(told) << told.error();
    EXPECT_EQ(told->told, acquiring::told::recorded);
}

TEST_F(Shop, CountsEachShiftFromTheJournal) {
    employ();
    auto till = open();
    ASSERT_TRUE(till.sign_on("99", secret_of("tea house"), soon()));
    const auto first = till.sale({"a", amount(100)}, soon()).value();
    ASSERT_TRUE(till.sale({"b", amount(250)}, soon()));
    ASSERT_TRUE(till.refund({"c", first.handle, amount(40)}, soon()));
    ASSERT_TRUE(till.sign_on("07", secret_of("1234"), soon()));
    ASSERT_TRUE(till.sale({"d", amount(7)}, soon()));
    ASSERT_TRUE(till.sign_on("99", secret_of("tea house"), soon())) << "goes on with the open one";
    rig.clock.time += 1h;
    const auto ended = till.close_shift(soon()).value();
    EXPECT_EQ(ended.number, 1U);
    EXPECT_EQ(ended.totals.debit, (ports::batch_side{350, 2}));
    EXPECT_EQ(ended.totals.credit, (ports::batch_side{40, 1}));
    EXPECT_EQ(ended.records, 3U);
    EXPECT_TRUE(ended.closed);
    expect_refused(till.sale({"e", amount(1)}, soon()), till_errc::nobody_on_duty, "sell");
    EXPECT_EQ(till.sign_on("99", secret_of("tea house"), soon())->number, 2U);
    EXPECT_EQ(till.status(soon())->operator_id, "99");
    const auto all = till.shifts(10, soon()).value();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[1].operator_name, "Li");
    EXPECT_EQ(all[1].totals.debit, (ports::batch_side{7, 1}));
}

/// A sale under way is in the shift that it began in, and in its report.
TEST_F(Shop, ClosesAShiftAfterThePaymentUnderWay) {
    employ();
    auto till = open();
    ASSERT_TRUE(till.sign_on("99", secret_of("tea house"), soon()));
    std::optional<result<shift_report>> ended;
    std::jthread closing;
    rig.seen.watch = [&](const acquiring::stage_event& what) {
        if (what.at != acquiring::stage::sending || closing.joinable()) return;
        closing = std::jthread([&] { ended.emplace(till.close_shift(soon())); });
        std::this_thread::sleep_for(100ms);
    };
    ASSERT_TRUE(till.sale({"a", amount(100)}, soon()));
    closing.join();
    ASSERT_TRUE(ended && *ended) << ended->error();
    EXPECT_EQ((*ended)->totals.debit, (ports::batch_side{100, 1}));
    EXPECT_EQ((*ended)->undecided, 0U);
    expect_refused(till.sale({"b", amount(1)}, soon()), till_errc::nobody_on_duty, "sell");
}

TEST_F(Shop, LocksAnOperatorOutAfterFiveWrongSecretsAlsoAfterARestart) {
    employ();
    {
        auto till = open();
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ(till.sign_on("07", secret_of("9999"), soon()).error().code(), till_errc::wrong_secret);
        EXPECT_EQ(till.sign_on("55", secret_of("9999"), soon()).error().code(), till_errc::wrong_secret);
    }
    auto till = open();
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(till.sign_on("07", secret_of("9999"), soon()).error().code(), till_errc::wrong_secret);
    EXPECT_EQ(till.sign_on("07", secret_of("1234"), soon()).error().code(), till_errc::locked_out);
    EXPECT_TRUE(till.sign_on("99", secret_of("tea house"), soon())) << "nobody else is concerned";
    rig.clock.time += 16min;
    EXPECT_TRUE(till.sign_on("07", secret_of("1234"), soon()));
}

/// Nobody gains a guess by many at once.
TEST_F(Shop, CountsTriesOneAfterTheOtherHoweverManyComeAtOnce) {
    employ();
    auto till = open();
    std::atomic<int> guesses{0};
    {
        std::vector<std::jthread> all;
        for (int i = 0; i < 24; ++i) {
            all.emplace_back([&] {
                const auto made = till.sign_on("07", secret_of("9999"), call(60s));
                if (made.error().code() == till_errc::wrong_secret) ++guesses;
            });
        }
    }
    EXPECT_EQ(guesses, 5);
}

/// No payment is taken until a settlement under way has ended: whoever is there may end it.
TEST_F(Shop, LetsAnybodyEndASettlementThatIsUnderWay) {
    employ();
    auto till = open();
    ASSERT_TRUE(till.sign_on("99", secret_of("tea house"), soon()));
    ASSERT_TRUE(till.sale({"a", amount(100)}, soon()));
    rig.host.mood.code = "51"; // the fake host then finds a difference
    rig.host.mood.upload_code = "99";
    ASSERT_FALSE(till.settle(soon()));
    rig.host.mood = host_mood();
    ASSERT_TRUE(till.sign_on("07", secret_of("1234"), soon()));
    EXPECT_EQ(till.sale({"b", amount(100)}, soon()).error().code(), acquiring_errc::settlement_due);
    const auto ended = till.settle(soon());
    ASSERT_TRUE(ended) << ended.error();
    EXPECT_TRUE(ended->resumed);
    EXPECT_EQ(till.settle(soon()).error().field(), "settle") << "but not begin one";
}

TEST_F(Shop, KeepsOperatorsInAPrivateFileWithoutTheirSecrets) {
    employ();
    std::ifstream file(settings.clerks.file);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(text.find("\"1234\""), std::string::npos) << text; // a digest may have these digits by chance
    EXPECT_EQ(text.find("tea house"), std::string::npos);
    const auto read = clerk_book::load(settings.clerks.file).value();
    ASSERT_EQ(read.clerks().size(), 2U);
    EXPECT_EQ(read.find("99")->name, "Wang");
    EXPECT_EQ(words_of(read.find("07")->rights), "sell");
    std::filesystem::permissions(settings.clerks.file, std::filesystem::perms(0644));
    EXPECT_FALSE(clerk_book::load(settings.clerks.file));
    for (const char* wrong : {"[[clerk]]\nid = \"1234\"\nsecret = \"x\"\nrights = []\n",
             "[[clerk]]\nid = \"07\"\nsecret = \"x\"\nrights = [\"everything\"]\n",
             "[[clerk]]\nid = \"07\"\nrights = []\n", "[[clark]]\n",
             "[[clerk]]\nid = \"07\"\nsecret = \"x\"\nrights = []\n[[clerk]]\nid = \"07\"\nsecret = \"x\"\nrights = "
             "[]\n"}) {
        const auto made = clerk_book::parse(wrong, "clerks.toml");
        ASSERT_FALSE(made) << wrong;
        EXPECT_EQ(made.error().code(), till_errc::bad_setting) << made.error();
    }
}

TEST_F(Shop, IsLookedAtBeforeTheDay) {
    employ();
    rule("kind = \"micro credit\"\nday = 1000\n");
    settings.journal.key_file = folder.file("own.key");
    const auto steps = preflight(settings, soon());
    const auto of = [&](std::string_view part) {
        return *std::find_if(steps.begin(), steps.end(), [&](const auto& one) { return one.part == part; });
    };
    EXPECT_EQ(of("operators").state, preflight_state::good);
    EXPECT_EQ(of("rules").state, preflight_state::wrong);
    EXPECT_NE(of("rules").found.find("month"), std::string::npos) << of("rules").found;
}

constexpr auto micro_rule = "kind = \"micro credit\"\nday = 1000\nmonth = 5000\n";

TEST_F(Shop, RefusesByTheNameOfTheRuleWithItsSourceAndWhatIsLeft) {
    rule(micro_rule);
    settings.rules.micro_identity = "digest";
    settings.rules.code_funding = till_settings::rules_place::funds::credit;
    auto till = open();
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto first = till.qr_sale({"a", amount(800)}, soon());
    ASSERT_TRUE(first && first->ok()) << first.error();
    const auto before = rig.records().size();
    const auto second = till.qr_sale({"b", amount(300)}, soon());
    expect_refused(second, till_errc::rule_refuses, "micro");
    EXPECT_NE(second.error().hint().find("2.00 is left; the law"), std::string_view::npos) << second.error();
    EXPECT_EQ(rig.records().size(), before) << "nothing has left";
    ASSERT_TRUE(till.refund({"c", first->handle, amount(500)}, soon())->ok());
    EXPECT_TRUE(till.qr_sale({"b", amount(300)}, soon())->ok()) << "what went back is free, and so is the key";
    EXPECT_TRUE(till.sale({"card", amount(90'000)}, soon())->ok()) << "no code, no credit by code";
}

TEST_F(Shop, SaysThatTheTotalsOfItsLimitsAreLost) {
    rule(micro_rule);
    settings.rules.micro_identity = "digest";
    settings.rules.code_funding = till_settings::rules_place::funds::credit;
    settings.rules.totals_file = folder.file("limits.db");
    int told = 0;
    log = logger(log_level::error, [&](log_level, std::string_view part, std::string_view line) {
        if (part == "rules" && line.find(settings.rules.totals_file) != std::string_view::npos) ++told;
    });
    rig.gateway.pays = fake_gateway::payer::before_notification;
    ASSERT_TRUE(open().qr_sale({"a", amount(800)}, soon())->ok());
    EXPECT_EQ(told, 0) << "a till that has taken nothing yet";
    expect_refused(open().qr_sale({"b", amount(300)}, soon()), till_errc::rule_refuses, "micro");
    EXPECT_EQ(told, 0) << "on file";
    std::filesystem::remove(settings.rules.totals_file);
    ASSERT_TRUE(open().qr_sale({"b", amount(300)}, soon())->ok());
    EXPECT_EQ(told, 1);
    ASSERT_TRUE(open().qr_sale({"c", amount(300)}, soon())->ok());
    EXPECT_EQ(told, 1) << "once";
}

TEST_F(Shop, CountsNothingOfWhatIsNotPaid) {
    rule(micro_rule);
    settings.rules.micro_identity = "digest";
    settings.rules.code_funding = till_settings::rules_place::funds::credit;
    settings.terminals.front().gateway.response_time = 1s;
    settings.terminals.front().gateway.poll = 50ms;
    auto till = open();
    for (const char* key : {"a", "b"}) {
        const auto unpaid = till.qr_sale({key, amount(900)}, call(2s));
        ASSERT_TRUE(unpaid) << unpaid.error();
        EXPECT_EQ(unpaid->outcome, verdict::declined);
    }
    rig.gateway.pays = fake_gateway::payer::before_notification;
    EXPECT_TRUE(till.qr_sale({"c", amount(1000)}, soon())->ok());
}

/// It was told as not paid, and is paid all the same.
TEST_F(Shop, CountsAgainWhatAPersonFindsPaid) {
    rule(micro_rule);
    settings.rules.micro_identity = "digest";
    settings.rules.code_funding = till_settings::rules_place::funds::credit;
    auto& terminal = settings.terminals.front();
    terminal.gateway.response_time = 1s;
    terminal.gateway.poll = 50ms;
    terminal.qr.unwanted = acquiring::unwanted_payment::is_asked;
    auto till = open();
    const auto unpaid = till.qr_sale({"a", amount(900)}, call(2s)).value();
    ASSERT_EQ(unpaid.outcome, verdict::declined);
    ports::qr_order_status told;
    told.order_number = unpaid.order_number;
    told.merchant_id = terminal.merchant_id;
    told.terminal_id = terminal.terminal_id;
    told.state = ports::qr_order_state::paid;
    told.paid = amount(900);
    told.transaction_number = "T0001";
    rig.books.orders[0].state = 'P';
    ASSERT_TRUE(rig.journal->keep_notice(told, soon()));
    ASSERT_TRUE(till.recover(soon()));
    const auto decided = till.decide({unpaid.handle, acquiring::finding::paid, "goods were handed out"}, soon());
    ASSERT_TRUE(decided) << decided.error();
    ASSERT_EQ(decided->outcome, verdict::approved);
    rig.gateway.pays = fake_gateway::payer::before_notification;
    expect_refused(till.qr_sale({"b", amount(200)}, soon()), till_errc::rule_refuses, "micro");
    ASSERT_TRUE(till.refund({"c", unpaid.handle, amount(900)}, soon())->ok());
    EXPECT_TRUE(till.qr_sale({"b", amount(200)}, soon())->ok()) << "what went back is free again, once";
}

TEST_F(Shop, KnowsCreditCardsByTheirNumbers) {
    rule("kind = \"category\"\nmcc = [\"5812\"]\nfunding = [\"debit\"]\n[[card]]\nbegins = \"62\"\npays = "
         "\"debit\"\n[[card]]\nbegins = \"" +
         std::string(test_pan).substr(0, 6) + "\"\npays = \"credit\"\n");
    settings.rules.category = "5812";
    auto till = open();
    expect_refused(till.sale({"a", amount(100)}, soon()), till_errc::rule_refuses, "micro");
    EXPECT_TRUE(rig.records().empty());
}

TEST_F(Shop, KeepsCreditOutOfACardsTradeByARuleAlone) {
    const std::string cards =
        "[[card]]\nbegins = \"" + std::string(test_pan).substr(0, 6) + "\"\npays = \"credit\"\n";
    acquiring::trade_request wish(ports::trade::sale, "a", amount(100));
    wish.funds = ports::order_funds::no_credit;
    rule("kind = \"category\"\nmcc = [\"5812\"]\nfunding = [\"debit\"]\n" + cards);
    {
        auto till = open();
        const auto unjudged = till.trade(wish, soon());
        ASSERT_FALSE(unjudged);
        EXPECT_EQ(unjudged.error().field(), "funds") << unjudged.error();
    }
    rule("kind = \"order credit\"\n" + cards);
    auto till = open();
    expect_refused(till.trade(wish, soon()), till_errc::rule_refuses, "micro");
    EXPECT_TRUE(rig.records().empty());
    wish.funds = ports::order_funds::any;
    EXPECT_TRUE(till.trade(wish, soon())->ok());
}

/// Before it is paid nobody knows what pays: what the gateway tells with its answer counts.
TEST_F(Shop, CountsWhatTheGatewaySaysThatPaid) {
    rule(micro_rule);
    settings.rules.micro_identity = "digest";
    rig.gateway.pays = fake_gateway::payer::before_notification;
    {
        auto till = open();
        rig.gateway.payer_told.pays = ports::funding::credit;
        ASSERT_TRUE(till.qr_sale({"a", amount(800)}, soon())->ok());
        rig.gateway.payer_told.pays = ports::funding::debit;
        ASSERT_TRUE(till.qr_sale({"b", amount(90'000)}, soon())->ok());
    }
    settings.rules.code_funding = till_settings::rules_place::funds::credit;
    auto till = open();
    const auto over = till.qr_sale({"c", amount(300)}, soon());
    expect_refused(over, till_errc::rule_refuses, "micro");
    EXPECT_NE(over.error().hint().find("2.00 is left"), std::string_view::npos) << over.error();
    rig.gateway.payer_told.pays = ports::funding::balance;
    for (const char* key : {"d", "e", "f"})
        EXPECT_TRUE(till.qr_sale({key, amount(200)}, soon())->ok()) << "judged as credit, and it was none";
    const auto paid = rig.records().front();
    ASSERT_TRUE(till.refund({"g", paid.id, amount(800)}, soon())->ok());
    rig.gateway.payer_told.pays = ports::funding::credit;
    EXPECT_TRUE(till.qr_sale({"h", amount(1000)}, soon())->ok()) << "what went back is free";
}

TEST_F(Shop, CountsTheDayOfAPayerWhomTheGatewayNames) {
    rule("kind = \"payer grade\"\ngrade = \"C\"\nday = 1000\n");
    settings.rules.payer_grade = payer_grades::c;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    rig.gateway.payer_told.name = "00112233445566778899AABBCCDDEEFF";
    auto till = open();
    ASSERT_TRUE(till.qr_sale({"a", amount(700)}, soon())->ok());
    ASSERT_TRUE(till.qr_sale({"b", amount(700)}, soon())->ok()) << "who it is was told once it was paid";
    const auto totals = store::sqlite_limit_totals::open(settings.journal.file + ".totals", soon()).value();
    const auto today = ports::to_civil(rig.clock.now()).yyyymmdd();
    EXPECT_EQ(totals->taken("micro/grade:" + rig.gateway.payer_told.name, today, soon()).value(), 1'400);
}

/// No gateway tells before it is paid what pays: where the shop takes no credit it must be asked to keep it out.
TEST_F(Shop, HasTheGatewayKeepCreditOutWhereNobodyKnowsWhatPays) {
    using funds = ports::order_funds;
    rule("kind = \"order credit\"\n");
    settings.rules.order_allows_credit = false;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    {
        auto till = open();
        ASSERT_TRUE(till.qr_sale({"a", amount(100)}, soon())->ok());
        EXPECT_EQ(rig.gateway.funds, funds::no_credit);
        rig.gateway.funds = funds::any;
        acquiring::trade_request by_code(ports::trade::qr_charge, "code", amount(100));
        by_code.payment_code = acquiring::payer_code(wiped_text("134567890123456789"));
        ASSERT_TRUE(till.trade(by_code, soon())->ok());
        EXPECT_EQ(rig.gateway.funds, funds::no_credit);
        expect_refused(till.sale({"card", amount(100)}, soon()), till_errc::rule_refuses, "micro");
    }
    settings.rules.code_funding = till_settings::rules_place::funds::debit;
    auto till = open();
    ASSERT_TRUE(till.qr_sale({"b", amount(100)}, soon())->ok());
    EXPECT_EQ(rig.gateway.funds, funds::any) << "the contract says that it is none";
}

TEST_F(Shop, AsksAboutTheRiskWithoutTheCardsNumber) {
    judged = true;
    auto till = open();
    ASSERT_TRUE(till.sale({"a", amount(100)}, soon()));
    EXPECT_EQ(judge.asked, 1);
    EXPECT_NE(judge.seen.find("***"), std::string::npos);
    judge.opinion = {ports::risk_word::reject, "stolen"};
    const auto refused = till.sale({"b", amount(100)}, soon());
    expect_refused(refused, till_errc::risk_refuses, "reject");
    EXPECT_EQ(refused.error().hint(), "stolen");
    judge.opinion = {ports::risk_word::review, "new card"};
    expect_refused(till.sale({"b", amount(100)}, soon()), till_errc::risk_refuses, "review");
    EXPECT_EQ(rig.records().size(), 1U);
}

TEST_F(Shop, LetsWhoMayReviewTakeIt) {
    judged = true;
    judge.opinion = {ports::risk_word::review, "new card"};
    clerk_book all;
    ASSERT_TRUE(all.put({"01", "", {right::sell, right::review}}, as_bytes(std::string_view("1234")), cheap));
    settings.clerks.file = folder.file("clerks.toml");
    ASSERT_TRUE(all.save(settings.clerks.file));
    auto till = open();
    ASSERT_TRUE(till.sign_on("01", secret_of("1234"), soon()));
    EXPECT_TRUE(till.sale({"a", amount(100)}, soon()));
}

TEST_F(Shop, DoesNotWaitForARiskThatIsNotJudgedInTime) {
    judged = true;
    judge.waits = true;
    settings.risk.deadline = 50ms;
    {
        auto till = open();
        EXPECT_TRUE(till.sale({"a", amount(100)}, soon())) << "the settings accept then";
    }
    settings.risk.otherwise = till_settings::risk_place::word::reject;
    auto till = open();
    expect_refused(till.sale({"b", amount(100)}, soon()), till_errc::risk_refuses, "reject");
}

TEST_F(Shop, TakesAJudgeThatThrowsForOneThatSaysNothing) {
    judged = true;
    judge.throws = true;
    {
        auto till = open();
        EXPECT_TRUE(till.sale({"a", amount(100)}, soon())) << "the settings accept then";
    }
    settings.risk.otherwise = till_settings::risk_place::word::reject;
    auto till = open();
    expect_refused(till.sale({"b", amount(100)}, soon()), till_errc::risk_refuses, "reject");
    judge.throws = false;
    EXPECT_TRUE(till.sale({"b", amount(100)}, soon())) << "the next one is judged";
}

/// Nothing goes unjudged because another lane's payment is being judged.
TEST(RiskDesk, LetsAPaymentWaitForItsTurn) {
    const auto judge = std::make_shared<fixed_judge>();
    judge->opinion = {ports::risk_word::reject, "stolen"};
    judge->waits = true;
    till_settings::risk_place how;
    how.deadline = 30s;
    assembly::risk_desk desk(judge, how, logger::none());
    const auto ask = [&](ports::risk_opinion& to) {
        return std::jthread([&] { to = desk.ask(ports::journal_record(), call(60s)); });
    };
    ports::risk_opinion first;
    ports::risk_opinion second;
    {
        const auto one = ask(first);
        while (judge->asked == 0)
            std::this_thread::sleep_for(1ms);
        const auto other = ask(second);
        std::this_thread::sleep_for(50ms);
        judge->waits = false;
    }
    EXPECT_EQ(first.word, ports::risk_word::reject) << first.reason;
    EXPECT_EQ(second.word, ports::risk_word::reject) << second.reason;
    EXPECT_EQ(judge->asked, 2);
}

class throwing_guard final : public ports::trade_guard {
  public:
    [[nodiscard]] result<ports::duty> may_begin(
        const std::string& /*terminal_id*/, const ports::intent& /*what*/, const call& /*bounds*/) override {
        if (at_begin) throw std::runtime_error("no duty roster");
        return ports::duty();
    }
    [[nodiscard]] result<void> may_send(const ports::journal_record& /*fresh*/, const call& /*bounds*/) override {
        if (at_send) throw 1;
        return {};
    }
    void not_sent(const ports::journal_record& /*record*/) noexcept override {}
    void decided(const ports::journal_record& /*record*/) noexcept override {}
    bool at_begin = true;
    bool at_send = true;
};

TEST(TradeGuard, RefusesByThrowingAndTheLaneGoesOn) {
    lane_rig rig;
    throwing_guard guard;
    acquiring::lane_ports with(*rig.journal);
    with.host = &rig.host;
    with.sealer = rig.sealer.get();
    with.pinpad = &rig.pinpad;
    with.guard = &guard;
    auto lane = acquiring::lane::open(rig_settings(), with, soon(), logger::none()).value();
    const auto sell = [&] { return acquiring::sale(lane).run({"a", amount(100)}, soon()); };
    const auto at_begin = sell();
    ASSERT_FALSE(at_begin);
    EXPECT_EQ(at_begin.error().field(), "guard");
    EXPECT_EQ(at_begin.error().hint(), "no duty roster");
    guard.at_begin = false;
    EXPECT_FALSE(sell());
    EXPECT_TRUE(rig.records().empty()) << "nothing has left, and the key is free";
    guard.at_send = false;
    EXPECT_TRUE(sell()->ok());
}

} // namespace
} // namespace cipherlane::tests
