// What a settings file says as a whole: what goes together, what has no effect, what is probably meant.
#include "support/doc_blocks.hpp"
#include "unit/till/settings_texts.hpp"

#include <cipherlane/till/errc.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

TEST(TillSettings, ShowNoPasswordOfAnAddress) {
    const auto read = parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[journal]\n"
                                 "store = \"postgresql://u:sEcret@h/d?wrong_word=1\"\n");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().to_string().find("sEcret"), std::string::npos) << read.error();
}

TEST(TillSettings, OfTheDocsAreRead) {
    const auto blocks = doc_blocks("02-till.md", "till");
    EXPECT_EQ(blocks.size(), 1U);
    for (const auto& block : blocks) {
        const auto read = parse_till(block, "02-till.md");
        EXPECT_TRUE(read) << read.error();
    }
}

TEST(TillSettings, SayWhichKeyWasProbablyMeant) {
    const auto read = parse_till(
        "[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[host]\nadress = \"x:1\"\n", "till.toml");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().field(), "host.adress");
    EXPECT_EQ(read.error().offset(), 5U);
    EXPECT_NE(read.error().hint().find("did you mean \"address\""), std::string_view::npos) << read.error();
    const auto table = parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[hots]\n");
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().field(), "hots");
}

TEST(TillSettings, LeaveTheApplicationsTableAlone) {
    EXPECT_TRUE(parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n"
                           "[app]\nfloor = 2\n[app.printer]\npath = \"/dev/usb/lp0\"\n"));
    const auto other =
        parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[shop]\nfloor = 2\n");
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().field(), "shop");
}

TEST(TillSettings, TakeSeveralTerminals) {
    const auto read = parse_till(R"([[terminal]]
id = "TEST0001"
merchant = "TESTMERCH000001"
[[terminal]]
id = "TEST0002"
merchant = "TESTMERCH000002"
master_slot = 3
key_file = "second.key"
[keys]
master_slot = 1
[timers]
card_ms = 1234
)");
    ASSERT_TRUE(read) << read.error();
    ASSERT_EQ(read->terminals.size(), 2U);
    EXPECT_EQ(read->terminals[0].keys.master_slot, 1);
    EXPECT_EQ(read->terminals[1].keys.master_slot, 3);
    EXPECT_EQ(read->terminals[1].key_file, "second.key");
    for (const auto& one : read->terminals)
        EXPECT_EQ(one.timers.card, 1234ms);
}

TEST(TillSettings, RefuseTheSameTerminalTwice) {
    const std::string one = "[[terminal]]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n";
    const auto read = parse_till(one + one);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().field(), "terminal.id");
    EXPECT_EQ(read.error().offset(), 5U) << "the second one's line";
    EXPECT_TRUE(read.error().hint().starts_with("found \"TEST0001\", expected a name")) << read.error();
    EXPECT_FALSE(parse_till("terminal = []"));
}

constexpr auto two_gateways = R"([terminal]
id = "TEST0001"
merchant = "TESTMERCH000001"
[[gateway]]
address = "127.0.0.1:8080"
poll_ms = 500
[[gateway]]
address = "127.0.0.1:8081"
kind = "alipay"
app_id = "2026000000000001"
seller_id = "2088000000000009"
merchant_key_file = "app.pem"
public_key_file = "alipay.pem"
)";

TEST(TillSettings, TakeSeveralGateways) {
    const auto read = parse_till(two_gateways);
    ASSERT_TRUE(read) << read.error();
    const auto all = read->gateways();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].name, "cipherlane");
    EXPECT_TRUE(all[0].takes.empty()) << "what nobody else takes";
    EXPECT_EQ(all[1].name, "alipay");
    EXPECT_EQ(all[1].takes, std::vector<std::string>{"alipay"});
    EXPECT_EQ(all[1].alipay.app_id, "2026000000000001");
    EXPECT_EQ(read->terminals.front().gateway.poll, 500ms);
    EXPECT_TRUE(bare().gateways().empty());
}

