// Parts that the caller gives, and to which till a part belongs.
#include "claims.hpp"
#include "terminal_roll.hpp"
#include "unit/till/till_parts.hpp"

#include <cipherlane/ports/completion.hpp>
#include <cipherlane/ports/order_notice.hpp>
#include <cipherlane/ports/printer.hpp>
#include <cipherlane/ports/scanner.hpp>
#include <cipherlane/till/errc.hpp>

#include <boost/asio/use_future.hpp>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <set>
#include <thread>
#include <type_traits>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

TEST_F(TillParts, OfTheCallerStandInForTheSettings) {
    auto with = lent();
    with.journal = lend(*rig.journal);
    auto till = open(std::move(with)).value();
    const auto paid = till.sale({"one", amount(1234)}, soon());
    ASSERT_TRUE(paid) << paid.error();
    EXPECT_EQ(paid->outcome, verdict::approved);
    EXPECT_EQ(rig.records().size(), 1U);
    EXPECT_FALSE(std::filesystem::exists(settings.journal.file));
    EXPECT_EQ(till.status(soon())->host, part_state::given);
}

/// What it can do is in its description: a till that could sign nothing must not open.
TEST_F(TillParts, RefuseAKeypadWithoutMacsAsSealer) {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    settings.pinpad.driver = "described";
    settings.pinpad.path = folder.file("no-such-line");
    settings.sealer.kind = sealer_kind::pinpad;
    const auto opened = [&](const std::string& keypad) {
        settings.pinpad.description_file =
            std::string(root != nullptr ? root : ".") + "/drivers/descriptions/keypads/" + keypad + ".toml";
        till::parts with;
        with.journal = lend(*rig.journal);
        with.host = lend(rig.host);
        with.log = logger::none();
        return open(std::move(with));
    };
    const auto without = opened("h002");
    ASSERT_FALSE(without);
    EXPECT_EQ(without.error().code(), till_errc::not_built) << without.error();
    EXPECT_EQ(without.error().field(), "sealer.kind");
    EXPECT_NE(without.error().hint().find("makes no MACs"), std::string::npos);
    EXPECT_TRUE(opened("psbc")) << "which does, once it is there";
}

TEST_F(TillParts, TakeEveryTradeInBothForms) {
    auto till = open(lent()).value();
    ASSERT_TRUE(till.sign_in(soon()));
    const auto sold = till.async_sale({"a", amount(500)}, soon(), boost::asio::use_future).get();
    ASSERT_TRUE(sold && sold->ok());
    EXPECT_NE(till.receipt(*sold, receipt_copy::cardholder).find("5.00"), std::string::npos);
    ASSERT_TRUE(till.refund({"b", sold->handle, amount(100)}, soon()));
    const auto other = till.sale({"c", amount(700)}, soon());
    ASSERT_TRUE(other && other->ok());
    ASSERT_TRUE(till.async_void_payment({"d", other->handle}, soon(), boost::asio::use_future).get());
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto by_code = till.qr_sale({"e", amount(300)}, soon());
    ASSERT_TRUE(by_code) << by_code.error();
    EXPECT_TRUE(by_code->ok()) << *by_code;
    EXPECT_TRUE(till.async_recover({}, soon(), boost::asio::use_future).get());
    EXPECT_EQ(till.status(soon())->undecided, 0U);
    const auto settled = till.settle(soon());
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_FALSE(till.settlement_slip(*settled).empty());
}

TEST_F(TillParts, AreLookedUpByKeyAndHandle) {
    auto till = open(lent()).value();
    EXPECT_FALSE(*till.lookup("never", soon()));
    const auto paid = till.sale({"one", amount(1234)}, soon()).value();
    const auto by_key = till.lookup("one", soon()).value();
    ASSERT_TRUE(by_key);
    EXPECT_EQ(by_key->handle, paid.handle);
    EXPECT_EQ(by_key->told, acquiring::told::recorded);
    EXPECT_EQ(till.lookup(paid.handle, soon()).value()->trace, paid.trace);
    EXPECT_FALSE(*till.lookup(std::uint64_t{99}, soon()));
}

static_assert(!std::is_convertible_v<fake_display&, till_part<ports::display>>,
    "what is lent is said to be: a reference alone tells nobody that it must outlive the till");

