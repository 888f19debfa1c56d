// What a till makes and finds by its settings: journal, key files, sealer, printer's queue.
#include "simkit/child_process.hpp"
#include "unit/till/till_parts.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/store/errc.hpp>
#include <cipherlane/till/errc.hpp>
#include <cipherlane/till/journal_start.hpp>

#include <atomic>
#include <cstdlib>
#include <set>

namespace cipherlane::tests {
namespace {

using std::filesystem::perms;
using namespace std::chrono_literals;

constexpr auto private_mode = perms::owner_read | perms::owner_write;
const std::string test_key = "0123456789ABCDEFFEDCBA9876543210";

TEST_F(TillParts, OfOneJournalFileBelongToOneTill) {
    const auto first = open(lent());
    ASSERT_TRUE(first);
    const auto refused = open(lent());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), till_errc::in_use);
    EXPECT_EQ(refused.error().field(), "journal.file");
}

TEST_F(TillParts, AreMadeAtTheFirstStartWithAPrivateKeyFile) {
    {
        auto till = open(lent());
        ASSERT_TRUE(till) << till.error();
    }
    EXPECT_EQ(std::filesystem::status(settings.journal.key_file).permissions(), private_mode);
    ASSERT_TRUE(open(lent())) << "the second start finds both";
    std::filesystem::permissions(settings.journal.key_file, private_mode | perms::group_read);
    const auto open_to_others = open(lent());
    ASSERT_FALSE(open_to_others);
    EXPECT_EQ(open_to_others.error().code(), core_errc::file_mode);
    EXPECT_EQ(open_to_others.error().field(), "journal.key_file");
    std::filesystem::remove(settings.journal.key_file);
    const auto lost = open(lent());
    ASSERT_FALSE(lost) << "a journal whose key is lost gets no fresh one";
    EXPECT_EQ(lost.error().code(), core_errc::no_file);
}

/// A journal that is missed is not made anew: its traces would begin again, and reverse another customer's sale.
TEST_F(TillParts, AreNotMadeAnewInThePlaceOfALostJournal) {
    { ASSERT_TRUE(open(lent())); }
    const auto removed = folder.file("away.db");
    std::filesystem::rename(settings.journal.file, removed);
    EXPECT_EQ(open(lent()).error().code(), store_errc::journal_lost);
    std::filesystem::remove(settings.journal.file + ".mark");
    EXPECT_EQ(open(lent()).error().code(), store_errc::journal_lost) << "there is a key: there was a journal";
    EXPECT_FALSE(std::filesystem::exists(settings.journal.file));
    ASSERT_TRUE(begin_journal(settings, soon())) << "unless somebody says so";
    EXPECT_TRUE(open(lent()));
    std::filesystem::rename(removed, settings.journal.file);
    EXPECT_EQ(open(lent()).error().code(), store_errc::other_journal);
    ASSERT_TRUE(adopt_journal(settings, soon()));
    EXPECT_TRUE(open(lent()));
}

TEST_F(TillParts, AreBegunByAWordWhereTheSettingsSaySo) {
    settings.journal.create = false;
    EXPECT_EQ(open(lent()).error().code(), core_errc::no_file) << "an empty folder is no first start";
    EXPECT_FALSE(std::filesystem::exists(settings.journal.key_file));
    ASSERT_TRUE(begin_journal(settings, soon()));
    ASSERT_TRUE(begin_journal(settings, soon())) << "once more does no harm";
    EXPECT_TRUE(open(lent()));
}

TEST_F(TillParts, WantTheMasterKeyInAPrivateFile) {
    settings.host.address = "127.0.0.1:9";
    till::parts none;
    none.log = logger::none();
    const auto without = open(none);
    ASSERT_FALSE(without);
    EXPECT_EQ(without.error().code(), till_errc::missing_setting);
    EXPECT_EQ(without.error().field(), "sealer.key_file");

    settings.sealer.key_file = folder.file("tmk.key");
    EXPECT_EQ(open(none).error().code(), core_errc::no_file);
    write_key("tmk.key", test_key + "\n", private_mode | perms::others_read);
    EXPECT_EQ(open(none).error().code(), core_errc::file_mode);
    write_key("tmk.key", test_key + "00\n", private_mode);
    EXPECT_EQ(open(none).error().code(), core_errc::file_content);
    write_key("tmk.key", test_key + "\n", private_mode);
    const auto opened = open(none);
    EXPECT_TRUE(opened) << opened.error();
}

