// Every typed operation against every profile, over the wire. By default the unit is our simulator; with
// CIPHERLANE_HSM=HOST:PORT and CIPHERLANE_HSM_PROFILE=NAME a real one; CIPHERLANE_HSM_FILE=OURS.toml is what that
// unit has otherwise than the built-in profile of this name. CIPHERLANE_HSM_DRIVER is a program that puts another
// language between: see language_unit.hpp.
#include "known_keys.hpp"
#include "language_unit.hpp"
#include "matrix.hpp"
#include "simkit/child_process.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/sm2_key.hpp>
#include <cipherlane/crypto/sm2_signature.hpp>
#include <cipherlane/hsm/client.hpp>
#include <cipherlane/hsm/pos_mac.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

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
            at = unit_->await("listening", 60s).value();
        }
        const char* file = real != nullptr ? std::getenv("CIPHERLANE_HSM_FILE") : nullptr;
        const auto dialect = file != nullptr ? profile::find(file) : profile::builtin(GetParam());
        if (const char* driver = std::getenv("CIPHERLANE_HSM_DRIVER"); driver != nullptr) {
            subject_ = std::make_unique<tests::language_unit>(
                driver, at, file != nullptr ? file : GetParam(), dialect.value());
        } else {
            subject_ = std::make_unique<client>(client_settings{net::parse_endpoint(at).value(), dialect.value()});
        }
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
        const auto why = got.error(); // its texts live as long as it does
        const auto code = why.peer_code();
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
    std::unique_ptr<operations> subject_;
};

TEST_P(conformance, Unit) {
    (void)attempt(diagnose_request());
    const bytes data = from_hex("0123456789ABCDEF").value();
    if (auto back = attempt(echo_request(data))) {
        EXPECT_EQ(back->data, data);
    }
    if (auto random = attempt(random_request(16))) {
        EXPECT_EQ(random->data.size(), 16U);
    }
}

