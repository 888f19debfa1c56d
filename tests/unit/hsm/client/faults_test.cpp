// Client and pool over a simulated unit that misbehaves.
#include "hsm-sim/wire/server.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/client.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/pool.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <future>

namespace cipherlane::hsm {
namespace {

using namespace std::chrono_literals;

class faults : public testing::TestWithParam<std::string> {
  protected:
    faults()
        : device_(*hsm_sim::settings_of(GetParam()), hsm_sim::lmk_set::test())
        , unit_(*hsm_sim::server::start(device_, {0, 1, false}, logger::none())) {
        dialect_ = profile::builtin(GetParam()).value();
        at_.host = "127.0.0.1";
        at_.port = unit_->port();
        client plain({at_, dialect_});
        tak_ = plain.generate_key(generate_key_request(key_type::tak), call(5s)).value().under_lmk;
        for (std::uint8_t i = 0; i < 10; ++i) {
            macs_.push_back(to_hex(plain.make_mac(request(i), call(5s)).value().mac.view()));
        }
    }

    void fault(nlohmann::json what) {
        (void)unit_->control({{"cmd", "faults"}, {"set", nlohmann::json::array({std::move(what)})}});
    }
    [[nodiscard]] make_mac_request request(std::uint8_t number) const {
        const bytes data{1, 2, 3, 4, 5, 6, 7, number};
        return {key_type::tak, tak_, mac_algorithm::x99, data};
    }
    /// What makes them.
    [[nodiscard]] std::string mac_command() const { return is_stream() ? "D1 32" : "M6"; }
    [[nodiscard]] bool is_stream() const { return dialect_->frame.length == framing::prefix::none; }

    std::unique_ptr<client> make_client() { return std::make_unique<client>(client_settings{at_, dialect_}); }
    std::unique_ptr<pool> make_pool() {
        pool_settings settings;
        settings.units = {at_};
        settings.dialect = dialect_;
        settings.connections = 2;
        settings.answer_timeout = 1s;
        settings.backoff_first = 2ms;
        return pool::create_with_thread(std::move(settings)).value();
    }

    /// All calls at once. How many have their own MAC; none may have another's.
    int expect_own_macs(pool& on) {
        std::vector<std::future<result<mac_result>>> outcomes;
        for (std::uint8_t i = 0; i < macs_.size(); ++i) {
            auto promise = std::make_shared<std::promise<result<mac_result>>>();
            outcomes.push_back(promise->get_future());
            on.async_make_mac(
                request(i), call(20s), [promise](result<mac_result> got) { promise->set_value(std::move(got)); });
        }
        int good = 0;
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            const auto got = outcomes[i].get();
            if (!got) continue;
            EXPECT_EQ(to_hex(got->mac.view()), macs_[i]);
            ++good;
        }
        return good;
    }
    /// One call of a client that a fault hits, and one behind it.
    error hit(client& subject, std::chrono::milliseconds span = 5s) {
        const auto broken = subject.make_mac(request(1), call(span));
        EXPECT_FALSE(broken);
        const auto next = subject.make_mac(request(2), call(5s));
        EXPECT_TRUE(next) << next.error();
        if (next) {
            EXPECT_EQ(to_hex(next->mac.view()), macs_[2]);
        }
        return broken.error();
    }

