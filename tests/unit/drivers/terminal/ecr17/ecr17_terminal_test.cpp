// What an ECR17 terminal says late to one question is not taken for the answer to the next.
#include "support/scripted_transport.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/terminal/ecr17/ecr17_terminal.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;
using ports::terminal_outcome;
using ports::terminal_request;
using ports::terminal_verb;
using tests::hex;
using tests::machine_script;
using tests::script;

const currency euro{978, 2};
const terminal_request pay(terminal_verb::authorise, amount(1234, euro));
constexpr auto check = ecr17_check::message_etx;

bytes framed(const std::string& message, ecr17_check how = check) {
    return ecr17_frame(message, how);
}

/// Results by the text's places: E to X has 92 characters, E to S 84.
std::string head_of(int stan) {
    const auto number = "00000" + std::to_string(stan);
    return "123456780E00" + std::string(15, '0') + "0017ICC1234561161923" + "2" + "00000000001" + number + number +
           "000";
}
std::string paid(int stan, const std::string& cents) {
    return head_of(stan) + cents + std::string(10, '0');
}
std::string undone(int stan) {
    return head_of(stan) + std::string(10, '0');
}

const auto question = ecr17::last_result({});
const auto payment = *ecr17::trade({}, pay);
const auto ack = hex("06037A");

/// A terminal whose links, one after the other, follow these scripts.
class told_by_scripts {
  public:
    enum class receipts : std::uint8_t { at_terminal, at_till };
    explicit told_by_scripts(std::vector<machine_script> links, receipts come = receipts::at_terminal)
        : links_(std::move(links)) {
        ecr17_profile profile;
        profile.receipts = come == receipts::at_till;
        profile.timing.acknowledge = 60ms;
        auto open = [this](const call&) -> result<std::unique_ptr<net::transport>> {
            return std::unique_ptr<net::transport>(
                std::make_unique<tests::scripted_transport>(io_.get_executor(), links_.at(opened_++)));
        };
        terminal_ = std::make_unique<ecr17_terminal>(std::move(open), profile, ports::terminal_events{});
    }
    [[nodiscard]] ecr17_terminal& terminal() { return *terminal_; }
    [[nodiscard]] std::size_t opened() const { return opened_; }

  private:
    boost::asio::io_context io_;
    std::vector<machine_script> links_;
    std::size_t opened_ = 0;
    std::unique_ptr<ecr17_terminal> terminal_;
};

/// It was busy, and answers the question and then its repeat: the second ACK and the second answer are there when the
/// payment leaves, and are heard out before it does.
TEST(Ecr17Terminal, HearsALateAnswerOutBeforeItAsksForMoney) {
    const auto last = framed(paid(1, "00009900"));
    auto asked_twice = script()
                           .send(framed(question))
                           .expire()
                           .send(framed(question, ecr17_check::stx_message_etx))
                           .recv(ack)
                           .recv(last)
                           .send(ack)
                           .done(tests::ok);
    auto late = script()
                    .recv(ack)
                    .recv(last)
                    .expire()
                    .send(framed(payment))
                    .recv(ack)
                    .recv(framed(paid(2, "00001234")))
                    .send(ack)
                    .done(tests::ok);
    told_by_scripts test({asked_twice, late});
    const auto report = test.terminal().run(pay, call(60s));
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->outcome, terminal_outcome::approved);
    EXPECT_EQ(report->total, pay.total);
    EXPECT_EQ(test.opened(), 2U);
}

