// The MACs of a till made by a cipher machine: the port over a simulated unit, against published values.
#include "hsm-sim/racal/command.hpp"
#include "hsm-sim/wire/server.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/machine_sealer.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace cipherlane::hsm {
namespace {

using namespace std::chrono_literals;

/// CB5D92588CCB49CE8A4C76371A9268E9 as zone master key under the published test LMKs, computed apart from this code.
const key master("U61B3DB0E8357AA01D1D602DB8EF66A91");

/// Under that master key, plain ECB: 0123456789ABCDEFFEDCBA9876543210, whose zeros encrypt to 08D7B4FB629D0885.
ports::wrapped_key tak(std::string_view check_value = "08D7B4FB") {
    return {0, from_hex("AA3A8E0552E755BDA9D6A7B8B6367174").value(), from_hex(check_value).value()};
}

/// Row upm-005 of the published MACs of the POS dialect: 84C8B241 under that key.
const bytes mab =
    from_hex("0200302004C020C0981100000000000000005100183402100006324392260009942820D131210112008439313636"
             "3838303134303030303030303030303030303031313536ACF46E73838A82F92600000000000000000822000001")
        .value();
const ports::mac_field right{'8', '4', 'C', '8', 'B', '2', '4', '1'};

class MachineSealer : public testing::Test {
  protected:
    [[nodiscard]] client_settings unit(std::shared_ptr<const profile> dialect) const {
        client_settings made;
        made.at.host = "127.0.0.1";
        made.at.port = server_->port();
        made.dialect = std::move(dialect);
        return made;
    }
    void start(const char* name) {
        server_.reset(); // it uses the unit to its end
        device_ = std::make_unique<hsm_sim::unit>(*hsm_sim::settings_of(name), hsm_sim::lmk_set::test());
        server_ = *hsm_sim::server::start(*device_, {0, 1, false}, logger::none());
    }