TEST(TillSettings, TellGatewaysApart) {
    const std::string both = two_gateways;
    const struct {
        std::string more;
        const char* field;
        std::size_t line;
    } cases[] = {{"name = \"cipherlane\"", "gateway.name", 14},
        {"takes = [\"none\", \"alipay\"]", "gateway.takes", 14}, {"poll_ms = 500", "gateway.poll_ms", 14},
        {"tls_name = \"x\"", "gateway.tls", 7}, {"mchid = \"1\"", "gateway.kind", 9},
        {"[[gateway]]\naddress = \"127.0.0.1:8082\"\nname = \"c\"\ntakes = [\"alipay\"]", "gateway.takes", 17},
        {"[[gateway]]\naddress = \"127.0.0.1:8082\"\nname = \"c\"", "gateway.takes", 14},
        {"[[gateway]]\nname = \"c\"", "gateway.address", 14}};
    for (const auto& [more, field, line] : cases) {
        const auto read = parse_till(both + more + "\n");
        ASSERT_FALSE(read) << more;
        EXPECT_EQ(read.error().field(), field) << read.error();
        EXPECT_EQ(read.error().offset(), line) << read.error();
    }
    EXPECT_TRUE(parse_till(both + "[[gateway]]\naddress = \"127.0.0.1:8082\"\nname = \"c\"\ntakes = [\"none\"]\n"));
}

/// An address of before that is none, or that two claim, would find nothing or the wrong one.
TEST(TillSettings, GiveEachAddressOfBeforeToOnePeer) {
    const auto of_host = [](std::vector<std::string> earlier) {
        auto settings = bare();
        settings.host.address = "127.0.0.1:5000";
        settings.host.earlier_addresses = std::move(earlier);
        return settings.validate();
    };
    EXPECT_TRUE(of_host({"127.0.0.1:4000", "old.example:4000"}));
    for (const auto& bad : std::vector<std::vector<std::string>>{
             {"old.example"}, {"127.0.0.1:0"}, {""}, {"127.0.0.1:5000"}, {"a.example:1", "a.example:1"}}) {
        const auto read = of_host(bad);
        ASSERT_FALSE(read) << bad.back();
        EXPECT_EQ(read.error().field(), "host.earlier_addresses");
    }
    const auto of_gateways = [](std::vector<std::string> first, std::vector<std::string> second) {
        auto settings = bare();
        settings.gateway.address = "127.0.0.1:8080";
        settings.gateway.name = "a";
        auto other = settings.gateway;
        other.address = "127.0.0.1:8081";
        other.name = "b";
        other.takes = {"none"};
        settings.gateway.earlier_addresses = std::move(first);
        other.earlier_addresses = std::move(second);
        settings.more_gateways.push_back(std::move(other));
        return settings.validate();
    };
    const auto fits = of_gateways({"127.0.0.1:7080"}, {"127.0.0.1:7081"});
    EXPECT_TRUE(fits) << fits.error();
    for (const auto& bad : {of_gateways({"127.0.0.1:7080"}, {"127.0.0.1:7080"}), of_gateways({"127.0.0.1:8081"}, {}),
             of_gateways({}, {"old"})}) {
        ASSERT_FALSE(bad);
        EXPECT_EQ(bad.error().field(), "gateway.earlier_addresses");
    }
}

TEST(TillSettings, TakeSeveralCardTerminals) {
    const auto file = [](const std::string& first, const std::string& second, const std::string& names) {
        return parse_till("[[terminal]]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n" + first +
                          "\n[[terminal]]\nid = \"TEST0002\"\nmerchant = \"TESTMERCH000001\"\n" + second +
                          "\n[[card_terminal]]\ndriver = \"zvt\"\npath = \"tcp:127.0.0.1:1\"\nname = \"bar\"\n"
                          "[[card_terminal]]\ndriver = \"ecr17\"\npath = \"tcp:127.0.0.1:2\"\n" +
                          names + "\n");
    };
    const auto both = file("card_terminal = \"hall\"", "card_terminal = \"bar\"", "name = \"hall\"");
    ASSERT_TRUE(both) << both.error();
    ASSERT_EQ(both->card_terminals().size(), 2U);
    EXPECT_EQ(both->card_terminal_of(both->terminals[0])->driver, "ecr17");
    EXPECT_EQ(both->card_terminal_of(both->terminals[1])->driver, "zvt");
    EXPECT_EQ(bare().card_terminal_of(bare().terminals[0]), nullptr);
    const struct {
        const char* first;
        const char* second;
        const char* names;
        const char* field;
        std::size_t line;
    } cases[] = {
        {"card_terminal = \"bar\"", "card_terminal = \"bar\"", "name = \"hall\"", "terminal.card_terminal", 8},
        {"card_terminal = \"bar\"", "card_terminal = \"attic\"", "name = \"hall\"", "terminal.card_terminal", 8},
        {"card_terminal = \"bar\"", "", "name = \"hall\"", "terminal.card_terminal", 5},
        {"card_terminal = \"bar\"", "card_terminal = \"hall\"", "name = \"bar\"", "card_terminal.name", 16},
        {"card_terminal = \"bar\"", "card_terminal = \"hall\"", "", "card_terminal.name", 0},
        {"card_terminal = \"bar\"", "card_terminal = \"hall\"", "name = \"hall\"\ndescription_file = \"x\"",
            "card_terminal.description_file", 17}};
    for (const auto& [first, second, names, field, line] : cases) {
        const auto read = file(first, second, names);
        ASSERT_FALSE(read) << field << " " << names;
        EXPECT_EQ(read.error().field(), field) << read.error();
        if (line != 0) {
            EXPECT_EQ(read.error().offset(), line) << read.error();
        }
    }
    const auto shared = parse_till("[[terminal]]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n"
                                   "[[terminal]]\nid = \"TEST0002\"\nmerchant = \"TESTMERCH000001\"\n"
                                   "[card_terminal]\ndriver = \"zvt\"\npath = \"tcp:127.0.0.1:1\"\n");
    ASSERT_FALSE(shared) << "two terminals at one";
    EXPECT_EQ(shared.error().field(), "terminal.card_terminal");
}