    hsm_sim::unit device_;
    std::unique_ptr<hsm_sim::server> unit_;
    std::shared_ptr<const profile> dialect_;
    net::tcp_settings at_;
    key tak_;
    std::vector<std::string> macs_;
};

TEST_P(faults, ASecondAnswer) {
    const auto alone = make_client();
    fault({{"kind", "second_answer"}, {"match", mac_command()}});
    EXPECT_TRUE(hit(*alone).is(condition::bad_message));
    const auto subject = make_pool();
    EXPECT_EQ(expect_own_macs(*subject), 10);
    fault({{"kind", "second_answer"}, {"match", mac_command()}, {"times", 1}});
    EXPECT_EQ(expect_own_macs(*subject), 10);
    fault({{"kind", "second_answer"}, {"match", mac_command()}, {"times", -1}});
    const int good = expect_own_macs(*subject);
    EXPECT_GE(good, dialect_->frame.correlates ? 1 : 10);
}

TEST_P(faults, HalfAFrame) {
    const auto subject = make_pool();
    EXPECT_EQ(expect_own_macs(*subject), 10);
    fault({{"kind", "half_frame"}, {"match", mac_command()}});
    EXPECT_EQ(expect_own_macs(*subject), 10); // asked again
    fault({{"kind", "half_frame"}, {"value", "close"}, {"match", mac_command()}});
    EXPECT_EQ(expect_own_macs(*subject), 10);
    const auto alone = make_client();
    EXPECT_TRUE(alone->make_mac(request(0), call(5s))); // connected: the next one leaves at once
    fault({{"kind", "half_frame"}, {"match", mac_command()}});
    EXPECT_TRUE(hit(*alone, 500ms).is(condition::timed_out));
    fault({{"kind", "half_frame"}, {"value", "close"}, {"match", mac_command()}});
    EXPECT_TRUE(hit(*alone).is(condition::link_lost));
}

TEST_P(faults, AWrongHeader) {
    const auto subject = make_pool();
    EXPECT_EQ(expect_own_macs(*subject), 10);
    fault({{"kind", "wrong_header"}, {"match", mac_command()}, {"skip", 4}});
    // One after the other: a header that is changed into another call's is that call's.
    int good = 0;
    for (std::uint8_t i = 0; i < macs_.size(); ++i) {
        const auto got = subject->make_mac(request(i), call(5s));
        if (!got) continue;
        EXPECT_EQ(to_hex(got->mac.view()), macs_[i]);
        ++good;
    }
    // Without a header it is the answer that is wrong, and was given: not asked again.
    EXPECT_EQ(good, is_stream() ? 9 : 10);
    const auto alone = make_client();
    fault({{"kind", "wrong_header"}, {"match", mac_command()}});
    EXPECT_TRUE(hit(*alone).is(condition::bad_message));
}

TEST_P(faults, AWarning) {
    if (is_stream()) GTEST_SKIP() << "its answers have no status";
    const auto alone = make_client();
    const auto zmk = alone->generate_key(generate_key_request(key_type::zmk), call(5s)).value().under_lmk;
    const auto out = alone->export_key(export_key_request(key_type::tak, zmk, tak_), call(5s));
    ASSERT_TRUE(out) << out.error();
    const import_key_request import(key_type::tak, zmk, out->exported);
    fault({{"kind", "warning"}, {"value", "01"}, {"match", "A6"}, {"times", 2}});
    const auto typed = alone->import_key(import, call(5s));
    ASSERT_TRUE(typed) << typed.error();
    EXPECT_EQ(typed->warning, "01");
    EXPECT_EQ(typed->under_lmk.text(), tak_.text());
    const auto pooled = make_pool()->import_key(import, call(5s));
    ASSERT_TRUE(pooled) << pooled.error();
    EXPECT_EQ(pooled->warning, "01");
    EXPECT_EQ(pooled->under_lmk.text(), tak_.text());
}

TEST_P(faults, OtherLocalMasterKeys) {
    const auto subject = make_pool();
    EXPECT_EQ(expect_own_macs(*subject), 10);
    fault({{"kind", "lmk_change"}, {"match", mac_command()}});
    (void)subject->make_mac(request(0), call(5s));
    const auto refused = make_client()->make_mac(request(0), call(5s));
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(condition::rejected_by_peer)) << refused.error();
    for (std::uint8_t i = 0; i < 3; ++i) {
        EXPECT_FALSE(subject->make_mac(request(i), call(5s)));
    }
    if (dialect_->key_parity.empty()) return;
    const auto end = std::chrono::steady_clock::now() + 5s;
    while (subject->stats().units[0].state != unit_state::out_of_service && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(2ms);
    }
    EXPECT_EQ(subject->stats().units[0].state, unit_state::out_of_service);
}

INSTANTIATE_TEST_SUITE_P(profiles, faults, testing::Values("payshield", "sjl06", "sjj1312"));

} // namespace
} // namespace cipherlane::hsm
