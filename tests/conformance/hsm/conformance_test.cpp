// Every typed operation against every profile, over the wire. By default the unit is our simulator; with
// CIPHERLANE_HSM=HOST:PORT and CIPHERLANE_HSM_PROFILE=NAME a real one.
#include "matrix.hpp"
#include "simkit/child_process.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/client.hpp>
#include <cipherlane/hsm/pos_mac.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace cipherlane::hsm {
namespace {

using namespace std::chrono_literals;

/// One unit, simulated or real.
class conformance : public testing::TestWithParam<std::string> {
  protected:
    void SetUp() override {
        const char* real = std::getenv("CIPHERLANE_HSM");
        const char* real_profile = std::getenv("CIPHERLANE_HSM_PROFILE");
        std::string at;
        if (real != nullptr) {
            if (real_profile == nullptr || real_profile != GetParam()) GTEST_SKIP() << "another profile";
            at = real;
        } else {
            const std::string bin = std::string(std::getenv("CIPHERLANE_BINARY_DIR")) + "/bin/cipherlane-hsm-sim";
            auto started = sim::child_process::start({bin, "--profile", GetParam(), "--port", "0"}, "/dev/null");
            ASSERT_TRUE(started) << started.error();
            unit_.emplace(std::move(*started));
            at = unit_->await("listening", 10s).value();
        }
        subject_ = std::make_unique<client>(
            client_settings{net::parse_endpoint(at).value(), profile::builtin(GetParam()).value()});
    }

    /// What the document promises of the profile.
    [[nodiscard]] bool has(operation what) const { return document_.promises(GetParam(), what); }
    [[nodiscard]] call bounds() const { return call(10s); }

    key fresh(key_type type) {
        auto made = subject_->generate_key(generate_key_request(type), bounds());
        EXPECT_TRUE(made) << made.error();
        return made ? made->under_lmk : key();
    }

    /// What the document denies must be `unsupported`; what it promises must not.
    template <class Request>
    auto attempt(const Request& request) {
        auto got = subject_->run(request, bounds());
        const bool unsupported = !got && got.error().is(condition::unsupported);
        EXPECT_EQ(unsupported, !has(request.what())) << to_string(request.what()) << ": " << got.error();
        return got;
    }

    /// As `attempt`, where the values are made up: the unit must understand the command, and may refuse the values.
    template <class Request>
    void understood(const Request& request) {
        auto got = attempt(request);
        if (!has(request.what()) || got) return;
        EXPECT_TRUE(got.error().is(condition::rejected_by_peer)) << to_string(request.what()) << ": " << got.error();
        const auto code = got.error().peer_code();
        for (const char* unknown : {"60", "67", "68", "15", "80"}) {
            EXPECT_NE(code, unknown) << to_string(request.what()) << ": "
                                     << explain(subject_->dialect(), got.error());
        }
    }

    /// The same key under the local master key. Two key blocks of one key differ; their check values do not.
    void same_key(const key_result& one, const key_result& other) const {
        EXPECT_EQ(to_hex(one.check_value.view()), to_hex(other.check_value.view()));
        if (one.under_lmk.text().starts_with('S')) return;
        EXPECT_EQ(one.under_lmk.text(), other.under_lmk.text());
    }

    /// A raw command that must succeed; what follows the status.
    std::string ask(const std::string& command) {
        const auto got = subject_->execute(raw_command(command), bounds());
        EXPECT_TRUE(got) << got.error();
        if (!got) return {};
        EXPECT_EQ(got->status.view(), "00") << command.substr(0, 2) << ": " << got->meaning;
        return std::string(as_text(got->body).substr(std::min<std::size_t>(4, got->body.size())));
    }