TEST_F(TillParts, MayBeOwned) {
    auto with = lent();
    with.display = std::make_unique<fake_display>(rig.faults);
    auto till = open(std::move(with)).value();
    ASSERT_NE(till.display(), nullptr);
    EXPECT_EQ(till.display()->heartbeat(soon()).value(), "fake");
}

/// Keeps what it prints.
class roll final : public ports::printer {
  public:
    result<void> print(const ports::print_job& job, const call& /*bounds*/) override {
        slips.push_back(job.text);
        return {};
    }
    result<void> open_drawer(const call& /*bounds*/) override { return {}; }
    result<ports::printer_status> status(const call& /*bounds*/) override { return ports::printer_status(); }
    [[nodiscard]] ports::printer_capabilities capabilities() const noexcept override {
        ports::printer_capabilities can;
        can.confirms = true;
        can.columns = 24;
        return can;
    }
    std::vector<std::string> slips;
};

/// Scans the same code for ever.
class torch final : public ports::scanner {
  public:
    result<ports::scanned_code> scan(const call& /*bounds*/) override {
        ports::scanned_code read;
        read.text = wiped_text("134567890123456789");
        read.when = monotonic_clock::now();
        return read;
    }
    [[nodiscard]] bool attached() const noexcept override { return true; }
};

TEST_F(TillParts, MayBePrinterAndScanner) {
    roll paper;
    torch light;
    auto with = lent();
    with.printer = lend(paper);
    with.scanner = lend(light);
    auto till = open(std::move(with)).value();
    EXPECT_EQ(till.status(soon())->printer, part_state::given);
    EXPECT_EQ(till.status(soon())->scanner, part_state::given);
    const auto paid = till.sale({"one", amount(1234)}, soon()).value();
    const auto printed = till.print_receipt(paid, receipt_copy::merchant, soon());
    ASSERT_TRUE(printed) << printed.error();
    EXPECT_EQ(printed->what, ports::print_report::progress::printed);
    ASSERT_EQ(paper.slips.size(), 1U);
    EXPECT_EQ(paper.slips.front(), till.receipt(paid, receipt_copy::merchant, 24));
    EXPECT_TRUE(till.scan_payment_code(soon()));
    EXPECT_FALSE(till.scan_payment_code(soon())) << "the same code pays once";
}

TEST_F(TillParts, ThatAreNullAreNamed) {
    const auto refused_part = [&](auto give) {
        auto with = lent();
        give(with);
        const auto refused = open(std::move(with));
        if (refused) return std::string("opened");
        EXPECT_EQ(refused.error().code(), till_errc::null_part);
        return std::string(refused.error().field());
    };
    EXPECT_EQ(refused_part([](auto& with) { with.journal = std::unique_ptr<ports::store>(); }), "journal");
    EXPECT_EQ(refused_part([](auto& with) { with.host = std::unique_ptr<ports::host>(); }), "host");
    EXPECT_EQ(refused_part([](auto& with) { with.sealer = std::unique_ptr<ports::sealer>(); }), "sealer");
    EXPECT_EQ(refused_part([](auto& with) { with.pinpad = std::unique_ptr<ports::pinpad>(); }), "pinpad");
    EXPECT_EQ(refused_part([](auto& with) { with.display = std::unique_ptr<ports::display>(); }), "display");
    EXPECT_EQ(refused_part([](auto& with) { with.gateway = std::unique_ptr<ports::qr_gateway>(); }), "gateway");
    EXPECT_EQ(refused_part([](auto& with) { with.printer = std::unique_ptr<ports::printer>(); }), "printer");
    EXPECT_EQ(refused_part([](auto& with) { with.scanner = std::unique_ptr<ports::scanner>(); }), "scanner");
    EXPECT_EQ(refused_part([](auto& with) { with.clock = std::shared_ptr<const ports::clock>(); }), "clock");
    EXPECT_EQ(refused_part([](auto& with) { with.observer = std::shared_ptr<acquiring::timeline>(); }), "observer");
}