/// What only the start can find wrong is named by table and key, too.
TEST_F(TillParts, NameTheSettingOfAFileThatIsWrong) {
    till::parts none;
    none.log = logger::none();
    write_key("tmk.key", test_key + "\n", private_mode);
    write_key("other.pem", "no PEM\n", private_mode);
    settings.sealer.key_file = folder.file("tmk.key");
    settings.host.address = settings.gateway.address = "127.0.0.1:9";
    const auto right = settings;
    const auto refused = [&](std::string_view field, std::string_view endpoint) {
        settings.host.tls.on = settings.host.tls != right.host.tls;
        settings.gateway.tls.on = settings.gateway.tls != right.gateway.tls;
        const auto opened = till::open(settings, none, soon());
        settings = right;
        ASSERT_FALSE(opened) << field;
        EXPECT_EQ(opened.error().field(), field) << opened.error();
        EXPECT_TRUE(endpoint.starts_with(opened.error().endpoint())) << opened.error();
        EXPECT_TRUE(opened.error().endpoint().empty() == endpoint.empty()) << opened.error();
    };
    settings.host.tls.ca_file = folder.file("none.pem");
    refused("host.ca_file", folder.file("none.pem"));
    settings.host.tls.crl_file = folder.file("other.pem");
    refused("host.crl_file", folder.file("other.pem"));
    settings.host.tls.certificate_file = folder.file("other.pem");
    settings.host.tls.key_file = folder.file("tmk.key");
    refused("host.certificate_file", folder.file("other.pem"));
    settings.host.tls.key_file = folder.file("tmk.key");
    refused("host.certificate_file", {});
    settings.gateway.tls.certificate_file = folder.file("other.pem");
    refused("gateway.tls_key_file", {});
    settings.gateway.public_key_file = folder.file("other.pem");
    refused("gateway.public_key_file", folder.file("other.pem"));
    settings.trace.file = folder.file("none/trace");
    refused("trace.file", folder.file("none/trace"));
    settings.sealer.kind = sealer_kind::cipher_machine;
    settings.sealer.address = "127.0.0.1:9";
    settings.sealer.profile = "payshild";
    write_key("tmk.key", "U61B3DB0E8357AA01D1D602DB8EF66A91\n", private_mode);
    refused("sealer.profile", {});
}

/// What everybody knows is for simulators: it is refused as soon as host or gateway are another machine.
TEST_F(TillParts, TakeNoPublishedTestKeyToAHostElsewhere) {
    till::parts none;
    none.log = logger::none();
    settings.sealer.key_file = folder.file("tmk.key");
    settings.host.address = "192.0.2.7:9"; // of no machine; opening a till sends nothing
    write_key("tmk.key", test_key + "\n", private_mode);
    const auto refused = open(none);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), till_errc::test_key);
    EXPECT_EQ(refused.error().field(), "sealer.key_file");
    write_key("tmk.key", "3B1F4C6D8A9E02B7C4D5E6F7081929A3\n", private_mode);
    EXPECT_TRUE(open(none));
    const auto own = settings.journal;
    settings.journal.file = folder.file("other.db");
    settings.journal.key_file = folder.file("other.key");
    write_key("other.key", std::string(64, '0') + "\n", private_mode);
    EXPECT_EQ(open(none).error().field(), "journal.key_file");
    settings.journal = own;
    settings.sealer.test_keys = true;
    write_key("tmk.key", test_key + "\n", private_mode);
    const auto taken = open(none);
    EXPECT_TRUE(taken) << taken.error();
}

