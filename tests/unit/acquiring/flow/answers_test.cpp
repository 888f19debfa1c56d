// Answers with a right MAC in which one field is missing or another: of each kind of trade, and whatever the till
// makes of them, what it says is what the host has booked. And a day that ends while the till is at work.
#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/trade.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/ledger/record_life.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;
using acquiring::verdict;
using ports::trade;

enum class change { removed, another };

/// What stands in a field of the next answer to a trade is gone, or is something else, under a right MAC.
class wilful_host final : public ports::host {
  public:
    explicit wilful_host(ports::host& real)
        : real_(real)
        , tak_(crypto::mac_key::create(crypto::algorithm::des, from_hex(test_tak).value(), crypto::legacy_policy)
                   .value()) {}

    void plan(int field, change how) {
        field_ = field;
        how_ = how;
    }
    [[nodiscard]] bool planned() const noexcept { return field_ != 0; }
    [[nodiscard]] int changed() const noexcept { return changed_; }
    [[nodiscard]] result<bytes> exchange(
        byte_view request, const ports::answer_filter& filter, const call& bounds) override {
        const auto view = iso8583::decode_body(iso8583::cup_pos(), request).value();
        const bool of_trade = view.mti() == "0200" || view.mti() == "0220" || view.mti() == "0100";
        if (!of_trade || field_ == 0) return real_.exchange(request, filter, bounds);
        auto answer = real_.exchange(request, everything(), bounds);
        if (!answer) return answer;
        auto changed = altered(*answer);
        field_ = 0;
        if (!filter.matches(changed)) return make_fault(fault_kind::lost_answer); // dropped; nothing else comes
        return changed;
    }
    [[nodiscard]] std::chrono::milliseconds response_time() const noexcept override { return real_.response_time(); }

  private:
    class everything final : public ports::answer_filter {
      public:
        [[nodiscard]] bool matches(byte_view /*message*/) const override { return true; }
    };

    [[nodiscard]] bytes altered(byte_view answer) {
        auto message = iso8583::decode_body(iso8583::cup_pos(), answer).value().to_message();
        if (!message.has(field_)) return {answer.begin(), answer.end()}; // not in an answer of that kind
        auto value = std::string(message.get(field_));
        message.remove(field_);
        if (how_ == change::another) {
            value.back() = value.back() == '1' ? '2' : '1';
            message.set(field_, value);
        }
        message.leave_mac_hole();
        bytes room(2048);
        const auto encoded = iso8583::encode(iso8583::cup_pos(), message, room).value();
        const auto mac = crypto::unionpay_mac(tak_, encoded.mac_range, crypto::unionpay_mac_form::ascii8).value();
        std::copy(mac.begin(), mac.end(), encoded.mac.begin());
        ++changed_;
        return {encoded.body.begin(), encoded.body.end()};
    }

    ports::host& real_;
    crypto::mac_key tak_;
    int field_ = 0;
    int changed_ = 0;
    change how_ = change::removed;
};

class Answers : public testing::TestWithParam<trade> {
  protected:
    Answers() {
        acquiring::lane_ports with(*rig.guarded);
        with.host = &host;
        with.sealer = rig.sealer.get();
        with.pinpad = &rig.pinpad;
        with.clock = &rig.clock;
        with.observer = &rig.seen;
        lane.emplace(acquiring::lane::open(rig.settings, with, soon(), logger::none()).value());
    }
    result<acquiring::payment> run(trade kind, std::int64_t minor, std::uint64_t original = 0) {
        acquiring::trade_request wish(kind, "key " + std::to_string(++keys_), amount(minor), original);
        wish.payment_code = "285712345678901234";
        wish.instalment = {12, "PLAN", '0'};
        return acquiring::trade(*lane).run(wish, soon());
    }
    /// What the tested trade follows; 0: nothing.
    std::uint64_t original_of(trade kind) {
        switch (kind) {
        case trade::void_sale:
        case trade::refund: return run(trade::sale, 900)->handle;
        case trade::pre_auth_void:
        case trade::completion: return run(trade::pre_auth, 900)->handle;
        case trade::completion_void: return run(trade::completion, 900, run(trade::pre_auth, 900)->handle)->handle;
        case trade::code_void: return run(trade::code_sale, 900)->handle;
        case trade::instalment_void: return run(trade::instalment_sale, 900)->handle;
        default: return 0;
        }
    }
    /// What the till has on file is what the host has booked; what it does not know it has told somebody about.
    void check(const acquiring::payment& said) {
        const auto record = rig.journal->find(said.handle, soon()).value().value();
        const auto* booked = rig.books.find(record.batch, record.trace);
        const bool moved = booked != nullptr && (booked->state == 'A' || booked->state == 'U');
        if (ledger::states::open.contains(record.state)) {
            const auto alerts = rig.seen.alerts();
            EXPECT_TRUE(std::any_of(alerts.begin(), alerts.end(), [&](const auto& one) {
                return one.record.id == record.id;
            })) << "nobody was told";
            EXPECT_EQ(said.outcome, verdict::unknown) << said;
            return;
        }
        EXPECT_EQ(moved, ledger::states::counts.contains(record.state)) << said;
        EXPECT_EQ(moved, said.ok()) << said;
        if (moved && booked->kind != 'V') {
            EXPECT_EQ(record.approved, amount(booked->amount)) << said;
        }
    }

