// The rows of docs/fault-catalogue.txt that say `run`, provoked on a till over the simulators: by the amount, the
// fault or the call that the catalogue names. What they do not provoke is shown by the test that its row names.
#include "lane/demo_till.hpp"
#include "support/lane/simulated_lane.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/core/bcd.hpp>
#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/gbk.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/profile.hpp>
#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/tcp.hpp>
#include <cipherlane/qr/errc.hpp>
#include <cipherlane/qr/symbol.hpp>
#include <cipherlane/store/errc.hpp>
#include <cipherlane/till/errc.hpp>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <stop_token>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;
using acquiring::alert_kind;
using boost::system::error_code;

/// The names in the catalogue whose rows end so.
std::set<std::string> names_that_run() {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    std::ifstream in(std::string(root != nullptr ? root : ".") + "/docs/fault-catalogue.txt");
    std::set<std::string> names;
    for (std::string line; std::getline(in, line);) {
        if (line.ends_with(" | run")) names.insert(line.substr(0, line.find(' ')));
    }
    return names;
}

/// What was provoked so far, and that all of it is in the catalogue.
class provoked {
  public:
    void add(const std::string& name) { names_.insert(name); }
    void expect(const std::string& name, bool holds, const std::string& found) {
        EXPECT_TRUE(holds) << name << " was not provoked: " << found;
        add(name);
    }
    template <class Code>
    void code(const std::string& name, const error_code& found, Code wanted) {
        expect(name, found == make_error_code(wanted), found.message());
    }
    template <class T, class Code>
    void error_of(const std::string& name, const result<T>& found, Code wanted) {
        if (found) return expect(name, false, "no error");
        code(name, found.error().code(), wanted);
    }
    /// The cause of a payment that is reversed, declined or unknown.
    template <class Code>
    void cause(const std::string& name, const result<payment>& found, Code wanted) {
        if (!found) return code(name, found.error().code(), wanted);
        if (!found->why) return expect(name, false, std::string(to_string(found->outcome)) + " without a cause");
        code(name, found->why->code(), wanted);
    }
    void outcome(const std::string& name, const result<payment>& found, verdict wanted) {
        if (!found) return expect(name, false, found.error().to_string());
        expect(name, found->outcome == wanted, std::string(to_string(found->outcome)));
    }
    [[nodiscard]] const std::set<std::string>& names() const { return names_; }

  private:
    std::set<std::string> names_;
};

class FaultProvocations : public testing::Test {
  protected:
    static provoked& seen() {
        static provoked all;
        return all;
    }
    static call enough() { return call(60s); }
    bool raised(alert_kind kind) {
        for (const auto& one : lane.seen.alerts())
            if (one.kind == kind) return true;
        return false;
    }
    void expect_alert(const std::string& name, alert_kind kind) { seen().expect(name, raised(kind), "not raised"); }
    result<payment> sale(till& at, std::int64_t minor) {
        return at.sale({"sale " + std::to_string(++keys), amount(minor)}, enough());
    }
    /// A person decides what no machine can, so that the till goes on.
    void decide_all(till& at) {
        const auto open = at.recover(enough());
        if (!open) return;
        for (const auto& left : *open) {
            if (left.outcome == verdict::unknown)
                (void)at.decide({left.handle, acquiring::finding::paid, "in the host's books"}, enough());
        }
    }
    result<payment> code_that(till& at, std::function<void(const std::string&)> act, call bounds = call(20s)) {
        lane.when_shown(std::move(act));
        return at.qr_sale({"code " + std::to_string(++keys), amount(880)}, bounds);
    }

    int keys = 0;
    simulated_lane lane;
};