/// Who takes the folder, or its backup, would have the key and what it seals.
TEST_F(TillParts, WarnOfAKeyThatLiesBesideItsJournal) {
    std::string said;
    till::parts none;
    const auto warnings = [&] {
        said.clear();
        none.log =
            logger(log_level::warning, [&](log_level, std::string_view, std::string_view line) { said += line; });
        settings.sealer.key_file = folder.file("tmk.key");
        write_key("tmk.key", test_key + "\n", private_mode);
        const auto opened = open(none);
        EXPECT_TRUE(opened) << opened.error();
        return said.find("lies beside") != std::string::npos;
    };
    settings.journal.file = folder.file("one.db");
    settings.journal.key_file = folder.file("one.key");
    EXPECT_TRUE(warnings()) << said;
    std::filesystem::create_directory(folder.file("elsewhere"));
    settings.journal.file = folder.file("two.db");
    settings.journal.key_file = folder.file("elsewhere") + "/two.key";
    EXPECT_FALSE(warnings()) << said;
}

// The host's published keys come in under the published master key: the same with odd parity lies under the test LMK.
TEST_F(TillParts, LetACipherMachineMakeTheMacs) {
    const auto bin = std::string(std::getenv("CIPHERLANE_BINARY_DIR")) + "/bin/cipherlane-hsm-sim";
    auto unit = sim::child_process::start({bin, "--port", "0"}, "/dev/null").value();
    settings.sealer.kind = sealer_kind::cipher_machine;
    settings.sealer.address = unit.await("listening", 60s).value();
    settings.sealer.profile = "payshield";
    settings.sealer.key_file = folder.file("tmk.key");
    write_key("tmk.key", "U61B3DB0E8357AA01D1D602DB8EF66A91\n", private_mode);
    auto with = lent();
    with.sealer = {};
    {
        auto till = open(std::move(with)).value();
        const auto paid = till.sale({"one", amount(1234)}, soon());
        ASSERT_TRUE(paid) << paid.error();
        EXPECT_EQ(paid->outcome, verdict::approved);
        rig.host.mood.seal = host_mood::mac::wrong;
        const auto forged = till.sale({"two", amount(100)}, soon());
        EXPECT_FALSE(forged && forged->outcome == verdict::approved) << "no field of a forged answer is believed";
    }
    write_key("tmk.key", "one two\n", private_mode);
    with = lent();
    with.sealer = {};
    EXPECT_EQ(open(std::move(with)).error().code(), core_errc::file_content);
}

/// A cipher machine behind a cable that can be pulled.
class sealer_on_a_cable final : public ports::sealer {
  public:
    explicit sealer_on_a_cable(ports::sealer& below)
        : below_(below) {}
    result<void> load_mac_key(const ports::wrapped_key& key, const call& bounds) override {
        ++loads;
        if (pulled) return gone();
        return below_.load_mac_key(key, bounds);
    }
    result<void> check_pin_key(const ports::wrapped_key& key, const call& bounds) override {
        if (pulled) return gone();
        return below_.check_pin_key(key, bounds);
    }
    result<ports::mac_field> make_mac(byte_view mab, const call& bounds) override {
        if (pulled) return gone();
        return below_.make_mac(mab, bounds);
    }
    result<bool> verify_mac(byte_view mab, const ports::mac_field& mac, const call& bounds) override {
        if (pulled) return gone();
        return below_.verify_mac(mab, mac, bounds);
    }

    bool pulled = false;
    int loads = 0;

  private:
    static error gone() {
        return {boost::system::errc::make_error_code(boost::system::errc::connection_refused), layer::hsm};
    }
    ports::sealer& below_;
};

/// The machine that makes the MACs may come later than the till: no sign-in is spent on it, and nothing is sent
/// before.
TEST_F(TillParts, OpenWhileTheSealerIsAway) {
    sealer_on_a_cable cable(*rig.sealer);
    const auto with = [&] {
        auto parts = lent();
        parts.sealer = lend(cable);
        return parts;
    };
    {
        auto till = open(with()).value();
        ASSERT_EQ(till.sale({"one", amount(100)}, soon()).value().outcome, verdict::approved);
    }
    cable.pulled = true;
    const auto asked = rig.host.requests.size();
    auto opened = open(with());
    ASSERT_TRUE(opened) << opened.error();
    const auto refused = opened->sale({"two", amount(100)}, soon());
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(condition::link_lost)) << refused.error();
    EXPECT_EQ(rig.host.requests.size(), asked) << "nothing left";
    cable.pulled = false;
    cable.loads = 0;
    const auto paid = opened->sale({"three", amount(100)}, soon());
    ASSERT_TRUE(paid) << paid.error();
    EXPECT_EQ(paid->outcome, verdict::approved);
    EXPECT_EQ(cable.loads, 1) << "the journal's key, once";
    EXPECT_EQ(rig.host.requests.size(), asked + 1) << "the sale alone";
}