    std::unique_ptr<hsm_sim::unit> device_;
    std::unique_ptr<hsm_sim::server> server_;
    const call bounds_{60s};
};

TEST_F(MachineSealer, MakesAndChecksThePublishedMac) {
    for (const char* name : {"payshield", "sjl06", "sjl05"}) {
        start(name);
        machine_sealer subject(unit(profile::builtin(name).value()), master);
        const auto early = subject.make_mac(mab, bounds_);
        ASSERT_FALSE(early);
        EXPECT_EQ(early.error().code(), hsm_errc::missing_field);
        ASSERT_TRUE(subject.load_mac_key(tak(), bounds_)) << name;
        const auto made = subject.make_mac(mab, bounds_);
        ASSERT_TRUE(made) << name << ": " << made.error();
        EXPECT_EQ(*made, right) << name;
        EXPECT_TRUE(subject.verify_mac(mab, right, bounds_).value()) << name;
        auto wrong = right;
        wrong[7] = '2';
        EXPECT_FALSE(subject.verify_mac(mab, wrong, bounds_).value()) << name;
        EXPECT_TRUE(subject.check_pin_key(tak(), bounds_)) << name;
    }
}

/// Row upm-011 of the published MACs, whose key came under the SM4 key FEDCBA9876543210 0123456789ABCDEF.
TEST_F(MachineSealer, MakesThePublishedMacOfSm4) {
    const auto clear = from_hex("FEDCBA98765432100123456789ABCDEF").value();
    bytes wrapped(16);
    hsm_sim::lmk_set::test()->wrap(hsm_sim::slots::zmk, hsm_sim::part_rule::ecb, clear, wrapped);
    const ports::wrapped_key given{
        1, from_hex("336099F2C3F9A0E015C6536BC88ED7F7").value(), from_hex("2677F46B").value()};
    for (const auto& [name, tag] : {std::pair("sjl06", "S"), std::pair("sjl05", "S"), std::pair("sjj1310", "R")}) {
        start(name);
        machine_sealer subject(unit(profile::builtin(name).value()), key(tag + to_hex(wrapped)));
        subject.use_sm4(crypto::unionpay_mac_form::raw8);
        const auto loaded = subject.load_mac_key(given, bounds_);
        ASSERT_TRUE(loaded) << name << ": " << loaded.error();
        const auto made = subject.make_mac(mab, bounds_);
        ASSERT_TRUE(made) << name << ": " << made.error();
        EXPECT_EQ(to_hex(*made), "D0656CDC7A9D0022") << name;
        subject.use_sm4(crypto::unionpay_mac_form::ascii8);
        EXPECT_EQ(as_text(*subject.make_mac(mab, bounds_)), "D0656CDC") << name;
        EXPECT_TRUE(subject.check_pin_key(given, bounds_)) << name;
        EXPECT_EQ(subject.load_mac_key({1, bytes(8, 0), bytes(4, 0)}, bounds_).error().code(), hsm_errc::bad_length);
    }
    start("payshield");
    machine_sealer subject(unit(profile::builtin("payshield").value()), master);
    subject.use_sm4(crypto::unionpay_mac_form::raw8);
    EXPECT_TRUE(subject.load_mac_key(given, bounds_).error().is(condition::unsupported));
}

TEST_F(MachineSealer, RefusesAKeyWhoseCheckValueIsWrongInAnyByte) {
    start("payshield");
    machine_sealer subject(unit(profile::builtin("payshield").value()), master);
    for (const char* check_value : {"18D7B4FB", "08D7B4FC", "08D7B4FB629D0886"}) {
        for (const bool mac : {true, false}) {
            const auto refused = mac ? subject.load_mac_key(tak(check_value), bounds_)
                                     : subject.check_pin_key(tak(check_value), bounds_);
            ASSERT_FALSE(refused) << check_value;
            EXPECT_TRUE(refused.error().is(condition::rejected_by_peer)) << refused.error();
        }
    }
    EXPECT_TRUE(subject.load_mac_key(tak("08D7B4FB629D0885"), bounds_));
    EXPECT_EQ(subject.load_mac_key(tak("08D7B4"), bounds_).error().field(), "check_value");
    auto odd = tak();
    odd.cryptogram.pop_back();
    EXPECT_EQ(subject.load_mac_key(odd, bounds_).error().field(), "cryptogram");
}

TEST_F(MachineSealer, AsksAgainWhereTheUnitHungUp) {
    start("payshield");
    machine_sealer subject(unit(profile::builtin("payshield").value()), master);
    ASSERT_TRUE(subject.load_mac_key(tak(), bounds_));
    (void)server_->control({{"cmd", "faults"},
        {"set", nlohmann::json::array({{{"kind", "disconnect"}, {"match", "M6"}, {"times", 1}}})}});
    const auto made = subject.make_mac(mab, bounds_);
    ASSERT_TRUE(made) << made.error();
    EXPECT_EQ(*made, right);
}

/// The published cryptograms of the terminal serial number, by units that have SM4.
TEST_F(MachineSealer, MakesTheTerminalSerialCryptogram) {
    const std::pair<const char*, char> units[] = {{"sjj1310", 'R'}, {"sjl05", 'S'}};
    for (const auto& [name, scheme] : units) {
        start(name);
        std::string wrapped;
        hsm_sim::command(*device_, *device_->lmks(), {}, 32, wrapped)
            .put_key(hsm_sim::slots::zek, scheme,
                hsm_sim::clear_key(*from_hex("0123456789ABCDEFFEDCBA9876543210"), hsm_sim::key_algorithm::sm4));
        machine_sealer subject(unit(profile::builtin(name).value()), master);
        EXPECT_FALSE(subject.makes_serial_cryptogram());
        EXPECT_EQ(subject.make_serial_cryptogram("S", "1", bounds_).error().code(), hsm_errc::missing_field);
        subject.use_serial_key(key(wrapped));
        EXPECT_TRUE(subject.makes_serial_cryptogram());
        const auto first = subject.make_serial_cryptogram("00000304N7NL01933217", "127026", bounds_);
        ASSERT_TRUE(first) << name << ": " << first.error();
        EXPECT_EQ(as_text(*first), "01D5E54A") << name;
        EXPECT_EQ(as_text(subject.make_serial_cryptogram("0000020254004318", "000052", bounds_).value()), "8B42533B");
    }
}

TEST_F(MachineSealer, TakesTheKeyTypeOfWestonesImportFromTheProfile) {
    start("sjj1312");
    const auto dialect =
        profile::parse("base = \"sjj1312\"\nname = \"ours\"\n[quirks]\nimport_key_type = \"tak\"").value();
    machine_sealer subject(unit(dialect), key("0000"));
    const auto other = subject.check_pin_key(tak(), bounds_);
    ASSERT_FALSE(other);
    EXPECT_TRUE(other.error().is(condition::unsupported)) << other.error();
}

} // namespace
} // namespace cipherlane::hsm