    lane_rig rig;
    wilful_host host{rig.host};
    std::optional<acquiring::lane> lane;

  private:
    int keys_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Every, Answers,
    testing::Values(trade::sale, trade::void_sale, trade::refund, trade::pre_auth, trade::pre_auth_void,
        trade::completion, trade::completion_void, trade::code_sale, trade::code_void, trade::instalment_sale,
        trade::instalment_void),
    [](const auto& kind) { return "OfTrade" + std::to_string(static_cast<int>(kind.param)); });

TEST_P(Answers, WithAFieldThatIsMissingOrAnotherAreBelievedNoFurtherThanTheyGo) {
    ASSERT_TRUE(acquiring::sign_in(*lane).run({}, soon()));
    // 39 itself is the host's word: another one is no fault of the message.
    for (const int field : {2, 3, 4, 11, 12, 13, 25, 32, 37, 38, 39, 41, 42, 49, 60, 63}) {
        for (const auto how : {change::removed, change::another}) {
            if (field == 39 && how == change::another) continue;
            SCOPED_TRACE("field " + std::to_string(field) + (how == change::removed ? " removed" : " another"));
            const auto original = original_of(GetParam());
            host.plan(field, how);
            const auto end = run(GetParam(), 300, original);
            ASSERT_FALSE(host.planned()) << "no answer was changed";
            ASSERT_TRUE(end) << "once it has left it is no error: " << end.error();
            check(*end);
            if (field == 49 && how == change::another) {
                EXPECT_FALSE(end->ok()) << "approved in another currency is not what was asked for";
                EXPECT_TRUE(end->why && end->why->field() == "49") << *end;
            }
        }
    }
    EXPECT_GE(host.changed(), 16) << "most fields are in every answer";
}

/// Business date, trace and batch go on where midnight, the new year and a clock that is put back come between.
TEST(Days, NewYearAndAClockThatIsPutBackChangeNoPayment) {
    lane_rig rig;
    rig.clock.time =
        std::chrono::sys_days{std::chrono::year{2026} / 12 / 31} + 15h + 59min + 50s; // in China 23:59:50
    ASSERT_TRUE(rig.sign_in());
    const auto before = rig.sell("before", 100);
    ASSERT_TRUE(before && before->ok());
    rig.host.mood.seal = host_mood::mac::wrong;
    const auto doubted = rig.sell("in doubt", 200);
    EXPECT_EQ(doubted->outcome, verdict::unknown);
    rig.host.mood = host_mood();
    rig.clock.time += 20s;
    const auto after = rig.sell("after", 300);
    ASSERT_TRUE(after && after->ok()) << "the reversal of last year went first";
    EXPECT_EQ(rig.sell("in doubt", 200)->outcome, verdict::reversed);
    rig.clock.time -= 48h;
    const auto earlier = rig.sell("put back", 400);
    ASSERT_TRUE(earlier && earlier->ok());
    const auto undone = rig.undo("void", before->handle);
    ASSERT_TRUE(undone && undone->ok());
    rig.restart();
    const auto again = rig.sell("started again", 500);
    ASSERT_TRUE(again && again->ok());
    std::vector<std::string> dates;
    std::uint32_t trace = 0;
    for (const auto& record : rig.records()) {
        dates.push_back(record.created_date);
        EXPECT_GT(record.trace, trace) << "no trace twice";
        EXPECT_EQ(record.batch, 1U);
        trace = record.trace;
    }
    EXPECT_EQ(
        dates, (std::vector<std::string>{"20261231", "20261231", "20270101", "20261230", "20261230", "20261230"}));
    EXPECT_EQ(rig.booked(), 1200);
    EXPECT_EQ(rig.booked(), rig.books.taken());
    const auto settled = rig.settle();
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->host, acquiring::settlement_result::balanced);
}

} // namespace
} // namespace cipherlane::tests