TEST_F(FaultProvocations, AmountsChooseThem) {
    lane.settings.host.response_time = 500ms;
    lane.settings.terminals.front().reversal.longest_processing = 1ms;
    lane.settings.terminals.front().reversal.sends = 1;
    lane.host({{"cmd", "card"}, {"number", lane.reader.number}, {"expiry", "3012"}, {"pin", "1357"},
        {"balance", 90'000'000}});
    auto till = lane.open();
    const auto approved = sale(till, 100);
    seen().outcome("outcome.approved", approved, verdict::approved);
    const auto declined = sale(till, 400'051);
    seen().outcome("outcome.declined", declined, verdict::declined);
    const auto silent = sale(till, 400'018);
    seen().outcome("outcome.reversed", silent, verdict::reversed);
    seen().cause("hostlink.no_answer", silent, hostlink_errc::no_answer);
    seen().cause("hostlink.lost_after_send", sale(till, 400'024), hostlink_errc::lost_after_send);
    seen().cause("acquiring.answer_mac_wrong", sale(till, 400'023), acquiring_errc::answer_mac_wrong);
    seen().cause("acquiring.bad_answer", sale(till, 400'037), acquiring_errc::bad_answer);
    seen().cause("acquiring.partial_refused", sale(till, 400'010), acquiring_errc::partial_refused);
    seen().cause("acquiring.not_decided", sale(till, 400'094), acquiring_errc::not_decided);
    const auto unproven = sale(till, 400'031);
    seen().outcome("outcome.unknown", unproven, verdict::unknown);
    expect_alert("alert.reversal_refused", alert_kind::reversal_refused);
    decide_all(till);
    EXPECT_EQ(sale(till, 400'032)->outcome, verdict::unknown);
    seen().error_of("acquiring.reversal_pending", sale(till, 100), acquiring_errc::reversal_pending);
    expect_alert("alert.reversal_no_answer", alert_kind::reversal_no_answer);
    decide_all(till);
    const auto undone = till.void_payment({"undo", approved->handle}, enough());
    ASSERT_TRUE(undone && undone->ok());
    const auto again = till.lookup("sale 1", enough());
    seen().outcome("outcome.voided", again.value().value(), verdict::voided);
    seen().error_of("acquiring.original_not_approved", till.void_payment({"no", declined->handle}, enough()),
        acquiring_errc::original_not_approved);
}

TEST_F(FaultProvocations, FaultsOfTheHostMakeThem) {
    auto till = lane.open();
    lane.host_faults({{{"kind", "refuse"}, {"match", "sign-in"}, {"value", "58"}}});
    seen().error_of("acquiring.sign_in_refused", till.sign_in(enough()), acquiring_errc::sign_in_refused);
    lane.host_faults({{{"kind", "wrong_check_value"}}});
    seen().error_of("acquiring.check_value_wrong", till.sign_in(enough()), acquiring_errc::check_value_wrong);
    lane.host_faults(nlohmann::json::array());
    const auto sold = sale(till, 900);
    ASSERT_TRUE(sold && sold->ok());
    lane.host_faults({{{"kind", "refuse"}, {"match", "batch settlement"}}});
    seen().error_of("acquiring.settlement_refused", till.settle(enough()), acquiring_errc::settlement_refused);
    lane.host_faults({{{"kind", "refuse"}, {"match", "batch upload end"}}});
    EXPECT_FALSE(till.settle(enough()));
    seen().error_of("acquiring.settlement_due", sale(till, 100), acquiring_errc::settlement_due);
    ASSERT_TRUE(till.settle(enough()));
    const auto next = sale(till, 900);
    ASSERT_TRUE(next && next->ok());
    lane.host_faults({{{"kind", "no_answer"}, {"match", "refund"}}});
    EXPECT_EQ(till.refund({"back", next->handle, amount(100)}, enough())->outcome, verdict::unknown);
    expect_alert("alert.refund_unknown", alert_kind::refund_unknown);
}

TEST_F(FaultProvocations, TheTillItselfRefuses) {
    auto till = lane.open();
    const auto sold = sale(till, 900);
    ASSERT_TRUE(sold && sold->ok());
    seen().error_of("acquiring.bad_request", sale(till, 0), acquiring_errc::bad_request);
    seen().error_of("acquiring.key_reused", till.sale({"sale 1", amount(901)}, enough()), acquiring_errc::key_reused);
    seen().error_of("acquiring.too_little_time", till.sale({"a", amount(1)}, 100ms), acquiring_errc::too_little_time);
    seen().error_of(
        "acquiring.deadline_passed", till.sale({"b", amount(1)}, call(-1s)), acquiring_errc::deadline_passed);
    seen().error_of(
        "acquiring.no_original", till.refund({"c", 4711, amount(1)}, enough()), acquiring_errc::no_original);
    seen().error_of("acquiring.amount_too_large", till.refund({"d", sold->handle, amount(901)}, enough()),
        acquiring_errc::amount_too_large);
    seen().error_of("acquiring.nothing_to_decide",
        till.decide({sold->handle, acquiring::finding::paid, "by mistake"}, enough()),
        acquiring_errc::nothing_to_decide);
    lane.reader.refuses = condition::cancelled;
    seen().error_of("acquiring.cardholder_cancelled", sale(till, 900), acquiring_errc::cardholder_cancelled);
    lane.reader.refuses = condition::timed_out;
    seen().error_of("acquiring.no_card", sale(till, 900), acquiring_errc::no_card);
    lane.reader.refuses.reset();
    std::stop_source stop;
    lane.seen.watch = [&](const acquiring::stage_event& event) {
        if (event.at == acquiring::stage::card) stop.request_stop();
    };
    seen().error_of("acquiring.cashier_cancelled", till.sale({"e", amount(1)}, call(60s, stop.get_token())),
        acquiring_errc::cashier_cancelled);
    lane.seen.watch = {};
    seen().error_of("till.no_such_terminal", till.at("OTHER001"), till_errc::no_such_terminal);
}

TEST_F(FaultProvocations, FaultsOfTheGatewayMakeThem) {
    auto till = lane.open();
    const auto pays = [&](const std::string& order) { lane.pay(order); };
    const auto sold = code_that(till, pays);
    ASSERT_TRUE(sold && sold->ok());
    const auto refund = [&](const char* kind, const char* match) {
        lane.gateway_faults({{{"kind", kind}, {"match", match}}});
        return till.refund({std::string("back ") + kind, sold->handle, amount(1)}, enough());
    };
    seen().cause("hostlink.gateway_failed", refund("server_error", "POST"), hostlink_errc::gateway_failed);
    seen().cause("hostlink.unnamed_refusal", refund("bare_404", "POST"), hostlink_errc::unnamed_refusal);
    seen().cause("hostlink.unreadable_answer", refund("no_json", "refund"), hostlink_errc::unreadable_answer);
    lane.gateway_faults({{{"kind", "paid_at_once"}}});
    seen().cause("acquiring.order_not_new", code_that(till, {}), acquiring_errc::order_not_new);
    lane.gateway_faults({{{"kind", "given_back"}}, {{"kind", "no_notification"}}});
    seen().outcome("outcome.refunded", code_that(till, pays), verdict::refunded);
    std::stop_source stop;
    const auto give_up = [&](const std::string&) { stop.request_stop(); };
    lane.gateway_faults({{{"kind", "paid_after_close"}}});
    EXPECT_EQ(code_that(till, give_up, call(20s, stop.get_token()))->outcome, verdict::declined);
    const auto until = std::chrono::steady_clock::now() + 30s;
    while (!raised(alert_kind::paid_after_close) && std::chrono::steady_clock::now() < until)
        (void)till.recover(10s);
    expect_alert("alert.paid_after_close", alert_kind::paid_after_close);
    stop = {};
    lane.gateway_faults({{{"kind", "forgotten"}, {"times", -1}}});
    const auto lost = code_that(till, give_up, call(20s, stop.get_token()));
    seen().cause("hostlink.refused_by_gateway", lost, hostlink_errc::refused_by_gateway);
    expect_alert("alert.order_unknown", alert_kind::order_unknown);
}

TEST_F(FaultProvocations, SettingsAndFilesMakeThem) {
    {
        auto first = lane.open();
        ASSERT_TRUE(sale(first, 900)->ok());
    }
    {
        auto second = lane.open(); // nobody had said that the first one's payment was told
        ASSERT_TRUE(second.recover(enough()));
        expect_alert("alert.untold_verdict", alert_kind::untold_verdict);
    }
    std::filesystem::remove(lane.settings.journal.file);
    std::filesystem::remove(lane.settings.journal.file + "-wal");
    std::filesystem::remove(lane.settings.journal.file + "-shm");
    const auto opened = [&] { return till::open(lane.settings, till::parts{}, enough()); };
    seen().error_of("store.journal_lost", opened(), store_errc::journal_lost);
    const auto other = lane.folder.file("other.db");
    sim::write_private_file(other, std::string(4096, 'x'));
    lane.settings.journal.file = other;
    seen().error_of("store.not_a_journal", opened(), store_errc::not_a_journal);
    seen().error_of("till.no_file", till::open(lane.folder.file("none.toml"), enough()), till_errc::no_file);
    const auto misspelt = lane.folder.file("misspelt.toml");
    std::ofstream(misspelt) << "[hots]\n";
    seen().error_of("till.bad_setting", till::open(misspelt, enough()), till_errc::bad_setting);
}

TEST_F(FaultProvocations, PartsThatAreMissingOrFail) {
    lane.settings.host = {};
    lane.settings.gateway = {};
    auto till = lane.open();
    seen().error_of("acquiring.no_device", sale(till, 900), acquiring_errc::no_device);
    lane_rig rig;
    ASSERT_TRUE(rig.sell("first", 500)->ok());
    rig.faults.kind = fault_kind::local_fault;
    rig.faults.fails = [](std::string_view call) { return call == "store decide"; };
    (void)rig.sell("second", 500);
    bool told = false;
    for (const auto& one : rig.seen.alerts())
        told = told || one.kind == alert_kind::journal_failed;
    seen().expect("alert.journal_failed", told, "not raised");
}

TEST_F(FaultProvocations, CallsOfTheCodecsMakeThem) {
    std::array<std::uint8_t, 1> small{};
    seen().error_of(
        "core.buffer_too_small", pack_bcd("123456", bcd_pad::left, 0, small), core_errc::buffer_too_small);
    seen().error_of("core.bad_text", utf8_to_gbk("\xF0\x9F\x98\x80"), core_errc::bad_text);
    seen().error_of("net.bad_endpoint", net::parse_endpoint("nowhere"), net_errc::bad_endpoint);
    seen().error_of("hsm.no_profile", hsm::profile::find("none"), hsm::hsm_errc::no_profile);
    seen().error_of("qr.empty_text", qr::symbol::encode(""), qr::qr_errc::empty_text);
}

/// Runs last of its suite, in the order of the file; alone it has nothing to look at.
TEST_F(FaultProvocations, AreThoseThatTheCatalogueSaysAreRun) {
    if (seen().names().empty()) GTEST_SKIP() << "the provocations have not run in this process";
    EXPECT_EQ(seen().names(), names_that_run());
}

} // namespace
} // namespace cipherlane::tests