TEST(TillSettings, SayHowAnAddressIsWritten) {
    const struct {
        const char* path;
        const char* says;
    } cases[] = {{"tcp:nohost", "HOST:PORT"}, {"usb:zzzz", "VENDOR:PRODUCT in hexadecimal"},
        {"hid:1209:5a02", "abecs is not reached by hid, allowed: line, usb, tcp, tls"}};
    for (const auto& [path, says] : cases) {
        const auto read = parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n"
                                     "[pinpad]\ndriver = \"abecs\"\npath = \"" +
                                     std::string(path) + "\"\n");
        ASSERT_FALSE(read) << path;
        EXPECT_EQ(read.error().field(), "pinpad.path");
        EXPECT_NE(read.error().hint().find(says), std::string_view::npos) << read.error();
    }
}

constexpr auto pad_as_sealer =
    "[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[pinpad]\npath = \"/dev/ttyS0\"\ndriver = ";

TEST(TillSettings, RefuseASealerThatIsNotBuilt) {
    const auto read = parse_till(std::string(pad_as_sealer) + "\"h002\"\n[sealer]\nkind = \"pinpad\"\n");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code(), till_errc::not_built);
    EXPECT_TRUE(read.error().is(condition::unsupported));
    EXPECT_EQ(read.error().field(), "sealer.kind");
}

TEST(TillSettings, TakeAPinPadThatMakesMacsForSealer) {
    const auto with = [](const std::string& driver, const std::string& more) {
        return parse_till(std::string(pad_as_sealer) + driver + "\n[sealer]\nkind = \"pinpad\"\n" + more);
    };
    const auto read = with("\"psbc\"", "");
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->sealer.kind, sealer_kind::pinpad);
    EXPECT_TRUE(with("\"described\"\ndescription_file = \"pad.toml\"", "")) << "judged when it is opened";
    EXPECT_EQ(with("\"described\"", "").error().field(), "pinpad.description_file");
    EXPECT_EQ(with("\"psbc\"\ndescription_file = \"pad.toml\"", "").error().field(), "pinpad.description_file");
    EXPECT_EQ(with("\"psbc\"", "key_file = \"tmk.key\"\n").error().field(), "sealer.key_file");
    EXPECT_EQ(with("\"psbc\"", "address = \"127.0.0.1:1500\"\n").error().field(), "sealer.address");
    const std::string two = "[[terminal]]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[[terminal]]\nid = "
                            "\"TEST0002\"\nmerchant = \"TESTMERCH000001\"\n[pinpad]\ndriver = \"psbc\"\npath = "
                            "\"/dev/ttyS0\"\n[sealer]\nkind = \"pinpad\"\n";
    EXPECT_EQ(parse_till(two).error().field(), "sealer.kind") << "each would take the other's keys";
    auto without_driver = two;
    without_driver.erase(
        without_driver.find("[pinpad]"), without_driver.find("[sealer]") - without_driver.find("[pinpad]"));
    EXPECT_EQ(parse_till(without_driver).error().field(), "sealer.kind") << "a PIN pad that is given is one, too";
}

