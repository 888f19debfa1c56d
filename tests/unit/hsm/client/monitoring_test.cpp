// What a unit says of itself (NI, J2, J4, J8, JK) and new key pairs (EI, FY). The bytes are written by hand after
// what public monitoring clients read; the RSA key is a published one.
#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/codec.hpp>
#include <cipherlane/hsm/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::hsm {
namespace {

struct answered {
    const command_spec* command = nullptr;
    field_set values;
    std::string text(std::string_view name) const { return std::string(values.text(field_name(name))); }
    std::string hex(std::string_view name) const { return to_hex(values.value(field_name(name))); }
};

class Monitoring : public testing::Test {
  protected:
    answered read(std::string_view request, const std::string& answer) {
        answered made;
        field_set asked;
        const auto known = engine.decode_request(as_bytes(request), asked);
        EXPECT_TRUE(known) << known.error();
        if (!known) return made;
        made.command = known->command;
        const auto done = engine.decode_answer(*made.command, as_bytes(answer), asked, made.values);
        EXPECT_TRUE(done) << done.error();
        // And to the same bytes again.
        bytes again;
        const auto back = engine.encode_answer(*made.command, "00", asked, made.values, again);
        EXPECT_TRUE(back) << back.error();
        EXPECT_EQ(as_text(again), answer);
        return made;
    }

    /// "from 000, to 010": each field of each record.
    std::vector<std::string> records(const answered& of, std::string_view field) {
        std::vector<std::string> all;
        auto left = of.values.value(field_name(field));
        for (field_set record; !left.empty();) {
            const auto used = engine.decode_record(*of.command, field, left, record);
            EXPECT_TRUE(used) << used.error();
            if (!used) break;
            auto& line = all.emplace_back();
            for (const auto& item : of.command->records.find(field)->second) {
                if (!record.has(item.name)) continue;
                const auto value = record.value(item.name);
                line += (line.empty() ? "" : " ") + item.label + "=" +
                        (item.kind == field_kind::hex ? to_hex(value) : std::string(as_text(value)));
            }
            left = left.subspan(*used);
        }
        return all;
    }

