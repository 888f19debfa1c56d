// What a pool thinks of a unit, played by script and by a time of the test's own.
#include "client/unit_health.hpp"
#include "fail.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/net/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::hsm {
namespace {

using namespace std::chrono_literals;
using next = unit_health::next;

const error refused(make_error_code(boost::system::errc::connection_refused), layer::net);

/// A unit and a clock that only the test moves.
class health : public testing::Test {
  protected:
    static pool_settings limits() {
        pool_settings made;
        made.backoff_first = 100ms;
        made.backoff_most = 350ms;
        made.health_interval = 60s;
        made.parity_refusals = 3;
        return made;
    }
    static short_bytes check(std::string_view digits) { return short_bytes(from_hex(digits).value()); }

    void prove() {
        ASSERT_EQ(unit_.connected(), next::ask);
        unit_.asked(now_);
        ASSERT_EQ(unit_.shown(check("2686040000000000"), agreed_), next::serve);
    }
    /// The rest, in milliseconds; 0 where it rests already or is out.
    std::int64_t fail_with(std::uint32_t chance) {
        const auto rest = unit_.failed(now_, chance, refused);
        return rest ? rest->count() : 0;
    }

    unit_health::time_point now_ = unit_health::time_point(1h);
    short_bytes agreed_;
    unit_health unit_{limits(), true};
};

TEST_F(health, ItShowsItselfBeforeItGetsWork) {
    EXPECT_FALSE(unit_.takes_calls());
    EXPECT_TRUE(unit_.may_connect(now_, 0));
    EXPECT_FALSE(unit_.may_connect(now_, 1)) << "one at a time until it has shown itself";
    prove();
    EXPECT_TRUE(unit_.takes_calls());
    EXPECT_TRUE(unit_.may_connect(now_, 1));
    EXPECT_EQ(unit_.connected(), next::serve) << "a further connection";
}

TEST_F(health, WithoutAQuestionAConnectionIsEnough) {
    auto never = limits();
    never.on_connect = first_check::none;
    unit_health trusting(never, true);
    EXPECT_EQ(trusting.connected(), next::serve);
    EXPECT_TRUE(trusting.takes_calls());
    unit_health mute(limits(), false);
    EXPECT_EQ(mute.connected(), next::serve);
    EXPECT_TRUE(mute.takes_calls());
}

TEST_F(health, ItRestsLongerEachTimeUpToALimit) {
    EXPECT_EQ(fail_with(0), 50);
    EXPECT_EQ(unit_.state(), unit_state::resting);
    EXPECT_EQ(fail_with(0), 0) << "it rests already";
    now_ += 50ms;
    EXPECT_EQ(fail_with(49), 149) << "half of 200, and by chance up to as much again";
    now_ += 149ms;
    EXPECT_EQ(fail_with(0), 175) << "half of the most";
    now_ += 175ms;
    EXPECT_EQ(fail_with(0), 175);
}

TEST_F(health, NothingIsOpenedDuringItsRest) {
    (void)fail_with(0);
    EXPECT_FALSE(unit_.may_connect(now_, 0));
    now_ = unit_.rests_until();
    EXPECT_TRUE(unit_.may_connect(now_, 0));
    EXPECT_FALSE(unit_.may_connect(now_, 1));
}

TEST_F(health, AnAnswerToWorkEndsTheBackOffAndOneToTheQuestionAloneDoesNot) {
    (void)fail_with(0);
    now_ = unit_.rests_until();
    unit_.answered(now_, true);
    EXPECT_EQ(fail_with(0), 100);
    now_ = unit_.rests_until();
    unit_.answered(now_, false);
    EXPECT_EQ(fail_with(0), 50);
}

TEST_F(health, ItKeepsWhyItFailedLast) {
    EXPECT_FALSE(unit_.last_error().code());
    (void)fail_with(0);
    EXPECT_EQ(unit_.last_error().code(), refused.code());
    EXPECT_EQ(unit_.failed_at(), now_);
    now_ += 1ms;
    (void)unit_.failed(now_, 0, fail(hsm_errc::late_answer));
    EXPECT_EQ(unit_.last_error().code(), make_error_code(hsm_errc::late_answer)) << "though it rested already";
    prove();
    EXPECT_EQ(unit_.last_error().code(), make_error_code(hsm_errc::late_answer)) << "it is history, not a state";
}

TEST_F(health, ACertificatesFaultCountsWhileItKeepsTheUnitAway) {
    EXPECT_EQ(unit_.certificate_fault(), nullptr);
    (void)unit_.failed(now_, 0, error(make_error_code(net_errc::certificate_refused), layer::net));
    ASSERT_NE(unit_.certificate_fault(), nullptr);
    prove();
    EXPECT_EQ(unit_.certificate_fault(), nullptr);
}

TEST_F(health, ADoubtedUnitIsAskedFirst) {
    EXPECT_EQ(unit_.doubted(true, true), next::nothing) << "it gets no work anyway";
    prove();
    EXPECT_EQ(unit_.doubted(false, true), next::nothing);
    EXPECT_TRUE(unit_.is_check_due()) << "as soon as a connection has room";
    EXPECT_TRUE(unit_.takes_calls());
    unit_.asked(now_);
    EXPECT_FALSE(unit_.is_check_due());
    EXPECT_EQ(unit_.doubted(true, true), next::ask);
    EXPECT_FALSE(unit_.takes_calls());
    EXPECT_EQ(unit_.shown(check("2686040000000000"), agreed_), next::serve);
    EXPECT_TRUE(unit_.takes_calls());
    EXPECT_EQ(unit_.doubted(false, false), next::nothing);
    EXPECT_FALSE(unit_.takes_calls()) << "its next connection shows it";
}

TEST_F(health, AnotherLocalMasterKeyTakesItOut) {
    prove();
    EXPECT_EQ(to_hex(agreed_.view()), "2686040000000000") << "what the first one shows";
    EXPECT_EQ(unit_.shown({}, agreed_), next::serve) << "a dialect without a check value";
    EXPECT_EQ(unit_.shown(check("FFFFFFFFFFFFFFFF"), agreed_), next::take_out);
    EXPECT_TRUE(unit_.is_out());
    EXPECT_EQ(unit_.last_error().field(), "lmk_check");
    EXPECT_EQ(fail_with(0), 0) << "what is out does not rest";
    EXPECT_FALSE(unit_.may_connect(now_, 0));
}

TEST_F(health, RefusalsForParityInARowAskForTheLocalMasterKey) {
    prove();
    unit_.refused(true);
    unit_.refused(true);
    unit_.accepted();
    unit_.refused(true);
    unit_.refused(true);
    unit_.refused(false);
    unit_.refused(true);
    unit_.refused(true);
    EXPECT_FALSE(unit_.is_check_due());
    unit_.refused(true);
    EXPECT_TRUE(unit_.is_check_due());
}

TEST_F(health, ItIsAskedOnceInAnIntervalWhateverItsLoad) {
    prove();
    EXPECT_EQ(unit_.looked_after(now_ + 44s, true, true), next::nothing);
    EXPECT_EQ(unit_.looked_after(now_ + 45s, true, true), next::ask);
    EXPECT_EQ(unit_.looked_after(now_ + 45s, false, true), next::nothing);
    EXPECT_TRUE(unit_.is_check_due());
    unit_.asked(now_ + 45s);
    EXPECT_EQ(unit_.looked_after(now_ + 60s, true, true), next::nothing);
}

TEST_F(health, AfterItsRestItIsAskedOnce) {
    prove();
    (void)fail_with(0);
    now_ = unit_.rests_until() + 1ms;
    EXPECT_EQ(unit_.rested(false), next::nothing) << "no connection has room";
    EXPECT_EQ(unit_.rested(true), next::ask);
    unit_.asked(now_);
    EXPECT_EQ(unit_.rested(true), next::nothing) << "the question is under way";
    unit_health mute(limits(), false);
    (void)mute.failed(now_, 0, refused);
    EXPECT_EQ(mute.rested(true), next::serve);
    EXPECT_TRUE(mute.takes_calls());
}

TEST_F(health, ADrainedUnitComesBackByTheCallerAlone) {
    prove();
    (void)fail_with(0);
    now_ = unit_.rests_until();
    unit_.take_out(unit_state::drained);
    EXPECT_TRUE(unit_.is_out());
    EXPECT_EQ(fail_with(0), 0);
    EXPECT_TRUE(unit_.restore(now_));
    EXPECT_FALSE(unit_.takes_calls()) << "it shows itself first";
    EXPECT_EQ(unit_.connected(), next::ask);
    EXPECT_FALSE(unit_.restore(now_)) << "it was not away";
    EXPECT_EQ(fail_with(0), 50) << "the back-off begins anew";
}

} // namespace
} // namespace cipherlane::hsm