TEST_P(conformance, KeysMakeTheirRoundAndKeepTheirCheckValue) {
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

TEST_P(conformance, AWrongCheckValueIsRefused) {
    const auto tpk = fresh(key_type::tpk);
    check_value_request check(key_type::tpk, tpk);
    check.expect(bytes{1, 2, 3, 4});
    auto got = subject_->check_value(check, bounds());
    ASSERT_FALSE(got);
    EXPECT_TRUE(got.error().is(condition::rejected_by_peer));
}

TEST_P(conformance, TerminalKeys) {
    const auto tmk = fresh(key_type::tmk);
    for (auto type : {key_type::tpk, key_type::tak}) {
        auto made = attempt(generate_and_export_key_request(type, key_type::tmk, tmk));
        ASSERT_TRUE(made) << made.error();
        EXPECT_FALSE(made->exported.empty());
    }
}

/// Where the command names no type, keys of the unit's own are made and taken.
key_type formed_type(const profile& dialect) {
    return dialect.quirk("form_key_type").empty() ? key_type::zmk : key_type::dek;
}

// A sum does not care for the order of its parts.
TEST_P(conformance, Components) {
    const auto type = formed_type(subject_->dialect());
    const auto one = fresh(type);
    const auto two = fresh(type);
    const key parts[] = {one, two};
    const key turned[] = {two, one};
    const auto formed = attempt(form_key_request(type, parts));
    ASSERT_TRUE(formed) << formed.error();
    const auto again = attempt(form_key_request(type, turned));
    ASSERT_TRUE(again) << again.error();
    same_key(*formed, *again);
    check_value_request check(type, formed->under_lmk);
    check.expect(formed->check_value.view());
    EXPECT_TRUE(attempt(check));
}

TEST_P(conformance, Storage) {
    understood(store_key_request(key_type::tpk, fresh(key_type::tpk), 1));
    if (!has(operation::find_key)) return (void)attempt(find_key_request(1));
    const auto made = ask("KR001UK000104bank");
    const auto found = attempt(find_key_request(1));
    ASSERT_TRUE(found) << found.error();
    EXPECT_EQ(found->type, "001");
    EXPECT_EQ(found->scheme, "U");
    EXPECT_EQ(found->label, "bank");
    EXPECT_EQ(to_hex(found->check_value.view()), made.substr(made.size() - 16));
}

TEST_P(conformance, MacsAreMadeAndToldApart) {
    const auto tak = fresh(key_type::tak);
    const auto data = as_bytes("sixteen bytes of");
    for (auto algorithm : {mac_algorithm::x99, mac_algorithm::x919}) {
        auto made = attempt(make_mac_request(key_type::tak, tak, algorithm, data));
        ASSERT_TRUE(made) << made.error();
        ASSERT_EQ(made->mac.size(), 8U);
        auto right =
            attempt(verify_mac_request(key_type::tak, tak, algorithm, data, made->mac.view(), made->mac.size()));
        ASSERT_TRUE(right) << right.error();
        EXPECT_TRUE(right->right);
        bytes wrong(made->mac.view().begin(), made->mac.view().end());
        wrong[0] ^= 1;
        auto other = attempt(verify_mac_request(key_type::tak, tak, algorithm, data, wrong, wrong.size()));
        ASSERT_TRUE(other) << other.error();
        EXPECT_FALSE(other->right);
    }
    auto pos = make_pos_mac(*subject_, tak, as_bytes("0200 and so on"), bounds());
    ASSERT_TRUE(pos) << pos.error();
    EXPECT_TRUE(verify_pos_mac(*subject_, tak, as_bytes("0200 and so on"), *pos, bounds()).value());
    EXPECT_FALSE(verify_pos_mac(*subject_, tak, as_bytes("0210 and so on"), *pos, bounds()).value());
}

TEST_P(conformance, Pins) {
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
TEST_P(conformance, APinStaysTheSame) {
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

TEST_P(conformance, Data) {
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
    const auto other_key = fresh(type);
    const auto sealed = attempt(encrypt_request(type, data_key, cipher_mode::ecb, clear));
    ASSERT_TRUE(sealed) << sealed.error();
    const auto moved =
        attempt(reencrypt_request(type, data_key, type, other_key, cipher_mode::ecb, sealed->data.expose()));
    ASSERT_TRUE(moved) << moved.error();
    const auto opened = attempt(decrypt_request(type, other_key, cipher_mode::ecb, moved->data.expose()));
    ASSERT_TRUE(opened) << opened.error();
    EXPECT_EQ(to_hex(opened->data.expose()), to_hex(clear));
}

TEST_P(conformance, Cards) {
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

TEST_P(conformance, Sm) {
    if (auto digest = attempt(sm3_request(as_bytes("abc")))) {
        EXPECT_EQ(to_hex(digest->digest), "66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0");
    }
    if (!has(operation::sm2_sign)) {
        (void)attempt(sm2_sign_request(bytes(32, 1), as_bytes("abc")));
        (void)attempt(sm2_verify_request(bytes(64, 1), as_bytes("abc"), bytes(64, 2)));
        return;
    }
    constexpr std::size_t der_size = 91;
    const auto pair = ask("E707");
    ASSERT_GT(pair.size(), der_size + 4);
    const auto public_key = as_bytes(pair).first(der_size);
    const auto private_key = as_bytes(pair).subspan(der_size + 4);
    const auto made = attempt(sm2_sign_request(private_key, as_bytes("abc")));
    ASSERT_TRUE(made) << made.error();
    const auto judge = [&](std::string_view text, byte_view signature) {
        const auto said = attempt(sm2_verify_request(public_key, as_bytes(text), signature));
        EXPECT_TRUE(said) << said.error();
        return said && said->right;
    };
    EXPECT_TRUE(judge("abc", made->signature));
    EXPECT_FALSE(judge("abd", made->signature));
    auto changed = made->signature;
    changed.back() ^= 1;
    EXPECT_FALSE(judge("abc", changed));
    // The library, which has the standard's examples as tests, agrees with the unit.
    const auto point = crypto::sm2_public_point::from_der(public_key);
    ASSERT_TRUE(point) << point.error();
    crypto::sm2_signature raw{};
    ASSERT_EQ(made->signature.size(), raw.size());
    std::copy(made->signature.begin(), made->signature.end(), raw.begin());
    EXPECT_TRUE(
        crypto::sm2_verification_key::create(*point)->verify(as_bytes("1234567812345678"), as_bytes("abc"), raw));
}

/// Published answers and values by openssl's command line, for keys that only a simulated unit's are known to be.
class known_answers : public conformance {
  protected:
    void SetUp() override {
        conformance::SetUp();
        if (unit_ == std::nullopt && !IsSkipped()) GTEST_SKIP() << "the unit's keys are not known";
        if (unit_) keys_ = std::make_unique<tests::known_keys>(profile::builtin(GetParam()).value());
    }
    [[nodiscard]] key field(key_type type, const char* clear) const { return keys_->field(type, clear); }

    static constexpr const char* first = "0123456789ABCDEFFEDCBA9876543210";
    static constexpr const char* second = "C7152C20BC2C830EA7EC9E8334ABE3FE";
    std::unique_ptr<tests::known_keys> keys_;
};

TEST_P(known_answers, OfKeys) {
    const auto type = formed_type(subject_->dialect());
    const key parts[] = {field(type, first), field(type, second)};
    const auto formed = attempt(form_key_request(type, parts));
    ASSERT_TRUE(formed) << formed.error();
    EXPECT_EQ(to_hex(formed->check_value.view().first(3)), "B9B407");
    check_value_request check(type, parts[0]);
    check.expect(from_hex("08D7B4FB").value());
    const auto value = attempt(check);
    ASSERT_TRUE(value) << value.error();
    EXPECT_EQ(to_hex(value->check_value.view().first(3)), "08D7B4");
}

TEST_P(known_answers, OfMacsAndData) {
    const auto text = as_bytes("givemeSOMEMACing");
    const auto tak = field(key_type::tak, first);
    const auto retail = attempt(make_mac_request(key_type::tak, tak, mac_algorithm::x919, text));
    ASSERT_TRUE(retail) << retail.error();
    EXPECT_EQ(to_hex(retail->mac.view()), "F683F45CB27075B5");
    const auto chained = attempt(make_mac_request(key_type::tak, tak, mac_algorithm::x99, text));
    ASSERT_TRUE(chained) << chained.error();
    EXPECT_EQ(to_hex(chained->mac.view()), "CAB9931DD322C2BF");
    // Row upm-005 of the POS vectors.
    const auto mab =
        from_hex("0200302004C020C0981100000000000000005100183402100006324392260009942820D1312101120084393136"
                 "363838303134303030303030303030303030303031313536ACF46E73838A82F92600000000000000000822000001");
    ASSERT_TRUE(mab);
    const auto pos = make_pos_mac(*subject_, tak, *mab, bounds());
    ASSERT_TRUE(pos) << pos.error();
    EXPECT_EQ(as_text(*pos), "84C8B241");

    const auto type = subject_->dialect().raw_keys ? key_type::dek : key_type::zek;
    const auto one = field(type, first);
    const auto two = field(type, second);
    const auto sealed = attempt(encrypt_request(type, one, cipher_mode::ecb, text));
    ASSERT_TRUE(sealed) << sealed.error();
    EXPECT_EQ(to_hex(sealed->data.expose()), "B2755792E752610D7593C1E8F789EE84");
    const auto moved = attempt(reencrypt_request(type, one, type, two, cipher_mode::ecb, sealed->data.expose()));
    ASSERT_TRUE(moved) << moved.error();
    EXPECT_EQ(to_hex(moved->data.expose()), "31A2972D96FA08C9B04D38BE1E43C103");
    const auto chain = attempt(reencrypt_request(type, one, type, two, cipher_mode::cbc,
        from_hex("B2755792E752610DCAB9931DD322C2BF").value(), bytes(8), bytes(8)));
    ASSERT_TRUE(chain) << chain.error();
    EXPECT_EQ(to_hex(chain->data.expose()), "31A2972D96FA08C9F59E1471BEE536C8");
}

TEST_P(known_answers, OfPins) {
    const auto from = field(key_type::tpk, first);
    const auto to = field(key_type::zpk, second);
    // PIN 1234 of account 550000025321.
    const auto moved = attempt(
        translate_pin_request(from, to, from_hex("C968AEC14C3B2F39").value(), account::digits("550000025321")));
    ASSERT_TRUE(moved) << moved.error();
    EXPECT_EQ(to_hex(moved->pin_block.view()), "91DDDA0A7C12CFAA");
    if (!has(operation::verify_pin_pvv)) return;
    // Published: PVV 6629 of PIN 1234, card 4321000000001234, key 1.
    const auto card = pan::parse("4321000000001234").value();
    const auto judge = [&](const char* pvv) {
        return attempt(verify_pin_pvv_request(key_type::zpk, to, field(key_type::pvk, first),
                           from_hex("C967A9B226A29870").value(), pin_format::iso0, card, 1, pvv))
            .value()
            .right;
    };
    EXPECT_TRUE(judge("6629"));
    EXPECT_FALSE(judge("6628"));
    // Row ibm-003 of the IBM 3624 vectors: natural PIN 4524, offset 1111 for 5635; a block of the natural one.
    const ibm_3624 method{.decimalisation = "1234567890123456", .validation = "11223344556N"};
    const auto block = from_hex("11AA90C021A6716D").value();
    const auto whose = account::digits("000000067788");
    const auto pvk = field(key_type::pvk, first);
    const auto offset = attempt(make_offset_request(key_type::zpk, to, pvk, block, pin_format::iso0, whose, method));
    ASSERT_TRUE(offset) << offset.error();
    EXPECT_EQ(offset->digits, "0000FFFFFFFF");
    const auto natural = [&](const char* digits) {
        return attempt(verify_pin_ibm_request(key_type::zpk, to, pvk, block, pin_format::iso0, whose, method, digits))
            .value()
            .right;
    };
    EXPECT_TRUE(natural("0000"));
    EXPECT_FALSE(natural("1111"));
}

TEST_P(known_answers, OfCards) {
    if (!has(operation::verify_arqc)) GTEST_SKIP() << "no commands for it";
    const auto card = pan::parse("4123456789012345").value();
    const auto cvv = attempt(make_cvv_request(field(key_type::cvk, first), card, "8701", "101"));
    ASSERT_TRUE(cvv) << cvv.error();
    EXPECT_EQ(cvv->cvv, "561");
    // Row emv-013: Visa's CVN 10, the data with its padding; the answer by openssl.
    const auto issuer = field(key_type::mk_ac, "13345779133457791334577913345779");
    auto data = from_hex("000000010000000000001000084000000010800840980704001111111158003456A08003242000"
                         "80")
                    .value();
    arqc_data what{short_bytes(from_hex("3456789012345600").value()), short_bytes(bytes(2)), short_bytes(bytes(4)),
        data, short_bytes(from_hex("2263CD868F3E0234").value())};
    const auto right = attempt(verify_arqc_request(issuer, 0, what, as_bytes("00")));
    ASSERT_TRUE(right) << right.error();
    EXPECT_TRUE(right->right);
    EXPECT_EQ(to_hex(right->arpc.view()), "5A1D15A96C035C4F");
    what.arqc = short_bytes(from_hex("2263CD868F3E0235").value());
    const auto wrong = attempt(verify_arqc_request(issuer, 0, what, as_bytes("00")));
    ASSERT_TRUE(wrong) << wrong.error();
    EXPECT_FALSE(wrong->right);
}

// Rows emv-009, emv-011 and emv-015 of the vectors: cards of EMV 4 under the common session key.
TEST_P(known_answers, OfCardsOfEmv4) {
    if (!has(operation::verify_arqc)) GTEST_SKIP() << "no commands for it";
    const auto issuer = field(key_type::mk_ac, "13345779133457791334577913345779");
    const std::string text = "000000010000000000001000084000000010800840980704001111111158003456A08003242000";
    const auto card = [&](const char* digits, const std::string& data, const char* arqc) {
        return arqc_data{short_bytes(from_hex(digits).value()), short_bytes(bytes{0x34, 0x56}), {},
            from_hex(data).value(), short_bytes(from_hex(arqc).value())};
    };
    const bytes code{0x00, 0x12};
    const auto first_card = card("3456789012345600", text + "00", "36DBEE15F36B1E7F");
    auto by_code = verify_arqc_request(issuer, emv_session::common, first_card);
    const auto plain = attempt(by_code);
    ASSERT_TRUE(plain) << plain.error();
    EXPECT_TRUE(plain->right && plain->arpc.empty());
    const auto first = attempt(by_code.answer(code));
    ASSERT_TRUE(first) << first.error();
    EXPECT_EQ(to_hex(first->arpc.view()), "0E56BBA476EB5588");
    const auto second_card = card("3456789012345600", text + "80", "55BE45DD2C9E0CBF");
    auto by_status = verify_arqc_request(issuer, emv_session::common, second_card);
    const auto second = attempt(by_status.answer_by_status(bytes{0x00, 0x12, 0x00, 0x00}));
    ASSERT_TRUE(second) << second.error();
    EXPECT_TRUE(second->right);
    EXPECT_EQ(to_hex(second->arpc.view()), "B4C698B6");
    const auto long_card = card("0890123456789012345600", text + "00", "FD4271966BB0E366");
    auto by_hash = verify_arqc_request(issuer, emv_session::common_option_b, long_card);
    const auto third = attempt(by_hash.answer(code));
    ASSERT_TRUE(third) << third.error();
    EXPECT_EQ(to_hex(third->arpc.view()), "1882BCA130A38D6C");
    const auto wrong = attempt(verify_arqc_request(issuer, emv_session::common, long_card));
    ASSERT_TRUE(!wrong || !wrong->right);
    const auto pboc = subject_->run(verify_arqc_request(issuer, emv_session::unionpay, first_card), bounds());
    EXPECT_EQ(!pboc && pboc.error().is(condition::unsupported), GetParam() != "sjj1310") << pboc.error();
}

// Cards of EMV 2000, whose session keys are leaves of a tree; by openssl, as the simulator's own test has them. The
// trees themselves are published (EmvSessionKey.IsALeafOfTheTreeOfEmv2000).
TEST_P(known_answers, OfCardsOfEmv2000) {
    if (!has(operation::verify_arqc)) GTEST_SKIP() << "no commands for it";
    const auto issuer = field(key_type::mk_ac, "0123456789ABCDEFFEDCBA9876543210");
    arqc_data what{short_bytes(from_hex("5000000123456701").value()), short_bytes(bytes{0x34, 0x56}), {},
        from_hex("000000010000000000001000084000000010800840980704001111111158003456A08003242000").value(),
        short_bytes(from_hex("13412D0EC5FBEF9F").value())};
    emv_tree_session tree;
    tree.shape = crypto::emv_tree::of_2;
    std::iota(tree.start.begin(), tree.start.end(), std::uint8_t{0});
    auto of_2 = verify_arqc_request(issuer, tree, what);
    const auto first = attempt(of_2.answer(as_bytes("00")));
    ASSERT_TRUE(first) << first.error();
    EXPECT_TRUE(first->right);
    EXPECT_EQ(to_hex(first->arpc.view()), "87F0A692721851C5");
    tree.shape = crypto::emv_tree::of_4;
    const auto other = attempt(verify_arqc_request(issuer, tree, what));
    ASSERT_TRUE(!other || !other->right) << "another tree";
    what.arqc = short_bytes(from_hex("2255420663E1CBC5").value());
    auto of_4 = verify_arqc_request(issuer, tree, what);
    const auto second = attempt(of_4.answer_by_status(bytes{1, 2, 3, 4}, bytes{0xAA, 0xBB}));
    ASSERT_TRUE(second) << second.error();
    EXPECT_EQ(to_hex(second->arpc.view()), "DF37C80D");
}

// X9.24-1 annex A: row dkt-001 of the vectors.
TEST_P(known_answers, OfDukpt) {
    if (!has(operation::dukpt_translate_pin)) GTEST_SKIP() << "no commands for it";
    const auto bdk = field(key_type::bdk, first);
    const std::string serial = "FFFF9876543210E00001";
    const auto moved = attempt(dukpt_translate_pin_request(bdk, field(key_type::zpk, second), serial,
        from_hex("1B9C1845EB993A7A").value(), account::digits("401234567890")));
    ASSERT_TRUE(moved) << moved.error();
    EXPECT_EQ(to_hex(moved->pin_block.view()), "AC623CC691B16CBF");
    const auto mac = attempt(dukpt_mac_request(bdk, serial, as_bytes("4012345678909D987")));
    ASSERT_TRUE(mac) << mac.error();
    EXPECT_EQ(to_hex(mac->mac.view().first(4)), "9CCC7817");
}

std::string as_identifier(const testing::TestParamInfo<std::string>& which) {
    std::string name = which.param;
    std::ranges::replace(name, '-', '_'); // names of tests are identifiers
    return name;
}
INSTANTIATE_TEST_SUITE_P(profiles, conformance, testing::ValuesIn(profile::builtin_names()), as_identifier);
INSTANTIATE_TEST_SUITE_P(profiles, known_answers, testing::ValuesIn(profile::builtin_names()), as_identifier);

} // namespace
} // namespace cipherlane::hsm