    tests::matrix document_;
    std::optional<sim::child_process> unit_;
    std::unique_ptr<client> subject_;
};

TEST_P(conformance, unit) {
    (void)attempt(diagnose_request());
    const bytes data = from_hex("0123456789ABCDEF").value();
    if (auto back = attempt(echo_request(data))) {
        EXPECT_EQ(back->data, data);
    }
    if (auto random = attempt(random_request(16))) {
        EXPECT_EQ(random->data.size(), 16U);
    }
}

TEST_P(conformance, keys_make_their_round_and_keep_their_check_value) {
    auto made = attempt(generate_key_request(key_type::tpk));
    ASSERT_TRUE(made);
    ASSERT_GE(made->check_value.size(), 3U);
    check_value_request check(key_type::tpk, made->under_lmk);
    check.expect(made->check_value.view());
    const auto checked = attempt(check);
    EXPECT_TRUE(checked) << checked.error();

    const auto zmk = fresh(key_type::zmk);
    auto out = attempt(export_key_request(key_type::tpk, zmk, made->under_lmk));
    ASSERT_TRUE(out) << out.error();
    auto in = attempt(import_key_request(key_type::tpk, zmk, out->exported));
    ASSERT_TRUE(in) << in.error();
    same_key(*in, *made);

    auto both = attempt(generate_and_export_key_request(key_type::tpk, key_type::zmk, zmk));
    ASSERT_TRUE(both) << both.error();
    auto again = attempt(import_key_request(key_type::tpk, zmk, both->exported));
    ASSERT_TRUE(again) << again.error();
    same_key(*again, *both);
}

TEST_P(conformance, a_wrong_check_value_is_refused) {
    const auto tpk = fresh(key_type::tpk);
    check_value_request check(key_type::tpk, tpk);
    check.expect(bytes{1, 2, 3, 4});
    auto got = subject_->check_value(check, bounds());
    ASSERT_FALSE(got);
    EXPECT_TRUE(got.error().is(condition::rejected_by_peer));
}

TEST_P(conformance, terminal_keys) {
    const auto tmk = fresh(key_type::tmk);
    for (auto type : {key_type::tpk, key_type::tak}) {
        auto made = attempt(generate_and_export_key_request(type, key_type::tmk, tmk));
        ASSERT_TRUE(made) << made.error();
        EXPECT_FALSE(made->exported.empty());
    }
}

TEST_P(conformance, components) {
    const key parts[] = {fresh(key_type::zmk), fresh(key_type::zmk)};
    understood(form_key_request(key_type::zmk, parts));
}

TEST_P(conformance, storage) {
    understood(store_key_request(key_type::tpk, fresh(key_type::tpk), 1));
    understood(find_key_request(1));
}

TEST_P(conformance, macs_are_made_and_told_apart) {
    const auto tak = fresh(key_type::tak);
    const auto data = as_bytes("sixteen bytes of");
    for (auto algorithm : {mac_algorithm::x99, mac_algorithm::x919}) {
        auto made = attempt(make_mac_request(key_type::tak, tak, algorithm, data));
        ASSERT_TRUE(made) << made.error();
        ASSERT_EQ(made->mac.size(), 8U);
        auto right = attempt(verify_mac_request(key_type::tak, tak, algorithm, data, made->mac.view()));
        ASSERT_TRUE(right) << right.error();
        EXPECT_TRUE(right->right);
        bytes wrong(made->mac.view().begin(), made->mac.view().end());
        wrong[0] ^= 1;
        auto other = attempt(verify_mac_request(key_type::tak, tak, algorithm, data, wrong));
        ASSERT_TRUE(other) << other.error();
        EXPECT_FALSE(other->right);
    }
    auto pos = make_pos_mac(*subject_, tak, as_bytes("0200 and so on"), bounds());
    ASSERT_TRUE(pos) << pos.error();
    EXPECT_TRUE(verify_pos_mac(*subject_, tak, as_bytes("0200 and so on"), *pos, bounds()).value());
    EXPECT_FALSE(verify_pos_mac(*subject_, tak, as_bytes("0210 and so on"), *pos, bounds()).value());
}

TEST_P(conformance, pins) {
    const auto tpk = fresh(key_type::tpk);
    const auto zpk = fresh(key_type::zpk);
    const auto pvk = has(operation::verify_pin_pvv) ? fresh(key_type::pvk) : key();
    const auto card = pan::parse("6225880000000006").value();
    const bytes block(8, 0x5A);
    understood(translate_pin_request(tpk, zpk, block, card));
    understood(translate_pin_request(zpk, zpk, block, card).from_type(key_type::zpk));
    const ibm_3624 method{.decimalisation = "0123456789012345", .validation = "622588N00000"};
    understood(verify_pin_pvv_request(key_type::tpk, tpk, pvk, block, pin_format::iso0, card, 1, "1234"));
    understood(verify_pin_ibm_request(key_type::tpk, tpk, pvk, block, pin_format::iso0, card, method, "1234"));
    understood(make_offset_request(key_type::tpk, tpk, pvk, block, pin_format::iso0, card, method));
}

// A random PIN that the unit draws: translated, verified by both methods, and the same at the end.
TEST_P(conformance, a_pin_stays_the_same) {
    if (!has(operation::verify_pin_pvv)) GTEST_SKIP() << "no commands for it";
    const std::string holder = "588000000000";
    const auto whose = account::digits(holder);
    const auto from = fresh(key_type::zpk);
    const auto to = fresh(key_type::zpk);
    const auto pvk = fresh(key_type::pvk);
    const auto pin = ask("JA" + holder);
    const auto block = from_hex(ask("JG" + from.text() + "01" + holder + pin));
    ASSERT_TRUE(block);
    auto moved = attempt(translate_pin_request(from, to, *block, whose).from_type(key_type::zpk));
    ASSERT_TRUE(moved) << moved.error();
    EXPECT_EQ(ask("JE" + to.text() + to_hex(moved->pin_block.view()) + "01" + holder), pin);

    auto pvv = ask("DG" + pvk.text() + pin + holder + "1");
    const auto judge = [&](const std::string& value) {
        return attempt(verify_pin_pvv_request(key_type::zpk, from, pvk, *block, pin_format::iso0, whose, 1, value));
    };
    auto right = judge(pvv);
    ASSERT_TRUE(right) << right.error();
    EXPECT_TRUE(right->right);
    pvv[0] = pvv[0] == '9' ? '0' : static_cast<char>(pvv[0] + 1);
    EXPECT_FALSE(judge(pvv).value().right);

    const ibm_3624 method{.decimalisation = "0123456789012345", .validation = "622588N00000"};
    auto offset = attempt(make_offset_request(key_type::zpk, from, pvk, *block, pin_format::iso0, whose, method));
    ASSERT_TRUE(offset) << offset.error();
    const auto digits = offset->digits.substr(0, 4);
    auto verified =
        attempt(verify_pin_ibm_request(key_type::zpk, from, pvk, *block, pin_format::iso0, whose, method, digits));
    ASSERT_TRUE(verified) << verified.error();
    EXPECT_TRUE(verified->right);
}

TEST_P(conformance, data) {
    if (!has(operation::encrypt)) {
        understood(encrypt_request(key_type::zek, key(), cipher_mode::ecb, bytes(16)));
        understood(decrypt_request(key_type::zek, key(), cipher_mode::ecb, bytes(16)));
        return;
    }
    const bool raw = subject_->dialect().raw_keys;
    const auto type = raw ? key_type::dek : key_type::zek;
    const auto data_key = fresh(type);
    const bytes clear = from_hex("00112233445566778899AABBCCDDEEFF").value();
    for (auto mode : {cipher_mode::ecb, cipher_mode::cbc}) {
        auto out =
            attempt(encrypt_request(type, data_key, mode, clear, mode == cipher_mode::cbc ? bytes(8, 7) : bytes()));
        ASSERT_TRUE(out) << out.error();
        auto in = attempt(decrypt_request(
            type, data_key, mode, out->data.expose(), mode == cipher_mode::cbc ? bytes(8, 7) : bytes()));
        ASSERT_TRUE(in) << in.error();
        EXPECT_EQ(to_hex(in->data.expose()), to_hex(clear));
    }
    understood(reencrypt_request(type, data_key, type, data_key, cipher_mode::ecb, clear));
}

TEST_P(conformance, cards) {
    const auto card = pan::parse("4123456789012345").value();
    const bool can = has(operation::make_cvv);
    const auto cvk = can ? fresh(key_type::cvk) : key();
    auto made = attempt(make_cvv_request(cvk, card, "8701", "101"));
    auto verified = attempt(verify_cvv_request(cvk, card, "8701", "101", made ? made->cvv : "000"));
    if (can) {
        ASSERT_TRUE(verified) << verified.error();
        EXPECT_TRUE(verified->right);
    }
    const auto mk = has(operation::verify_arqc) ? fresh(key_type::mk_ac) : key();
    const arqc_data what{
        short_bytes(bytes(8)), short_bytes(bytes(2)), short_bytes(bytes(4)), bytes(32), short_bytes(bytes(8))};
    understood(verify_arqc_request(mk, 0, what));
    const auto bdk = has(operation::dukpt_mac) ? fresh(key_type::bdk) : key();
    const auto zpk = fresh(key_type::zpk);
    understood(dukpt_translate_pin_request(bdk, zpk, "FFFF9876543210E00001", bytes(8, 9), card));
    auto mac = attempt(dukpt_mac_request(bdk, "FFFF9876543210E00001", as_bytes("sixteen bytes of")));
    EXPECT_EQ(mac.has_value(), has(operation::dukpt_mac)) << mac.error();
}

TEST_P(conformance, sm) {
    if (auto digest = attempt(sm3_request(as_bytes("abc")))) {
        EXPECT_EQ(to_hex(digest->digest), "66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0");
    }
    // Where SM2 is in a table its layout is in doubt: a unit may know the command and not these bytes.
    (void)attempt(sm2_sign_request(bytes(32, 1), as_bytes("abc")));
    (void)attempt(sm2_verify_request(bytes(64, 1), as_bytes("abc"), bytes(64, 2)));
}

INSTANTIATE_TEST_SUITE_P(profiles, conformance, testing::ValuesIn(profile::builtin_names()), [](const auto& which) {
    std::string name = which.param;
    std::ranges::replace(name, '-', '_'); // names of tests are identifiers
    return name;
});

} // namespace
} // namespace cipherlane::hsm