TEST_F(TillParts, AtOneAddressBelongToOneTill) {
    settings.display.driver = "rcall";
    settings.display.path = folder.file("tty-display"); // not plugged in: the keeper waits for it
    const auto open_without_devices = [&] {
        auto with = lent();
        with.display = {};
        with.pinpad = {};
        return open(std::move(with));
    };
    {
        const auto first = open_without_devices();
        ASSERT_TRUE(first) << first.error();
        settings.journal.file = folder.file("second.db");
        settings.journal.key_file = folder.file("second.key");
        const auto refused = open_without_devices();
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), till_errc::in_use);
        EXPECT_EQ(refused.error().field(), "display.path");
    }
    EXPECT_TRUE(open_without_devices()) << "given back with the first till";
    settings.pinpad.driver = "abecs";
    settings.pinpad.path = settings.display.path;
    const auto twice = open_without_devices();
    ASSERT_FALSE(twice) << "one device is not display and PIN pad";
    EXPECT_EQ(twice.error().code(), till_errc::in_use);
}

TEST(Claims, NameADeviceHoweverItsAddressIsWritten) {
    using assembly::device_name_of;
    const memory_folder folder;
    std::ofstream(folder.file("line")) << "";
    std::filesystem::create_symlink(folder.file("line"), folder.file("by-id"));
    const std::vector<std::vector<std::string>> same{
        {folder.file("line"), folder.file("line") + "?baud=9600", folder.file("by-id") + "?stop=2"},
        {"tcp:localhost:9100", "tcp:127.0.0.1:9100", "localhost:9100", "tls:127.0.0.1:9100"},
        {"tcp:[::1]:9100", "tcp:[0:0:0:0:0:0:0:1]:9100"}, {"tcp:panel.example:9100", "panel.example:9100"},
        {"usb:1209:5a21", "usb:1209:5A21"}, {"hid:1209:5a21"}, {"usb:1209:5a21:A1"}, {"usb:1209:5a21@1-1.2"}};
    std::set<std::string> names;
    for (const auto& addresses : same) {
        for (const auto& one : addresses)
            EXPECT_EQ(device_name_of(one), device_name_of(addresses.front())) << one;
        EXPECT_TRUE(names.insert(device_name_of(addresses.front())).second) << addresses.front();
    }
}

TEST_F(TillParts, OfTwoSpeakersBehindOneBrokerAreTwo) {
    settings.display.driver = "mqtt-speaker";
    settings.display.path = "tcp:127.0.0.1:1";
    settings.display.topic = "862000000000001";
    const auto open_own = [&](const std::string& name) {
        settings.journal.file = folder.file(name + ".db");
        settings.journal.key_file = folder.file(name + ".key");
        auto with = lent();
        with.display = {};
        return open(std::move(with));
    };
    const auto first = open_own("first");
    ASSERT_TRUE(first) << first.error();
    EXPECT_EQ(open_own("second").error().field(), "display.path");
    settings.display.topic = "862000000000002";
    EXPECT_TRUE(open_own("third"));
}

TEST_F(TillParts, OfOneTerminalAreNotGivenToTwo) {
    settings.terminals.push_back(settings.terminals.front());
    settings.terminals.back().terminal_id = "TEST0002";
    const auto refused = open(lent());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), till_errc::shared_part);
    EXPECT_EQ(refused.error().field(), "host");
}

/// A terminal got another number while a reversal of the old one was pending: nobody would see to it.
TEST_F(TillParts, LeftByATerminalThatIsNoLongerSetAreRaised) {
    rig.host.mood.seal = host_mood::mac::wrong;
    auto with = lent();
    with.journal = lend(*rig.journal);
    with.observer = lend(rig.seen);
    const auto lost = open(std::move(with)).value().sale({"one", amount(500)}, soon()).value();
    ASSERT_EQ(lost.outcome, verdict::unknown);
    rig.host.mood = host_mood();
    settings.terminals.front().terminal_id = "TEST0002";
    with = lent();
    with.journal = lend(*rig.journal);
    with.observer = lend(rig.seen);
    ASSERT_TRUE(open(std::move(with))) << "the till opens all the same";
    const auto alerts = rig.seen.alerts();
    ASSERT_FALSE(alerts.empty());
    EXPECT_EQ(alerts.back().kind, acquiring::alert_kind::orphaned_record);
    EXPECT_EQ(alerts.back().record.id, lost.handle);
}