/// Should it be taken all the same, it is known by its name, or by its kind.
TEST(Ecr17Terminal, TakesNoResultOfAnEarlierTradeForItsOwn) {
    const auto sale = paid(1, "00001234");
    const auto refusal = "123456780E01TRANSAZIONE NEGATA      " + std::string(56, '0');
    for (const auto& [last, stale] :
        {std::pair(sale, sale), std::pair(refusal, refusal), std::pair(sale, undone(2))}) {
        auto link = script()
                        .send(framed(question))
                        .recv(ack)
                        .recv(framed(last))
                        .send(ack)
                        .send(framed(question))
                        .recv(ack)
                        .recv(framed(last))
                        .send(ack)
                        .send(framed(payment))
                        .recv(ack)
                        .recv(framed(stale))
                        .send(ack)
                        .done(tests::ok);
        told_by_scripts test({link});
        EXPECT_TRUE(test.terminal().last_done(call(60s)));
        const auto report = test.terminal().run(pay, call(60s));
        ASSERT_TRUE(report) << report.error();
        EXPECT_EQ(report->outcome, terminal_outcome::unknown) << stale;
        ASSERT_TRUE(report->why);
        EXPECT_EQ(report->why->code(), drivers_errc::wrong_answer);
    }
}

/// A link on which each question for the last result is answered at once.
machine_script answering(machine_script link, const std::vector<std::string>& answers, ecr17_check how = check) {
    for (const auto& one : answers) {
        link.send(framed(question, how)).recv(ecr17_control(ecr17_byte::ack, how));
        link.recv(framed(one, how)).send(ecr17_control(ecr17_byte::ack, how));
    }
    return link;
}

/// One that is refused each time it is sent.
void refuse(machine_script& link, const bytes& frame) {
    for (int sends = 0; sends < 4; ++sends)
        link.send(frame).recv(hex("150369"));
}

/// Another terminal stands there, or a damaged message was taken for one under another check: nothing gets through
/// any more until the check is learnt anew.
TEST(Ecr17Terminal, LearnsTheCheckAnewWhereNothingGetsThrough) {
    const auto last = paid(1, "00009900");
    auto first = answering(script(), {last, last});
    refuse(first, framed(question));
    const auto other = ecr17_check::stx_message_etx;
    auto second = script().expire().send(framed(question)).recv(hex("150369"));
    second = answering(std::move(second), {last, last}, other);
    told_by_scripts test({first, second});
    const auto named = test.terminal().last_done(call(60s));
    ASSERT_TRUE(named) << named.error();
    EXPECT_EQ(test.terminal().last_done(call(60s)).error().code(), drivers_errc::not_acknowledged);
    EXPECT_EQ(test.terminal().last_done(call(60s)).value(), *named);
    EXPECT_EQ(test.opened(), 2U);
}

/// A bit that is wrong looks like another check: what came under the first one that fitted is not believed.
TEST(Ecr17Terminal, KeepsNoNameThatMayBeDamaged) {
    auto damaged = framed(paid(1, "00009900"));
    damaged[71] ^= 0x01;
    const auto taken_for = ecr17_check::stx_message;
    auto link = script().send(framed(question)).recv(ack).recv(damaged).send(ecr17_control(0x06, taken_for));
    refuse(link, framed(question, taken_for));
    told_by_scripts test({link});
    EXPECT_FALSE(test.terminal().last_done(call(60s)));
}

/// E is a command that it does not know: it prints its receipts itself, and sells all the same.
TEST(Ecr17Terminal, SellsAtATerminalThatKnowsNoReceiptsAtTheTill) {
    const auto last = paid(1, "00009900");
    auto first = answering(script(), {last});
    refuse(first, framed(ecr17::printing({})));
    auto second = answering(script().expire(), {last, last});
    for (const int stan : {2, 3})
        second.send(framed(payment)).recv(ack).recv(framed(paid(stan, "00001234"))).send(ack);
    told_by_scripts test({first, second}, told_by_scripts::receipts::at_till);
    for (int times = 0; times < 2; ++times) {
        const auto report = test.terminal().run(pay, call(60s));
        ASSERT_TRUE(report) << report.error();
        EXPECT_EQ(report->outcome, terminal_outcome::approved);
    }
}

} // namespace
} // namespace cipherlane::drivers