/// Paper is no reason to sell nothing.
TEST_F(TillParts, SellWithoutAPrinterWhereItsQueueIsBroken) {
    settings.printer.driver = "escpos";
    settings.printer.path = folder.file("tty-printer"); // not plugged in: the keeper waits for it
    settings.printer.queue_file = folder.file("slips.db");
    std::atomic<int> lines{0};
    const auto with = [&] {
        auto parts = lent();
        parts.log = logger(log_level::error, [&](log_level, std::string_view part, std::string_view line) {
            if (part == "printer" && line.find("receipt queue") != std::string_view::npos) ++lines;
        });
        return parts;
    };
    const auto spoil = [&] { std::ofstream(settings.printer.queue_file) << std::string(8192, 'x'); };
    spoil();
    {
        auto opened = open(with());
        ASSERT_TRUE(opened) << opened.error();
        EXPECT_EQ(lines, 1);
        const auto paid = opened->sale({"one", amount(100)}, soon());
        ASSERT_TRUE(paid && paid->ok());
        const auto now = opened->status(soon());
        ASSERT_TRUE(now) << now.error();
        EXPECT_EQ(now->printer, part_state::away);
        const auto printed = opened->print_receipt(*paid, receipt_copy::merchant, soon());
        ASSERT_FALSE(printed);
        EXPECT_EQ(printed.error().code(), store_errc::not_a_journal) << printed.error();
        EXPECT_EQ(printed.error().field(), "printer.queue_file");
    }
    std::filesystem::remove(settings.printer.queue_file);
    lines = 0;
    auto opened = open(with()).value();
    EXPECT_EQ(opened.status(soon())->printer, part_state::away);
    EXPECT_EQ(lines, 0);
    spoil();
    for (int times = 0; times < 2; ++times) {
        const auto now = opened.status(soon());
        ASSERT_TRUE(now) << now.error();
        EXPECT_EQ(now->printer, part_state::away);
    }
    EXPECT_EQ(lines, 1) << "once";
    EXPECT_TRUE(opened.sale({"two", amount(100)}, soon()));
}

// With a new journal handles, batches and sums come again; what a queue or a speaker knows a payment by must not.
TEST_F(TillParts, NamePaymentsAndSlipsOfANewJournalAnew) {
    settings.printer.driver = "escpos";
    settings.printer.path = folder.file("tty-printer"); // not plugged in: slips wait
    settings.printer.queue_file = folder.file("slips.db");
    rig.gateway.pays = fake_gateway::payer::before_notification;
    std::set<std::uint64_t> told;
    std::set<std::uint64_t> handles;
    for (const std::size_t journals : {1U, 2U}) {
        auto till = open(lent()).value();
        const auto paid = till.qr_sale({"one", amount(300)}, soon());
        ASSERT_TRUE(paid && paid->ok());
        handles.insert(paid->handle);
        told.insert(rig.display.ended_payment);
        const auto settled = till.settle(soon());
        ASSERT_TRUE(settled) << settled.error();
        for (int times = 0; times < 2; ++times) { // asked for again it is the same slip
            ASSERT_TRUE(till.print_receipt(*paid, receipt_copy::cardholder, soon()));
            ASSERT_TRUE(till.print_settlement(*settled, soon()));
        }
        EXPECT_EQ(till.status(soon())->slips_waiting, 2 * journals);
        rig.books.trade_count = rig.books.order_count = 0; // the world begins anew, too
        for (const char* behind : {"", "-wal", "-shm", ".mark"})
            std::filesystem::remove(settings.journal.file + behind);
        std::filesystem::remove(settings.journal.key_file);
    }
    EXPECT_EQ(handles.size(), 1U) << "or the test shows nothing";
    EXPECT_EQ(told.size(), 2U);
    EXPECT_FALSE(told.contains(0));
}

} // namespace
} // namespace cipherlane::tests