/// What gateways say of the orders of a terminal that the settings have lost, new or left for a person before.
TEST_F(TillParts, WordsAboutATerminalThatIsNoLongerSetAreToldUntilTheyAreAcknowledged) {
    using acquiring::alert_kind;
    settings.terminals.front().qr.unwanted = acquiring::unwanted_payment::is_asked;
    const auto with = [&] {
        auto made = lent();
        made.journal = lend(*rig.journal);
        made.observer = lend(rig.seen);
        return made;
    };
    const auto raised = [&](alert_kind kind) {
        const auto all = rig.seen.alerts();
        return std::count_if(all.begin(), all.end(), [&](const auto& one) { return one.kind == kind; });
    };
    const auto tell = [&](const std::string& order, std::int64_t paid, const char* transaction) {
        ports::qr_order_status told;
        told.order_number = order;
        told.merchant_id = settings.terminals.front().merchant_id;
        told.terminal_id = "TEST0001";
        told.state = ports::qr_order_state::paid;
        told.paid = amount(paid);
        told.transaction_number = transaction;
        ASSERT_TRUE(rig.journal->keep_notice(told, soon()));
    };
    {
        auto till = open(with()).value();
        const auto unpaid = till.qr_sale({"unpaid", amount(300)}, rig.while_nobody_pays()).value();
        ASSERT_EQ(unpaid.outcome, verdict::declined);
        rig.gateway.pays = fake_gateway::payer::before_notification;
        const auto paid = till.qr_sale({"paid", amount(500)}, soon()).value();
        ASSERT_TRUE(paid.ok());
        tell("NEVER-HEARD-OF", 5, "T1");
        ASSERT_TRUE(till.recover(soon()));
        EXPECT_EQ(till.notices(soon())->size(), 1U) << "left for a person by its own lane";
        tell(paid.order_number, 500, paid.reference.c_str());
        tell(paid.order_number, 500, "T2");
        tell(unpaid.order_number, 300, "T3");
    }
    settings.terminals.front().terminal_id = "TEST0002";
    for (std::ptrdiff_t starts = 1; starts <= 2; ++starts) {
        auto till = open(with()).value();
        ASSERT_TRUE(till.recover(soon()));
        EXPECT_EQ(raised(alert_kind::unknown_notice), 1 + starts);
        EXPECT_EQ(raised(alert_kind::paid_twice), starts);
        EXPECT_EQ(raised(alert_kind::orphaned_record), starts);
    }
    auto till = open(with()).value();
    const auto left = till.notices(soon()).value();
    ASSERT_EQ(left.size(), 3U) << "what the journal has already is nobody's news";
    EXPECT_EQ(left[1].matter, ports::notice_matter::second_payment);
    EXPECT_EQ(left[2].matter, ports::notice_matter::no_lane);
    EXPECT_EQ(left[2].told.transaction_number, "T3");
    for (const auto& one : left)
        ASSERT_TRUE(till.acknowledge_notice(one.id, soon()));
    const auto before = rig.seen.alerts().size();
    ASSERT_TRUE(till.recover(soon()));
    EXPECT_EQ(rig.seen.alerts().size(), before);
    EXPECT_EQ(till.status(soon())->notices_waiting, 0U);
}

/// Each word of a gateway about another machine's order is looked at before each trade.
TEST(TerminalRoll, AsksTheBooksForNamesThatItHasNotSeenAlone) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 100));
    assembly::terminal_roll roll(*rig.guarded);
    const auto asked = [&] {
        return std::count(rig.faults.calls.begin(), rig.faults.calls.end(), "store terminals");
    };
    const auto before = asked();
    for (int words = 0; words < 20; ++words)
        EXPECT_FALSE(roll.lacks("TEST0001"));
    EXPECT_EQ(asked() - before, 1);
    EXPECT_TRUE(roll.lacks("TEST0009"));
    EXPECT_EQ(asked() - before, 2) << "somebody may have opened it since";
    rig.faults.fails = [](std::string_view what) { return what == "store terminals"; };
    for (int words = 0; words < 20; ++words)
        EXPECT_FALSE(roll.lacks("TEST0009")) << "nobody can say so";
    EXPECT_EQ(asked() - before, 3) << "books that do not answer are left alone for a while";
    EXPECT_FALSE(roll.lacks("TEST0001"));
}