TEST(TillSettings, RefuseWhatDoesNotGoWithTheKindOfSealer) {
    const struct {
        const char* lines;
        const char* field;
        till_errc why;
    } cases[] = {
        {"kind = \"cipher-machine\"\nprofile = \"payshield\"", "sealer.address", till_errc::missing_setting},
        {"kind = \"cipher-machine\"\naddress = \"127.0.0.1:1500\"", "sealer.profile", till_errc::missing_setting},
        {"address = \"127.0.0.1:1500\"", "sealer.address", till_errc::bad_setting},
        {"profile = \"payshield\"", "sealer.profile", till_errc::bad_setting},
        {"tls = true", "sealer.tls", till_errc::bad_setting},
        {"kind = \"cipher-machine\"\nprofile = \"payshield\"\naddress = \"127.0.0.1:1500\"\nca_file = \"x\"",
            "sealer.tls", till_errc::bad_setting},
        {"kind = \"cipher-machine\"\nprofile = \"payshield\"\naddress = \"127.0.0.1:1500\"\n[keys]\nalgorithm = "
         "\"sm4\"",
            "keys.algorithm", till_errc::not_built},
    };
    for (const auto& each : cases) {
        const auto read = parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[sealer]\n" +
                                     std::string(each.lines) + "\n");
        ASSERT_FALSE(read) << each.lines;
        EXPECT_EQ(read.error().field(), each.field) << each.lines;
        EXPECT_EQ(read.error().code(), each.why) << each.lines;
    }
}

