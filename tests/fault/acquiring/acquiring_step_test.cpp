// Every flow is run with each of its port calls failing in turn, in each way that call can fail. Whatever happened:
// the caller was told the truth, the books of till and host agree after a recovery, and the same key charges once.

#include "support/lane/lane_rig.hpp"
#include "support/secret_search.hpp"

#include <cipherlane/acquiring/lookup.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using acquiring::verdict;
using outcome = result<acquiring::payment>;

constexpr std::int64_t base_amount = 10'000;

std::uint64_t prepare(lane_rig& rig) {
    return rig.sell("base", base_amount).value().handle;
}

/// A flow under test: what comes before it, and itself under a key of its own.
struct scenario {
    const char* name;
    std::function<outcome(lane_rig&, std::uint64_t sale)> run;
    std::int64_t effect; ///< on the cardholders' money, if approved
    std::function<std::uint64_t(lane_rig&)> before = prepare;
};

std::vector<fault_kind> kinds_of(std::string_view call) {
    if (call.starts_with("store")) return {fault_kind::local_fault, fault_kind::late_fault};
    if (call == "host" || call.starts_with("gateway")) {
        return {fault_kind::link_lost, fault_kind::lost_request, fault_kind::lost_answer};
    }
    return {fault_kind::link_lost, fault_kind::timed_out};
}

void check(const scenario& what, std::size_t at, const std::string& call, fault_kind kind) {
    SCOPED_TRACE(std::string(what.name) + ": " + call + " (call " + std::to_string(at) + ") " + name_of(kind));
    lane_rig rig;
    const auto sale = what.before(rig);
    rig.faults.fail_at = at;
    rig.faults.kind = kind;
    const auto told = what.run(rig, sale);
    rig.faults.fail_at = fault_script::never;
    if (at % 2 == 0) rig.restart();
    const auto recovered = rig.recover();
    ASSERT_TRUE(recovered) << recovered.error();
    const auto before_retry = rig.books.taken() - base_amount;
    if (!told) {
        EXPECT_EQ(before_retry, 0) << "an error means that nothing happened";
    }
    if (told && told->outcome == verdict::approved) {
        EXPECT_EQ(before_retry, what.effect);
    }
    if (told && (told->outcome == verdict::declined || told->outcome == verdict::reversed)) {
        EXPECT_EQ(before_retry, 0);
    }

    const auto again = what.run(rig, sale);
    ASSERT_TRUE(again) << again.error();
    if (told && told->outcome != verdict::unknown) {
        EXPECT_EQ(again->outcome, told->outcome);
    }
    EXPECT_EQ(rig.books.duplicates, 0U);
    if (again->outcome == verdict::unknown) {
        EXPECT_EQ(again->kind, ports::trade::refund) << "only a refund cannot be decided";
    } else {
        EXPECT_EQ(rig.books.taken() - base_amount, again->ok() ? what.effect : 0);
        EXPECT_EQ(rig.booked(), rig.books.taken());
    }
    EXPECT_EQ(rig.display.code, call == "display clear" || call == "display outcome" ? rig.display.code : "");
    if (testing::Test::HasFailure()) std::cerr << rig.seen.to_string();
}

void check_every_step(const scenario& what) {
    lane_rig rehearsal;
    const auto sale = what.before(rehearsal);
    const auto first = rehearsal.faults.calls.size();
    ASSERT_TRUE(what.run(rehearsal, sale));
    const auto calls = rehearsal.faults.calls;
    ASSERT_GT(calls.size(), first + 5);
    for (std::size_t at = first; at < calls.size(); ++at) {
        for (const auto kind : kinds_of(calls[at])) {
            check(what, at, calls[at], kind);
            if (testing::Test::HasFatalFailure()) return;
        }
    }
}

TEST(EveryStepFails, Sale) {
    check_every_step({"sale", [](lane_rig& rig, std::uint64_t) { return rig.sell("key", 777); }, 777});
}

TEST(EveryStepFails, SaleThatTheCardDeclines) {
    check_every_step({"chip sale",
        [](lane_rig& rig, std::uint64_t) {
            rig.pinpad.chip = rig.pinpad.card_declines = true;
            return rig.sell("key", 777);
        },
        777});
}