TEST_F(TillParts, WordsOfAGatewayThatIsNoLongerSetAreTold) {
    auto with = lent();
    with.journal = lend(*rig.journal);
    with.observer = lend(rig.seen);
    with.gateway = {};
    ports::qr_order_status told;
    told.order_number = "NEVER-HEARD-OF";
    told.terminal_id = "TEST0001";
    told.state = ports::qr_order_state::paid;
    told.paid = amount(5);
    ASSERT_TRUE(rig.journal->keep_notice(told, soon()));
    auto till = open(std::move(with)).value();
    ASSERT_TRUE(till.recover(soon()));
    EXPECT_EQ(till.notices(soon())->size(), 1U);
    ASSERT_FALSE(rig.seen.alerts().empty());
    EXPECT_EQ(rig.seen.alerts().back().kind, acquiring::alert_kind::unknown_notice);
}

TEST_F(TillParts, OfTwoTerminalsShareTheJournal) {
    settings.terminals.push_back(settings.terminals.front());
    settings.terminals.back().terminal_id = "TEST0002";
    till::parts none;
    none.log = logger::none();
    auto first = open(std::move(none)).value();
    EXPECT_EQ(first.terminals(), (std::vector<std::string>{"TEST0001", "TEST0002"}));
    auto second = first.at("TEST0002").value();
    EXPECT_EQ(second.terminal().terminal_id, "TEST0002");
    EXPECT_EQ(&first.journal(), &second.journal());
    const auto other = first.at("TEST0003");
    EXPECT_EQ(other.error().code(), till_errc::no_such_terminal);
    EXPECT_EQ(other.error().hint(), "there are TEST0001 TEST0002");
    { const auto gone = std::move(first); }
    EXPECT_TRUE(second.status(soon())) << "one handle keeps everything alive";
}

TEST_F(TillParts, OfTwoTerminalsMayBeAPinPadForEach) {
    settings.terminals.push_back(settings.terminals.front());
    settings.terminals.back().terminal_id = "TEST0002";
    const auto with = [&](const std::string& terminal, till_part<ports::pinpad> pad) {
        till::parts given;
        given.log = logger::none();
        given.pinpads.emplace(terminal, std::move(pad));
        return given;
    };
    {
        auto first = open(with("TEST0001", lend(rig.pinpad))).value();
        EXPECT_EQ(first.status(soon())->pinpad, part_state::given);
        EXPECT_EQ(first.at("TEST0002")->status(soon())->pinpad, part_state::none);
    }
    const auto unknown = open(with("TEST0003", lend(rig.pinpad)));
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code(), till_errc::no_such_terminal);
    EXPECT_EQ(unknown.error().hint(), "found TEST0003");
    const auto none = open(with("TEST0001", std::unique_ptr<ports::pinpad>()));
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), till_errc::null_part);
}

TEST_F(TillParts, OfTwoTerminalsAreUsedByOneAtATime) {
    settings.terminals.push_back(settings.terminals.front());
    settings.terminals.back().terminal_id = "TEST0002";
    till::parts with;
    with.log = logger::none();
    with.display = lend(rig.display);
    auto first = open(std::move(with)).value();
    auto second = first.at("TEST0002").value();
    ports::qr_view view;
    view.payload = "first's";
    view.valid_for = std::chrono::minutes(3);
    ASSERT_TRUE(first.display()->show_qr(view, soon()));
    view.payload = "second's";
    const auto refused = second.display()->show_qr(view, soon());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), till_errc::device_busy);
    EXPECT_EQ(second.display()->clear(soon()).error().code(), till_errc::device_busy) << "it is not second's code";
    EXPECT_EQ(rig.display.code, "first's");
    ASSERT_TRUE(first.display()->clear(soon()));
    EXPECT_TRUE(second.display()->show_qr(view, soon()));
}

TEST_F(TillParts, OfOneTerminalBelongToOneTill) {
    auto with = lent();
    with.journal = lend(*rig.journal);
    auto again = with;
    std::optional<till> first = open(std::move(with)).value();
    const auto refused = open(again);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), till_errc::in_use);
    EXPECT_EQ(refused.error().field(), "terminal.id");
    first.reset();
    EXPECT_TRUE(open(again));
}

