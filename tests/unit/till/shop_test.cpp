// Who may do what at a till, what may be taken, and what nobody may forget.
#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/settlement_reminder.hpp>
#include <cipherlane/ports/risk_judge.hpp>
#include <cipherlane/till/clerk_book.hpp>
#include <cipherlane/till/errc.hpp>
#include <cipherlane/till/preflight.hpp>
#include <cipherlane/till/till.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

constexpr crypto::scrypt_cost cheap{8, 8, 1}; ///< for tests alone

secret_bytes secret_of(std::string_view text) {
    return secret_bytes(as_bytes(text));
}

class fixed_judge final : public ports::risk_judge {
  public:
    [[nodiscard]] result<ports::risk_opinion> judge(
        const ports::journal_record& payment, const call& bounds) override {
        ++asked;
        seen = payment.masked_pan;
        while (waits && !bounds.stopped())
            std::this_thread::sleep_for(1ms);
        return opinion;
    }
    ports::risk_opinion opinion;
    bool waits = false;
    std::atomic<int> asked{0};
    std::string seen;
};

/// A till of a shop over the fakes of the lane's tests, with the rig's journal.
class Shop : public testing::Test {
  protected:
    Shop() {
        static_cast<acquiring::terminal_settings&>(settings.terminals.emplace_back()) = rig_settings();
        settings.journal.file = folder.file("own.db");
    }
    void employ() {
        clerk_book all;
        ASSERT_TRUE(all.put({"07", "Li", {right::sell}}, as_bytes(std::string_view("1234")), cheap));
        ASSERT_TRUE(all.put({"99", "Wang", {right::sell, right::undo, right::refund, right::decide, right::settle}},
            as_bytes(std::string_view("tea house")), cheap));
        settings.clerks.file = folder.file("clerks.toml");
        ASSERT_TRUE(all.save(settings.clerks.file));
    }
    void rule(const std::string& text) {
        settings.rules.file = folder.file("rules.toml");
        std::ofstream(settings.rules.file) << "[[rule]]\nname = \"micro\"\nsource = \"the law\"\nsince = "
                                              "\"2018-04-01\"\naction = \"refuse\"\n"
                                           << text;
    }
    till open() {
        till::parts with;
        with.host = lend(rig.host);
        with.sealer = lend(*rig.sealer);
        with.pinpad = lend(rig.pinpad);
        with.display = lend(rig.display);
        with.gateway = lend(rig.gateway);
        with.clock = lend(rig.clock);
        with.journal = lend(*rig.journal);
        with.observer = lend(rig.seen);
        with.log = logger::none();
        if (judged) with.risk = lend(judge);
        return till::open(settings, std::move(with), soon()).value();
    }
    static void expect_refused(const result<payment>& end, till_errc why, std::string_view field) {
        ASSERT_FALSE(end) << *end;
        EXPECT_EQ(end.error().code(), why) << end.error();
        EXPECT_EQ(end.error().field(), field);
    }

    lane_rig rig;
    temporary_folder folder;
    till_settings settings;
    fixed_judge judge;
    bool judged = false;
};

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

TEST_F(Shop, KeepsOperatorsInAPrivateFileWithoutTheirSecrets) {
    employ();
    std::ifstream file(settings.clerks.file);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(text.find("1234"), std::string::npos) << text;
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

TEST_F(Shop, KnowsCreditCardsByTheirNumbers) {
    rule("kind = \"category\"\nmcc = [\"5812\"]\nfunding = [\"debit\"]\n[[card]]\nbegins = \"62\"\npays = "
         "\"debit\"\n[[card]]\nbegins = \"" +
         std::string(test_pan).substr(0, 6) + "\"\npays = \"credit\"\n");
    settings.rules.category = "5812";
    auto till = open();
    expect_refused(till.sale({"a", amount(100)}, soon()), till_errc::rule_refuses, "micro");
    EXPECT_TRUE(rig.records().empty());
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

TEST(SettlementReminder, IsDueAtTheFirstSuchHourAfterTheFirstPayment) {
    using std::chrono::sys_days;
    using namespace std::chrono;
    const auto day = sys_days(year{2026} / 11 / 30);
    const auto china = [&](hours h, minutes m) { return day + h + m - 8h; };
    EXPECT_EQ(acquiring::settlement_due(china(9h, 0min), 23h), china(23h, 0min));
    EXPECT_EQ(acquiring::settlement_due(china(23h, 0min), 23h), china(47h, 0min)) << "not at once";
    EXPECT_EQ(acquiring::settlement_due(china(23h, 30min), 23h), china(47h, 0min));
    EXPECT_EQ(acquiring::settlement_due(china(1h, 0min), 2h), china(2h, 0min));
    EXPECT_EQ(acquiring::time_of_day("23:59"), 23h + 59min);
    for (const char* wrong : {"", "24:00", "23:60", "9:00", "09-00", "ab:cd"})
        EXPECT_FALSE(acquiring::time_of_day(wrong)) << wrong;
}

TEST_F(Shop, RemindsOfTheSettlementInEveryAnswerUntilItIsDone) {
    settings.terminals.front().settlement.remind_at = "23:00";
    const auto overdue = [&] {
        const auto alerts = rig.seen.alerts();
        return std::count_if(alerts.begin(), alerts.end(),
            [](const auto& one) { return one.kind == acquiring::alert_kind::settlement_overdue; });
    };
    auto till = open();
    const auto first = till.sale({"a", amount(100)}, soon()).value();
    EXPECT_FALSE(first.settlement_overdue);
    EXPECT_FALSE(till.status(soon())->settlement_overdue);
    rig.clock.time += 24h;
    EXPECT_TRUE(till.status(soon())->settlement_overdue);
    EXPECT_TRUE(till.sale({"b", amount(100)}, soon())->settlement_overdue);
    EXPECT_TRUE(till.sale({"c", amount(100)}, soon())->settlement_overdue);
    EXPECT_EQ(overdue(), 1) << "one alert for a batch";
    ASSERT_TRUE(till.settle(soon()));
    EXPECT_FALSE(till.sale({"d", amount(100)}, soon())->settlement_overdue);
    EXPECT_FALSE(till.status(soon())->settlement_overdue);
}

} // namespace
} // namespace cipherlane::tests