class takes_the_offer final : public ports::currency_chooser {
  public:
    [[nodiscard]] result<ports::currency_choice> choose(
        const amount& /*local*/, const ports::conversion& /*offer*/, const call& /*bounds*/) override {
        return ports::currency_choice::converted;
    }
};

/// Nothing between the offer and the sale moves money.
TEST(EveryStepFails, SaleInAnotherCurrency) {
    static takes_the_offer cardholder;
    check_every_step({"converted sale", [](lane_rig& rig, std::uint64_t) { return rig.sell("key", 777); }, 777,
        [](lane_rig& rig) {
            rig.settings.conversion.offered = true;
            rig.chooser = &cardholder;
            rig.host.offer = "000000000108"
                             "60138600"
                             "840";
            return prepare(rig);
        }});
}

TEST(EveryStepFails, Void) {
    check_every_step({"void", [](lane_rig& rig, std::uint64_t sale) { return rig.undo("key", sale); }, -base_amount});
}

TEST(EveryStepFails, Refund) {
    check_every_step(
        {"refund", [](lane_rig& rig, std::uint64_t sale) { return rig.give_back("key", sale, 300); }, -300});
}

TEST(EveryStepFails, QrRefund) {
    check_every_step({"QR refund",
        [](lane_rig& rig, std::uint64_t) {
            rig.gateway.pays = fake_gateway::payer::before_notification;
            const auto sold = acquiring::lookup(*rig.journal, rig.settings.terminal_id, "code", soon()).value();
            return rig.give_back("key", sold->handle, 300);
        },
        -300,
        [](lane_rig& rig) {
            rig.gateway.pays = fake_gateway::payer::before_notification;
            return rig.sell_by_code("code", base_amount).value().handle;
        }});
}

TEST(EveryStepFails, QrSale) {
    check_every_step({"QR sale",
        [](lane_rig& rig, std::uint64_t) {
            rig.gateway.pays = fake_gateway::payer::before_query;
            return rig.sell_by_code("key", 990);
        },
        990});
}

TEST(EveryStepFails, Settlement) {
    const auto settle = [](lane_rig& rig) {
        rig.host.mood.code = "51"; // the fake host then asks for the records
        return rig.settle();
    };
    lane_rig rehearsal;
    (void)prepare(rehearsal);
    const auto first = rehearsal.faults.calls.size();
    ASSERT_TRUE(settle(rehearsal));
    const auto calls = rehearsal.faults.calls;
    for (std::size_t at = first; at < calls.size(); ++at) {
        for (const auto kind : kinds_of(calls[at])) {
            SCOPED_TRACE(calls[at] + " (call " + std::to_string(at) + ") " + name_of(kind));
            lane_rig rig;
            (void)prepare(rig);
            rig.faults.fail_at = at;
            rig.faults.kind = kind;
            auto end = settle(rig);
            rig.faults.fail_at = fault_script::never;
            if (at % 2 == 0) rig.restart();
            // A fault after the batch was closed leaves nothing to go on with; the next batch must not be touched.
            const bool closed = rig.journal->terminal(rig.settings.terminal_id, soon())->batch == 2;
            if (!end && !closed) {
                end = settle(rig);
                ASSERT_TRUE(end) << end.error();
                EXPECT_EQ(end->totals.debit, (ports::batch_side{base_amount, 1}));
            }
            rig.host.mood = host_mood();
            EXPECT_EQ(rig.books.settled_batches, 1U);
            EXPECT_GE(rig.books.uploads, 1U);
            EXPECT_EQ(rig.sell("next", 1)->batch, 2U);
        }
    }
}

TEST(EveryStepFails, NothingWrittenHoldsASecret) {
    secret_search search;
    search.add_digits(test_pan);
    search.add_digits(test_track2);
    lane_rig rig;
    const auto sale = prepare(rig);
    rig.host.mood.answer_lost = true;
    rig.host.mood.spoiled_answers = 2;
    (void)rig.sell("lost", 5);
    (void)rig.undo("void", sale);
    (void)rig.sell_by_code("code", 5);
    EXPECT_EQ(search.find_in_folder(rig.folder.path()), std::vector<std::string>());
    EXPECT_EQ(search.find(as_bytes(rig.seen.to_string())), std::vector<std::string>());
}

} // namespace
} // namespace cipherlane::tests