/// An observer is called on the thread of the trade, whose end cannot be waited for there.
TEST_F(TillParts, OutliveATillThatIsLetGoWithinATrade) {
    struct watcher final : acquiring::timeline {
        std::optional<cipherlane::till>* till = nullptr;
        void on_entry(const acquiring::timeline_entry&) noexcept override {}
        void on_alert(const acquiring::alert&) noexcept override {}
        void on_stage(const acquiring::stage_event& now) noexcept override {
            if (now.at == acquiring::stage::finishing) till->reset();
        }
    };
    std::optional<cipherlane::till> till;
    auto owned = std::make_shared<watcher>();
    owned->till = &till;
    const std::weak_ptr<watcher> seen = owned;
    auto with = lent();
    with.observer = std::shared_ptr<acquiring::timeline>(std::move(owned));
    till.emplace(open(std::move(with)).value());
    auto sold = till->async_sale({"one", amount(1234)}, soon(), boost::asio::use_future);
    const auto end_of_it = sold.get();
    ASSERT_TRUE(end_of_it) << end_of_it.error();
    EXPECT_TRUE(end_of_it->ok()) << "what has left is seen to its end";
    EXPECT_FALSE(till);
    for (const auto end = std::chrono::steady_clock::now() + 10s;
         !seen.expired() && std::chrono::steady_clock::now() < end;)
        std::this_thread::yield();
    EXPECT_TRUE(seen.expired()) << "the parts are let go behind the trade";
    EXPECT_TRUE(open(lent())) << "and so is the terminal";
}

/// Away whenever it is asked for.
class lost_printer final : public ports::printer {
  public:
    result<void> print(const ports::print_job& /*job*/, const call& /*bounds*/) override { return away(); }
    result<void> open_drawer(const call& /*bounds*/) override { return away(); }
    result<ports::printer_status> status(const call& /*bounds*/) override { return away(); }
    [[nodiscard]] ports::printer_capabilities capabilities() const noexcept override {
        ports::printer_capabilities can;
        can.tells_paper = true;
        return can;
    }

  private:
    static error away() { return make_fault(fault_kind::link_lost); }
};

/// A line of the log may be told on a thread that the till would wait for at its end, under a lock of a part.
TEST_F(TillParts, MayBeLetGoWithinALineOfTheLog) {
    std::optional<cipherlane::till> till;
    std::atomic<bool> may_end{false};
    std::atomic<bool> ended{false};
    auto owned = std::make_shared<lost_printer>();
    const std::weak_ptr<lost_printer> seen = owned;
    auto with = lent();
    with.printer = std::shared_ptr<ports::printer>(std::move(owned));
    with.log = logger(log_level::warning, [&](log_level, std::string_view part, std::string_view) {
        if (part != "printer" || !may_end.exchange(false)) return;
        till.reset();
        ended = true;
    });
    till.emplace(open(std::move(with)).value());
    const auto paid = till->sale({"one", amount(1234)}, soon()).value();
    const auto printed = till->print_receipt(paid, receipt_copy::merchant, soon());
    ASSERT_TRUE(printed) << printed.error();
    EXPECT_NE(printed->what, ports::print_report::progress::printed);
    may_end = true; // at the keeper's next try, on the thread of its timer
    const auto wait_for = [](const auto& what) {
        for (const auto end = std::chrono::steady_clock::now() + 30s;
             !what() && std::chrono::steady_clock::now() < end;)
            std::this_thread::sleep_for(5ms);
        return what();
    };
    ASSERT_TRUE(wait_for([&] { return ended.load(); }));
    EXPECT_FALSE(till);
    EXPECT_TRUE(wait_for([&] { return seen.expired(); })) << "the parts are let go behind the line";
    EXPECT_TRUE(wait_for([&] { return open(lent()).has_value(); })) << "and so is the terminal";
}

TEST_F(TillParts, MoveWithTheTill) {
    auto first = open(lent()).value();
    auto moved = std::move(first);
    ASSERT_TRUE(moved.sale({"one", amount(100)}, soon()));
    first = std::move(moved);
    EXPECT_TRUE(first.lookup("one", soon()).value());
}

} // namespace
} // namespace cipherlane::tests