    codec engine{profile::builtin("payshield").value()};
};

const std::string period = "A4665271540S"
                           "261128"
                           "080000"
                           "261129"
                           "093000"
                           "261129"
                           "093001";

TEST_F(Monitoring, LoadInStepsOfTenPercent) {
    const auto got = read("J2", "J300" + period +
                                    "0000091800"
                                    "000010"
                                    "0000091700;"
                                    "010020"
                                    "0000000100;");
    EXPECT_EQ(got.text("serial"), "A4665271540S");
    EXPECT_EQ(got.text("start_date"), "261128");
    EXPECT_EQ(got.text("current_time"), "093001");
    EXPECT_EQ(got.text("seconds"), "0000091800");
    const std::vector<std::string> expected{
        "from=000 to=010 periods=0000091700 delimiter=;", "from=010 to=020 periods=0000000100 delimiter=;"};
    EXPECT_EQ(records(got, "load"), expected);
}

TEST_F(Monitoring, TheLastStepMayHaveNoDelimiter) {
    const auto got = read("J2", "J300" + period +
                                    "0000000010"
                                    "090100"
                                    "0000000010");
    EXPECT_EQ(records(got, "load"), std::vector<std::string>{"from=090 to=100 periods=0000000010"});
}

TEST_F(Monitoring, VolumesByCommand) {
    const auto got = read("J4", "J500" + period +
                                    "0000091800"
                                    "CC"
                                    "000000012345"
                                    "NC"
                                    "000000000007");
    const std::vector<std::string> expected{
        "command=CC transactions=000000012345", "command=NC transactions=000000000007"};
    EXPECT_EQ(records(got, "usage"), expected);
    EXPECT_EQ(records(read("J4", "J500" + period + "0000091800"), "usage").size(), 0U);
}

TEST_F(Monitoring, HealthCounters) {
    const auto got = read("J8", "J900" + period +
                                    "0000000003"
                                    "0000000001"
                                    "0000002"
                                    "00004"
                                    "00000005");
    EXPECT_EQ(got.text("reboots"), "0000000003");
    EXPECT_EQ(got.text("tampers"), "0000000001");
    EXPECT_EQ(got.text("pin_verifies_minute"), "0000002");
    EXPECT_EQ(got.text("pin_verifies_hour"), "00004");
    EXPECT_EQ(got.text("pin_attacks"), "00000005");
}

TEST_F(Monitoring, StatusWithTwoMasterKeys) {
    const std::string answer = "JL00"
                               "A4665271540S"
                               "261129"
                               "093001"
                               "1213"
                               "00"
                               "1"
                               "020100"
                               "00"
                               "1"
                               "02"
                               "V0T"
                               "Test LMK\x14"
                               "01"
                               "0"
                               "00"
                               "K2L"
                               "Live one\x14"
                               "\x15"
                               "01";
    const auto got = read("JK", answer);
    EXPECT_EQ(got.text("console"), "1");
    EXPECT_EQ(got.text("host2"), "3");
    EXPECT_EQ(got.text("tamper"), "1");
    EXPECT_FALSE(got.values.has(field_name("tamper_cause")));
    EXPECT_EQ(got.text("lmks_loaded"), "02");
    EXPECT_EQ(got.text("fraud"), "0");
    EXPECT_EQ(got.text("pin_attacks_exceeded"), "1");
    const std::vector<std::string> expected{
        "id=00 authorised=1 activities=02 lmk_scheme=V lmk_algorithm=0 lmk_status=T comment=Test LMK",
        "id=01 authorised=0 activities=00 lmk_scheme=K lmk_algorithm=2 lmk_status=L comment=Live one"};
    EXPECT_EQ(records(got, "lmks"), expected);
}

TEST_F(Monitoring, ATamperedUnitSaysWhyAndWhen) {
    const auto got = read("JK", "JL00"
                                "A4665271540S"
                                "261129"
                                "093001"
                                "1113"
                                "00"
                                "2"
                                "07"
                                "261128"
                                "235959"
                                "000000"
                                "\x15"
                                "00");
    EXPECT_EQ(got.text("tamper_cause"), "07");
    EXPECT_EQ(got.text("tamper_time"), "235959");
    EXPECT_EQ(got.text("lmks"), "");
}

TEST_F(Monitoring, ConnectionsAndFiguresOfTheNetwork) {
    const std::string one = "0"
                            "05DC"
                            "0A000007"
                            "C350"
                            "0"
                            "00003600";
    const std::string figures = "00000000000004D2"
                                "000000000000162E"
                                "00000010"
                                "00000020"
                                "00000000"
                                "00000000"
                                "00000000"
                                "00000000"
                                "00000000"
                                "00000000"
                                "00000001";
    const auto got = read("NI11", "NJ00"
                                  "0002" +
                                      one +
                                      "0"
                                      "05DC"
                                      "0A000008"
                                      "C351"
                                      "1"
                                      "00000001" +
                                      figures);
    EXPECT_EQ(got.text("records"), "2");
    const std::vector<std::string> expected{
        "protocol=0 local_port=05DC address=0A000007 remote_port=C350 state=0 duration=00003600",
        "protocol=0 local_port=05DC address=0A000008 remote_port=C351 state=1 duration=00000001"};
    EXPECT_EQ(records(got, "connections"), expected);
    EXPECT_EQ(got.hex("bytes_sent"), "00000000000004D2");
    EXPECT_EQ(got.hex("unicast_received"), "00000020");
    EXPECT_EQ(got.hex("unknown_received"), "00000001");
    EXPECT_FALSE(read("NIH0", "NJ00"
                              "0001" +
                                  one)
                     .values.has(field_name("bytes_sent")));
}

TEST_F(Monitoring, ARecordThatIsCutIsAnError) {
    const auto* command = engine.dialect().command("J4");
    field_set record;
    EXPECT_EQ(
        engine.decode_record(*command, "usage", as_bytes(std::string_view("CC00000001")), record).error().code(),
        make_error_code(hsm_errc::incomplete));
    EXPECT_EQ(engine.decode_record(*command, "serial", as_bytes(std::string_view("CC")), record).error().code(),
        make_error_code(hsm_errc::missing_field));
}

const std::string rsa_key =
    "3082010902820100C5ADCDF53DA40D6FFA2EC2AD4854A0CDCD7AEDE1419727A62D1E2EF673FC2C669DC56BB9EFDBBD824158"
    "E781C7CB6D4690F94D9391E105C6031B4C93B61C8DD659D62DA43C36C34A94E22CE1FA4F0802D7C3F2FCC43E743A777BCE8F"
    "6DFFDF9545D016632D1F957731F0280CF47393923A9D9E3E296C1F05A50B417133DF175303B50D7A01577305CFFF22D25E83"
    "36B0A13FDF91D51A2242360F171425D3F6C0E5CAC15D4846F6A3578A9BD1203E7818F5954CC0450CC97B369243067A10CBFA"
    "7B2B70F67929DD6B89A09E9ED8D54E03B5ABA8F3424DAA9ABC22E137CEA5ED3294EE24BFB4BE43122FDBCAABFB79ECCA7A52"
    "33676F47A26CCB96B0A8775201CD0203010001";

std::string raw(std::string_view hex) {
    return std::string(as_text(*from_hex(hex)));
}

TEST_F(Monitoring, ARsaKeyEndsWhereItsOwnHeadSays) {
    const std::string hidden(656, '\xA7');
    const auto got = read("EI0204801", "EJ00" + raw(rsa_key) + "0656" + hidden);
    EXPECT_EQ(got.hex("public_key"), rsa_key);
    EXPECT_EQ(got.text("private_key"), hidden);
    field_set asked;
    asked.set(field_name("bits"), std::string_view("0512"));
    asked.set(field_name("exponent_bits"), std::string_view("0002"));
    asked.set(field_name("exponent"), bytes{3});
    bytes request;
    ASSERT_TRUE(engine.encode_request(*engine.dialect().command("EI"), asked, request));
    EXPECT_EQ(as_text(request), "EI20512010002\x03");
}

// What follows is right each time, so that nothing but the DER value itself can be the reason.
TEST_F(Monitoring, ADerValueThatIsCutOrHasNoLengthIsAnError) {
    const auto* command = engine.dialect().command("EI");
    const std::string hidden(656, '\xA7');
    field_set asked;
    field_set values;
    const auto refused = [&](std::string_view der, const std::string& tail) {
        const auto answer = "EJ00" + raw(der) + tail;
        const auto done = engine.decode_answer(*command, as_bytes(answer), asked, values);
        EXPECT_FALSE(done) << der;
        return done ? std::string("none") : std::string(done.error().field());
    };
    for (const std::string_view cut : {"", "30", "3082", "308201", "30820109", "30FF"})
        EXPECT_EQ(refused(cut, ""), "public_key") << cut;
    for (const std::string_view wrong : {"3080", "3085010203040506", "30FF"})
        EXPECT_EQ(refused(wrong, "0656" + hidden), "public_key") << wrong;
    EXPECT_EQ(refused(std::string_view(rsa_key).substr(0, rsa_key.size() - 2), "0656" + hidden), "private_key")
        << "one byte short, the key takes the first digit of what follows";
}

/// A length of one byte, and of one to four bytes behind a count of them; what follows begins where it ends.
TEST_F(Monitoring, ADerValueHasItsLengthInEveryForm) {
    const std::string body(24, '5');
    for (const std::string_view head : {"300C", "30810C", "3082000C", "308300000C", "30840000000C"}) {
        const auto der = std::string(head) + body;
        const auto got = read("EI0204801", "EJ00" + raw(der) + "0002" + "\xA7\xA7");
        EXPECT_EQ(got.hex("public_key"), der);
        EXPECT_EQ(got.text("private_key"), "\xA7\xA7") << head;
    }
}

TEST_F(Monitoring, KeyPairsOfUnitsForKeyBlocks) {
    engine = codec(profile::builtin("payshield-kb").value());
    const std::string block = "S0068803RD00N0001" + std::string(664, '\x9E') + "3340CB4B";
    const auto rsa = read("EI1204801#0000&N", "EJ00" + raw(rsa_key) + "FFFF" + block);
    EXPECT_EQ(rsa.hex("public_key"), rsa_key);
    EXPECT_EQ(rsa.text("private_key"), block);
    const auto curve = read("FY010203#S00S00", "FZ00"
                                               "0004" +
                                                   raw("30020500") + block);
    EXPECT_EQ(curve.hex("public_key"), "30020500");
    EXPECT_EQ(curve.text("private_key"), block);
}

TEST(Records, AFileThatDescribesThemWronglySaysWhere) {
    const std::string start = "base = \"payshield\"\nname = \"x\"\n[command.QX]\nanswer = \"list:A* size:N2\"\n";
    const std::pair<const char*, const char*> cases[] = {
        {"records = { lost = \"a:N1\" }", "command.QX.records.lost"},
        {"records = { size = \"a:N1\" }", "command.QX.records.size"},
        {"records = { list = \"\" }", "command.QX.records.list"},
        {"records = { list = \"a:Q1\" }", "command.QX.records.list a:Q1"},
        {"records = { list = \"a:A^1\" }", "command.QX.records.list a:A^1"},
        {"records = { list = \"a:N1@nosuch\" }", "command.QX.records.list a:@nosuch"},
    };
    for (const auto& [text, field] : cases) {
        const auto made = profile::parse(start + text + "\n");
        ASSERT_FALSE(made) << text;
        EXPECT_EQ(made.error().field(), field) << text;
    }
}

} // namespace
} // namespace cipherlane::hsm
