#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/core/errc.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

TEST(Settings, ComeFromToml) {
    const auto settings = acquiring::parse_terminal(R"(
        [terminal]
        id = "TEST0001"
        merchant = "TESTMERCH000001"
        [host]
        address = "127.0.0.1:5000"
        response_time_ms = 3000
        [keys]
        algorithm = "sm4"
        [reversal]
        when = "before-next-trade"
    )");
    ASSERT_TRUE(settings) << settings.error();
    EXPECT_EQ(settings->host.response_time, 3000ms);
    EXPECT_EQ(settings->keys.algorithm, acquiring::key_algorithm::sm4);
    EXPECT_EQ(settings->reversal.when, acquiring::reversal_time::before_next_trade);
}

std::string source_file(const std::string& name) {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    std::ifstream file(std::string(root != nullptr ? root : ".") + "/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Settings, TheExampleHasEveryKey) {
    const auto example = source_file("docs/examples/till.toml");
    std::set<std::string> written;
    std::string section;
    std::istringstream lines(example);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('[')) section = line.substr(1, line.find(']') - 1);
        if (const auto equals = line.find(" = "); !line.starts_with('#') && equals != std::string::npos)
            written.insert(section + "." + line.substr(0, equals));
    }
    std::set<std::string> read;
    const auto reader = source_file("sdk/src/acquiring/settings/terminal_file.cpp");
    const std::regex call_of_reader("from\\.[a-z]+\\(\\s*\"([a-z0-9_]+\\.[a-z0-9_]+)\"");
    for (std::sregex_iterator at(reader.begin(), reader.end(), call_of_reader), end; at != end; ++at)
        read.insert((*at)[1]);
    EXPECT_GT(read.size(), 40U);
    EXPECT_EQ(written, read);
}

TEST(Settings, TheExampleShowsTheDefaults) {
    const auto loaded = acquiring::parse_terminal(source_file("docs/examples/till.toml"));
    ASSERT_TRUE(loaded) << loaded.error();
    const acquiring::terminal_settings plain;
    const auto texts = [](const acquiring::terminal_settings& of) {
        return std::vector<std::string>{of.merchant_name, of.operator_id, of.serial_number,
            std::string(1, of.reader_capability), of.keys.sign_in_code, of.host.address, of.host.tpdu, of.host.header,
            of.gateway.address, of.gateway.ca_file, of.gateway.notify_address, of.gateway.public_key_file,
            of.pinpad.driver, of.pinpad.path, of.display.driver, of.display.path, of.reversal.emv_tags,
            of.journal.file, of.journal.key_file};
    };
    const auto numbers = [](const acquiring::terminal_settings& of) {
        return std::vector<std::int64_t>{of.unit.number, of.unit.decimals, static_cast<int>(of.keys.algorithm),
            of.keys.master_slot, of.keys.sm4_mac_ascii ? 1 : 0, static_cast<int>(of.sealer),
            of.host.connect_timeout.count(), of.host.response_time.count(), of.host.keep_connection ? 1 : 0,
            of.gateway.tls ? 1 : 0, of.gateway.plain_anywhere ? 1 : 0, of.gateway.code_valid.count(),
            of.gateway.poll.count(), of.gateway.response_time.count(), of.timers.card.count(), of.timers.pin.count(),
            of.timers.device.count(), of.timers.journal.count(), static_cast<int>(of.reversal.when),
            of.reversal.sends, static_cast<int>(of.reversal.unexpected), of.settlement.end_when_balanced ? 1 : 0,
            of.settlement.erase_cards_after_days};
    };
    EXPECT_EQ(texts(*loaded), texts(plain));
    EXPECT_EQ(numbers(*loaded), numbers(plain));
}

TEST(Settings, SealersThatAreNotBuiltAreRefused) {
    for (const char* kind : {"pinpad", "cipher-machine"}) {
        const auto settings =
            acquiring::parse_terminal(std::string("[terminal]\nid='TEST0001'\nmerchant='TESTMERCH000001'\n[sealer]\n"
                                                  "kind='") +
                                      kind + "'");
        ASSERT_FALSE(settings);
        EXPECT_EQ(settings.error().code(), acquiring_errc::sealer_not_built);
        EXPECT_TRUE(settings.error().is(condition::unsupported));
        EXPECT_EQ(settings.error().field(), "sealer.kind");
    }
    EXPECT_TRUE(acquiring::parse_terminal(
        "[terminal]\nid='TEST0001'\nmerchant='TESTMERCH000001'\n[sealer]\nkind='software'"));
}

TEST(Settings, WhatDoesNotFitIsNamed) {
    const auto field = [](const char* toml) {
        const auto settings = acquiring::parse_terminal(toml);
        return settings ? std::string("accepted") : std::string(settings.error().field());
    };
    EXPECT_EQ(field("[terminal]\nid='TEST0001'\nmerchant='TESTMERCH000001'\n[host]\nadress='x:1'"), "host.adress");
    EXPECT_EQ(field("[terminal]\nid='SHORT'\nmerchant='TESTMERCH000001'"), "terminal.id");
    EXPECT_EQ(field("[terminal]\nid=5"), "terminal.id");
    EXPECT_EQ(field("[terminal]\nid='TEST0001'\nmerchant='TESTMERCH000001'\n[reversal]\nsends=-1"), "reversal.sends");
    EXPECT_EQ(
        field("[terminal]\nid='TEST0001'\nmerchant='TESTMERCH000001'\n[keys]\nalgorithm='rot13'"), "keys.algorithm");
    EXPECT_EQ(field("[terminal]\nid='TEST0001'\nmerchant='TESTMERCH000001'\ncurrency=392"), "accepted");
    EXPECT_EQ(field("[terminal]\nid='TEST0001'\nmerchant='TESTMERCH000001'\ncurrency=392\ncurrency_decimals=2"),
        "terminal.currency_decimals")
        << "yen have none";
    EXPECT_EQ(field("[terminal]\nid='TEST0001'\nmerchant='TESTMERCH000001'\ncurrency=999"), "terminal.currency");
    const auto broken = acquiring::parse_terminal("[terminal]\nid = ");
    ASSERT_FALSE(broken);
    EXPECT_TRUE(broken.error().offset());
}

} // namespace
} // namespace cipherlane::tests