TEST(TillSettings, RefuseWhatWouldHaveNoEffect) {
    const struct {
        const char* lines;
        const char* field;
    } cases[] = {
        {"[pinpad]\npath = \"/dev/ttyS0\"", "pinpad.driver"},
        {"[pinpad]\nkeeper = false", "pinpad.driver"},
        {"[card_terminal]\npassword = \"123456\"", "card_terminal.driver"},
        {"[card_terminal.host]\naddress = \"10.1.2.3:5000\"", "card_terminal.driver"},
        {"[card_terminal]\ndriver = \"mispos\"\npath = \"/dev/ttyS0\"\ndescription_file = \"x\"\n"
         "[card_terminal.host]\nhttp_path = \"/pos\"",
            "card_terminal.host.address"},
        {"[display]\npath = \"/dev/ttyS0\"", "display.driver"},
        {"[display]\nlanguage = \"english\"", "display.driver"},
        {"[printer]\ncolumns = 42", "printer.driver"},
        {"[scanner]\nend = \"cr\"", "scanner.driver"},
        {"[host]\ntls = true", "host.address"},
        {"[host]\nname = \"the acquirer\"", "host.address"},
        {"[gateway]\npublic_key_file = \"key.pem\"", "gateway.address"},
        {"[gateway]\nplain_anywhere = true", "gateway.address"},
        {"[gateway]\naddress = \"127.0.0.1:1\"\nmchid = \"1\"", "gateway.kind"},
        {"[gateway]\naddress = \"127.0.0.1:1\"\nkind = \"wechat\"", "gateway.mchid"},
        {"[gateway]\n" ALIPAY ALIPAY_KEY ALIPAY_APP, "gateway.seller_id"},
        {"[gateway]\n" ALIPAY ALIPAY_APP ALIPAY_SELLER, "gateway.public_key_file"},
        {"[gateway]\n" ALIPAY ALIPAY_APP ALIPAY_SELLER "root_certificates_file = \"r\"",
            "gateway.app_certificate_file"},
        {"[gateway]\n" ALIPAY ALIPAY_KEY ALIPAY_APP ALIPAY_SELLER "mchid = \"1\"", "gateway.kind"},
        {"[gateway]\n" NETPAY_PLACE NETPAY_APP NETPAY_KEY NETPAY_MID NETPAY_TID NETPAY_NOTICES, "gateway.source"},
        {"[gateway]\n" NETPAY "merchant_key_file = \"m.pem\"", "gateway.merchant_key_file"},
        {"[gateway]\n" NETPAY "mer_id = \"1\"", "gateway.kind"},
        {"[gateway]\naddress = \"192.0.2.1:443\"\nkind = \"netpay\"\nplain_anywhere = true\n" NETPAY_APP NETPAY_KEY
                NETPAY_MID NETPAY_TID NETPAY_SOURCE NETPAY_NOTICES,
            "gateway.tls"},
        {"[gateway]\n" UNIONPAY "[qr]\nrenew_before_seconds = 11", "qr.renew_before_seconds"},
        {"[gateway]\n" UNIONPAY "code_valid_seconds = 60", "qr.renew_before_seconds"},
        {"[gateway]\n" UNIONPAY "sub_mer_id = \"1\"", "gateway.sub_mer_name"},
        {"[gateway]\n" UNIONPAY "public_key_file = \"p.pem\"", "gateway.public_key_file"},
        {"[gateway]\n" UNIONPAY "mchid = \"1\"", "gateway.kind"},
        {"[gateway]\n" UNIONPAY_PLACE UNIONPAY_MERCHANT UNIONPAY_CERTIFICATE, "gateway.acp_root_file"},
        {"[gateway]\naddress = \"192.0.2.1:443\"\ntls = true\nkind = \"unionpay\"\nmerchant_key_file = "
         "\"acp.pem\"\n" UNIONPAY_MERCHANT UNIONPAY_CERTIFICATE UNIONPAY_ROOT,
            "gateway.notify_url"},
        {"[gateway]\n" WECHAT "\npublic_key_file = \"p.pem\"", "gateway.public_key_id"},
        {"[gateway]\n" WECHAT "\npublic_key_file = \"p.pem\"\npublic_key_id = \"0119\"", "gateway.public_key_id"},
        {"[gateway]\n" WECHAT_LIVE, "gateway.notify_url"},
        {"[gateway]\n" WECHAT_LIVE "\nnotify_url = \"http://till.example/n\"", "gateway.notify_url"},
        {"[gateway]\naddress = \"127.0.0.1:1\"\ntls = true\nplain_anywhere = true", "gateway.plain_anywhere"},
        {"[gateway]\naddress = \"127.0.0.1:1\"\nnotify_address = \"0.0.0.0:8081\"", "gateway.public_key_file"},
        {"[gateway]\naddress = \"127.0.0.1:1\"\nnotify_address = \"\"\npublic_key_file = \"key.pem\"",
            "gateway.public_key_file"},
        {"[conversion]\ntag = \"D1\"", "conversion.tag"},
        {"[conversion]\nown_cards = \"62\"", "conversion.own_cards"},
        {"[conversion]\nform = \"tag59\"", "conversion.form"},
        {"[conversion]\nchoice_ms = 5000", "conversion.choice_ms"},
        {"[qr]\ncategory = \"5411\"", "qr.category"},
        {"[qr]\ncountry = \"HK\"", "qr.country"},
        {"[qr]\naccount_tag = 51", "qr.account_tag"},
        {"[journal]\nstore = \"postgresql://till@db/books\"\nmark_file = \"x.mark\"", "journal.mark_file"},
        {"[card_terminal]\ndriver = \"zvt\"\npath = \"/dev/ttyS0\"\n"
         "[pinpad]\ndriver = \"abecs\"\npath = \"/dev/ttyS1\"",
            "pinpad.driver"},
        {"[card_terminal]\ndriver = \"zvt\"\npath = \"/dev/ttyS0\"\n[sealer]\nkey_file = \"x.key\"",
            "sealer.key_file"},
        {"[card_terminal]\ndriver = \"zvt\"\npath = \"/dev/ttyS0\"\nplain_payment = true",
            "card_terminal.plain_payment"},
        {"[keys]\nsm4_mac_ascii = true", "keys.sm4_mac_ascii"},
        {"[serial_block]\nserial = \"SN1\"", "serial_block.serial"},
        {"[serial_block]\ndevice_type = \"02\"", "serial_block.device_type"},
        {"[serial_block]\nversion = \"1\"", "serial_block.version"},
        {"[serial_block]\nversion_fill = \"zeros\"", "serial_block.version_fill"},
        {"[serial_block]\nlongest_input = 32", "serial_block.longest_input"},
        {"[serial_block]\ncarrier = \"field59\"\nserial = \"00000304CIPHERLANE000000012\"\nlongest_input = 32",
            "serial_block.longest_input"},
        {"[serial_block]\nwithout_key = \"refuses\"", "serial_block.without_key"},
        {"[serial_block]\nin_reversals = false", "serial_block.in_reversals"},
        {"[serial_block]\ncarrier = \"field59\"\nserial = \"SN1\"\nlicence = \"P3100\"", "serial_block.licence"},
        {"[serial_block]\ncarrier = \"json\"\nserial = \"SN1\"\ndevice_type = \"02\"", "serial_block.device_type"},
        {"[serial_block]\ncarrier = \"json\"\nserial = \"SN1\"\nin_reversals = false", "serial_block.in_reversals"},
        {"[sealer]\nserial_key_file = \"serial.key\"", "sealer.serial_key_file"},
        {"[display]\ndriver = \"rcall\"\npath = \"/dev/ttyS0\"\nfont_file = \"x.ttf\"", "display.font_file"},
        {"[display]\ndriver = \"escpos\"\npath = \"/dev/ttyS0\"\nfont_file = \"x.ttf\"", "display.font_file"},
        {"[display]\ndriver = \"weact\"\npath = \"/dev/ttyS0\"\nprinter = \"pos-58\"", "display.printer"},
        {"[display]\ndriver = \"epson\"\npath = \"/dev/ttyS0\"\ncode_page = \"ascii\"", "display.code_page"},
        {"[display]\ndriver = \"rcall\"\npath = \"/dev/ttyS0\"\ntransliterate = true", "display.transliterate"},
        {"[display]\ndriver = \"rcall\"\npath = \"/dev/ttyS0\"\ncode = \"raster\"", "display.code"},
        {"[display]\ndriver = \"rcall\"\npath = \"/dev/ttyS0\"\nplates = [\"1\"]", "display.plates"},
        {"[display]\ndriver = \"escpos\"\npath = \"/dev/ttyS0\"\nplate_base = \"/x\"", "display.plate_base"},
        {"[display]\ndriver = \"rcall\"\npath = \"/dev/ttyS0\"\ntopic = \"t\"", "display.topic"},
        {"[display]\ndriver = \"rcall\"\npath = \"/dev/ttyS0\"\nuser = \"u\"", "display.user"},
        {"[scanner]\ndriver = \"hid-pos\"\npath = \"hid:1209:5a31\"\nend = \"tab\"", "scanner.end"},
        {"[offline]\nmost_each_minor = 100\nmost_records = 5", "offline.most_together_minor"},
        {"[offline]\nmost_each_minor = 100\nmost_together_minor = 100", "offline.most_records"},
    };
    for (const auto& each : cases) {
        const auto read = parse_till(
            "[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n" + std::string(each.lines) + "\n");
        ASSERT_FALSE(read) << each.lines;
        EXPECT_EQ(read.error().field(), each.field) << read.error();
    }
    EXPECT_TRUE(parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[gateway]\n"
                           "address = \"127.0.0.1:1\"\ntls = true\nnotify_address = \"127.0.0.1:0\"\n"))
        << "the usual address needs no key: the till asks";
    EXPECT_TRUE(parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[display]\n"
                           "driver = \"escpos\"\npath = \"/dev/ttyS0\"\nprinter = \"pos-58\"\ncode = \"raster\"\n"));
}

TEST(TillSettings, RefuseFilesForATlsThatIsOff) {
    const auto read = parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n"
                                 "[host]\naddress = \"127.0.0.1:5000\"\nca_file = \"ca.pem\"\n");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().field(), "host.tls");
}

TEST(TillSettings, WantATerminal) {
    const auto none = parse_till("");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().field(), "terminal.id");
    const auto broken = parse_till("[terminal]\nid = ", "till.toml");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code(), till_errc::not_toml);
    EXPECT_EQ(broken.error().offset(), 2U);
    const auto absent = load_till("/nonexistent/till.toml");
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().code(), till_errc::no_file);
    EXPECT_EQ(absent.error().endpoint(), "/nonexistent/till.toml");
}

TEST(TillSettings, WantAGatewayThatTakesTheSerialBlockInJson) {
    auto read = parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[gateway]\n"
                           "address = \"127.0.0.1:1\"\n[serial_block]\ncarrier = \"json\"\nserial = \"SN1\"\n");
    ASSERT_TRUE(read) << read.error();
    for (const auto kind :
        {gateway_kind::wechat, gateway_kind::alipay, gateway_kind::unionpay, gateway_kind::netpay}) {
        read->gateway.kind = kind;
        const auto valid = read->validate();
        ASSERT_FALSE(valid);
        EXPECT_EQ(valid.error().field(), "serial_block.carrier") << valid.error();
    }
}

} // namespace
} // namespace cipherlane::tests
