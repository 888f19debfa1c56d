#include "hsm_programs.hpp"
#include "parrot.hpp"
#include "simkit/control_client.hpp"
#include "support/certificates.hpp"

#include <nlohmann/json.hpp>

#include <sstream>

namespace cipherlane::tests {
namespace {

using send_program = hsm_programs;

TEST_F(send_program, ShowsTheFieldsOfACommandAndPointsToThem) {
    const auto unit = start_unit();
    EXPECT_EQ(hsm({"send", "--hsm", unit, "BU"}), 2);
    EXPECT_TRUE(has(complained_, "`cipherlane hsm describe \"BU\"`")) << complained_;
    EXPECT_TRUE(has(complained_, "cipherlane hsm send: hsm BU: a field has no value, field key_type2; "))
        << complained_;
    EXPECT_EQ(hsm({"describe", "BU"}), 0) << complained_;
    EXPECT_TRUE(has(said_, "request\n")) << said_;
    EXPECT_TRUE(has(said_, "key ")) << said_;
    EXPECT_TRUE(has(said_, "check_value ")) << said_;
    EXPECT_EQ(hsm({"describe", "--profile", "sjj1312"}), 0) << complained_;
    EXPECT_TRUE(has(said_, "D1 24  ")) << said_;
    EXPECT_EQ(hsm({"describe", "D1", "24", "--profile", "sjj1312"}), 0) << complained_;
    EXPECT_TRUE(has(said_, "D1 24  ")) << said_;
    EXPECT_EQ(hsm({"describe", "Q9"}), 2);
}

// A title, a row's name and an entry of a file that came from elsewhere must not steer the terminal.
TEST_F(send_program, NothingOfAFileSteersTheTerminal) {
    const auto profile = file("steers.toml",
        "base = \"payshield\"\nname = \"x\"\ntitle = \"a\\u001B[2Jb\"\n[command.QX]\n"
        "title = \"q\\u001B]0;owned\\u0007\"\nrequest = \"a:N1\"\nerrors = { \"99\" = \"e\\u202Ef\" }\n");
    EXPECT_EQ(hsm({"describe", "--profile", profile}), 0) << complained_;
    EXPECT_TRUE(has(said_, "QX  q?]0;owned?\n")) << said_;
    EXPECT_EQ(hsm({"describe", "--profile", profile, "QX"}), 0) << complained_;
    EXPECT_TRUE(has(said_, "99  e?f\n")) << said_;
    EXPECT_FALSE(has(said_, "\x1b")) << said_;
    const auto rows = file("sm3.csv", "id,data,digest,expect,reason,source\nrow\x1b[2J,616263,00,ok,,\n");
    EXPECT_EQ(run("cipherlane", {"kat", rows}), 1);
    EXPECT_TRUE(has(said_, "row?[2J")) << said_;
    EXPECT_FALSE(has(said_, "\x1b")) << said_;
    EXPECT_EQ(run("cipherlane", {"qr", "decode", "--lenient", "0002015907\x1b[2Jabc6304FFFF"}), 0) << complained_;
    EXPECT_FALSE(has(said_, "\x1b")) << said_;
}

TEST_F(send_program, ARefusalIsToldAndNothingElse) {
    const auto unit = start_unit();
    EXPECT_EQ(hsm({"send", "--hsm", unit, "BU02F"}), 3) << complained_;
    EXPECT_TRUE(has(said_, "status ")) << said_;
    EXPECT_FALSE(has(said_, "not understood")) << said_;
    EXPECT_EQ(hsm({"send", "--hsm", unit, "Q9whatever"}), 3) << complained_;
    EXPECT_FALSE(has(said_, "not understood")) << said_;
}

// What a unit counts comes apart into fields, and its lists into records.
TEST_F(send_program, MonitoringIsShownFieldByField) {
    const auto unit = start_unit();
    EXPECT_EQ(hsm({"send", "--hsm", unit, "NC"}), 0) << complained_;
    EXPECT_EQ(hsm({"send", "--hsm", unit, "J4"}), 0) << complained_;
    EXPECT_TRUE(has(said_, "  usage:\n    command NC, transactions 000000000001\n")) << said_;
    EXPECT_EQ(hsm({"send", "--hsm", unit, "--json", "JK"}), 0) << complained_;
    const auto told = nlohmann::json::parse(said_);
    EXPECT_EQ(told["fields"]["lmks"][0]["lmk_status"], "T") << said_;
    EXPECT_EQ(told["fields"]["lmks_loaded"], "01") << said_;
    EXPECT_EQ(hsm({"describe", "NI"}), 0) << complained_;
    EXPECT_TRUE(has(said_, "each record of connections\n  protocol ")) << said_;
}

// The status says refused; that there was more is told.
TEST_F(send_program, ABodyBehindARefusalIsTold) {
    const auto unit = start_unit({"--control", "0"});
    auto rig = sim::control_client::connect(*others_.back().await("control", patience));
    ASSERT_TRUE(rig) << rig.error();
    (void)rig->ask({{"cmd", "faults"}, {"set", {{{"kind", "warning"}, {"match", "BU"}, {"value", "41"}}}}});
    EXPECT_EQ(hsm({"send", "--hsm", unit, "BU0200406FBB23A5214DF"}), 3) << complained_;
    EXPECT_TRUE(has(said_, "status 41")) << said_;
    EXPECT_TRUE(has(said_, "not understood by the table, as it came: 20 bytes")) << said_;
}

TEST_F(send_program, KnownAnswersStopWhereTheUnitIsAway) {
    const auto rows = file("hsm_payshield.csv", "id,request,response\none,NC,ND00\ntwo,NC,ND00\nthree,NC,ND00\n");
    EXPECT_EQ(run("cipherlane", {"kat", rows, "--hsm", "127.0.0.1:1", "--timeout", "5"}), 1);
    EXPECT_TRUE(has(said_, "the unit cannot be reached, 2 rows not run")) << said_;
    EXPECT_TRUE(has(said_, "0 passed, 3 failed")) << said_;
    EXPECT_EQ(said_.find("two"), std::string::npos) << said_;
}

TEST_F(send_program, SaysInWordsWhatIsWrong) {
    const auto unit = start_unit({"--header", "8"});
    EXPECT_EQ(hsm({"send", "--hsm", unit, "NC"}), 4);
    EXPECT_TRUE(has(complained_, "cipherlane hsm probe")) << complained_;
    EXPECT_EQ(hsm({"send", "--hsm", unit, "--tls", "--ca", path("nowhere.pem"), "NC"}), 2);
    EXPECT_EQ(complained_, "cipherlane hsm send: " + path("nowhere.pem") + ": No such file or directory\n");
    const auto text = file("text.pem", "no certificate");
    EXPECT_EQ(hsm({"send", "--hsm", unit, "--tls", "--ca", text, "NC"}), 2);
    EXPECT_EQ(complained_, "cipherlane hsm send: " + text + ": no certificates in PEM\n");
    EXPECT_EQ(hsm({"send", "--hsm", unit, "--profile", "nobody", "NC"}), 2);
    EXPECT_TRUE(has(complained_, "built in: payshield ")) << complained_;
}

TEST_F(send_program, TakesTheNamesThatDescribePrints) {
    const auto unit = start_unit();
    EXPECT_EQ(hsm({"send", "--hsm", unit, "A0", "mode=0", "key_type=zpk", "scheme=double"}), 0) << complained_;
    EXPECT_TRUE(has(said_, "key: U")) << said_;
    EXPECT_EQ(hsm({"send", "--hsm", unit, "A0", "mode=0", "key_type=zpq", "scheme=double"}), 2);
    EXPECT_TRUE(has(complained_, "field key_type: found \"zpq\", expected") && has(complained_, " zpk"))
        << complained_;
    // Far from any name, and of the width of a code: names are small letters, and no code is.
    for (const auto* word : {"key", "zzz", "pin"}) {
        EXPECT_EQ(hsm({"send", "--hsm", unit, "A0", "mode=0", std::string("key_type=") + word, "scheme=double"}), 2);
        EXPECT_TRUE(has(complained_, std::string("field key_type: found \"") + word + "\", expected")) << complained_;
    }
    // A code that the table has not may be one of the unit's own.
    EXPECT_EQ(hsm({"send", "--hsm", unit, "A0", "mode=0", "key_type=70D", "scheme=double"}), 0) << complained_;
    EXPECT_EQ(hsm({"send", "--hsm", unit, "M6", "key_type=tak", "data=hello"}), 2);
    EXPECT_TRUE(has(complained_, "field data: found \"hello\", expected hex digits")) << complained_;
    EXPECT_EQ(hsm({"send", "--hsm", unit, "A0", "zmk=1"}), 2);
    EXPECT_TRUE(has(complained_, "A0 has no field zmk")) << complained_;
    const auto westone = start_unit({"--profile", "sjj1312"});
    EXPECT_EQ(hsm({"send", "--hsm", westone, "--profile", "sjj1312", "D1 06", "key_length=16", "key_type=zpk"}), 0)
        << complained_;
}

TEST_F(send_program, AWarningIsDone) {
    const auto unit = start_unit({"--control", "0"});
    auto rig = sim::control_client::connect(*others_.back().await("control", patience));
    ASSERT_TRUE(rig) << rig.error();
    (void)rig->ask({{"cmd", "faults"}, {"set", {{{"kind", "warning"}, {"match", "FA"}, {"value", "01"}}}}});
    const auto zpk = "FAU1457FF6ADF6250C66C368416B4C9D38" + std::string("32B930A07119F93A8");
    EXPECT_EQ(hsm({"send", "--hsm", unit, zpk}), 0) << said_ << complained_;
    EXPECT_TRUE(has(said_, "status 01 (")) << said_;
}

TEST_F(send_program, SendsTheLinesOfAFile) {
    const auto unit = start_unit();
    const auto lines = file("commands.txt", "# a comment\n\nNC\nBU key_type2=02 length_flag=0 key=0406FBB23A5214DF\n"
                                            "hex:4E43\n");
    EXPECT_EQ(hsm({"send", "--hsm", unit, "--from", lines}), 0) << complained_;
    EXPECT_TRUE(has(said_, "3 NC status 00") && has(said_, "4 BU status 00") && has(said_, "5 NC status 00"))
        << said_;
    EXPECT_TRUE(has(said_, "check_value: 0035BBE340A4B763")) << said_;
    const auto refused = file("refused.txt", "BU02F\nNC\n");
    EXPECT_EQ(hsm({"send", "--hsm", unit, "--from", refused, "--json"}), 3) << complained_;
    std::istringstream answers(said_);
    std::string line;
    std::getline(answers, line);
    EXPECT_FALSE(nlohmann::json::parse(line).at("done").get<bool>()) << line;
    std::getline(answers, line);
    const auto last = nlohmann::json::parse(line);
    EXPECT_EQ(last.at("line"), 2);
    EXPECT_EQ(last.at("status"), "00");
    const auto wrong = file("wrong.txt", "NC\nBU key=zz colour=red\n");
    EXPECT_EQ(hsm({"send", "--hsm", unit, "--from", wrong}), 2);
    EXPECT_TRUE(has(complained_, "wrong.txt, line 2: BU has no field colour")) << complained_;
    const auto windows = file("windows.txt", "\xEF\xBB\xBFNC\r\nhex:zz\r\n");
    EXPECT_EQ(hsm({"send", "--hsm", unit, "--from", windows}), 2);
    EXPECT_TRUE(has(said_, "1 NC status 00")) << said_;
    EXPECT_TRUE(has(complained_, "windows.txt, line 2: hex: and two digits")) << complained_;
}

// A clear key need not stand where others see it; where it does, that is told.
TEST_F(send_program, TakesSecretsFromElsewhere) {
    const auto unit = start_unit({"--profile", "sjj1312"});
    const std::string clear = "0123456789ABCDEFFEDCBA9876543210";
    const auto secret = file("key.hex", clear + "\n");
    const auto send = [&](const std::string& value) {
        return hsm({"send", "--hsm", unit, "--profile", "sjj1312", "D1 08", "key_type=zpk", "clear_key=" + value});
    };
    std::filesystem::permissions(secret, std::filesystem::perms::others_read, std::filesystem::perm_options::add);
    EXPECT_EQ(send("@" + secret), 6) << "others may read it";
    EXPECT_TRUE(has(complained_, "file is open to others")) << complained_;
    std::filesystem::permissions(secret, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    EXPECT_EQ(send("@" + secret), 0) << complained_;
    EXPECT_FALSE(has(complained_, "WARNING")) << complained_;
    const auto done = said_;
    EXPECT_EQ(send(clear), 0) << complained_;
    EXPECT_EQ(said_, done) << "the same key";
    EXPECT_TRUE(has(complained_, "WARNING: clear_key stands in clear among the arguments")) << complained_;
    EXPECT_FALSE(has(complained_, clear)) << complained_;
    EXPECT_EQ(run("/bin/sh", {"-c", "printf '" + clear + "\\n' | " + program("cipherlane") + " hsm send --hsm " +
                                        unit + " --profile sjj1312 'D1 08' key_type=zpk clear_key=-"}),
        0)
        << complained_;
    EXPECT_EQ(said_, done);
}

// What scripts ask for: condition and code of an error, and exit codes by the tool's one table.
TEST_F(send_program, SaysAllOfItAsJson) {
    const auto unit = start_unit();
    EXPECT_EQ(hsm({"send", "--hsm", unit, "--json", "NC"}), 0) << complained_;
    auto said = nlohmann::json::parse(said_);
    EXPECT_EQ(said.at("command"), "NC");
    EXPECT_EQ(said.at("fields").at("lmk_check"), "2686040000000000");
    EXPECT_EQ(hsm({"diag", "--hsm", unit, "--json"}), 0) << complained_;
    EXPECT_EQ(nlohmann::json::parse(said_).at("firmware"), "0007-E000");
    EXPECT_EQ(hsm({"describe", "A0", "--json"}), 0) << complained_;
    said = nlohmann::json::parse(said_);
    EXPECT_EQ(said.at("request").at(0).at("name"), "mode");
    EXPECT_EQ(hsm({"describe", "--json"}), 0) << complained_;
    EXPECT_EQ(nlohmann::json::parse(said_).at("profile"), "payshield");
    EXPECT_EQ(hsm({"probe", unit, "--json"}), 0) << complained_;
    EXPECT_EQ(nlohmann::json::parse(said_).at("base"), "payshield");
    EXPECT_EQ(hsm({"ceremony", "--type", "000", "--json"}), 0) << complained_;
    EXPECT_EQ(nlohmann::json::parse(said_).at("components").size(), 3U);
    EXPECT_EQ(hsm({"bench", "--hsm", unit, "--seconds", "1", "--json"}), 0) << complained_;
    EXPECT_EQ(nlohmann::json::parse(said_).at("failed"), 0);
    EXPECT_EQ(hsm({"send", "--hsm", "127.0.0.1:1", "--json", "NC"}), 4);
    said = nlohmann::json::parse(said_);
    EXPECT_EQ(said.at("error").at("condition"), "link_lost");
    EXPECT_EQ(said.at("exit"), 4);
    EXPECT_TRUE(has(said.at("error").at("advice").get<std::string>(), "nothing listens there")) << said_;
}

// Each wrong set-up, on more than one path: the likely cause is told.
TEST_F(send_program, TakesCommandsAsPeopleWriteThem) {
    const auto unit = start_unit();
    EXPECT_EQ(hsm({"send", "--hsm", unit, "A0 mode=0 key_type=zpk scheme=double"}), 0) << complained_;
    EXPECT_TRUE(has(said_, "key: U")) << said_;
    EXPECT_EQ(hsm({"send", "--hsm", unit, "A0", "key_tipe=zpk"}), 2);
    EXPECT_TRUE(has(complained_, "no field key_tipe, did you mean key_type?")) << complained_;
    EXPECT_EQ(hsm({"send", "--hsm", unit, "A0", "scheme=dubble"}), 2);
    EXPECT_TRUE(has(complained_, "expected one of double ")) << complained_;
    const auto westone = start_unit({"--profile", "sjj1312"});
    EXPECT_EQ(hsm({"send", "--hsm", westone, "--profile", "sjj1312", "D00610"}), 0) << complained_;
    EXPECT_EQ(hsm({"describe", "--profile", "sjj1312", "d1", "24"}), 0) << complained_;
    EXPECT_EQ(hsm({"describe", "--profile", "sjj1312", "d124"}), 0) << complained_;
}

TEST_F(send_program, DescribeShowsOnlyCodesThatACommandTakes) {
    EXPECT_EQ(hsm({"describe", "--profile", "sjj1310", "K6"}), 0) << complained_;
    EXPECT_TRUE(has(said_, "0 verify, 1 answer, 2 answer_only\n")) << said_;
    EXPECT_EQ(hsm({"describe", "--profile", "payshield", "KQ"}), 0) << complained_;
    EXPECT_TRUE(has(said_, "0 verify, 1 answer, 2 answer_only\n")) << said_;
    EXPECT_EQ(hsm({"describe", "--profile", "payshield", "KW"}), 0) << complained_;
    EXPECT_TRUE(has(said_, "3 answer_by_status, 4 answer_by_status_only\n")) << said_;
    EXPECT_EQ(hsm({"describe", "--profile", "payshield-kb", "A0"}), 0) << complained_;
    EXPECT_TRUE(has(said_, "FFF whatever it is\n")) << said_;
    EXPECT_FALSE(has(said_, "FFF bdk")) << said_;
}

TEST_F(send_program, AKeysTypeTellsWhatItsBlockIsFor) {
    const auto unit = start_unit({"--profile", "payshield-kb"});
    EXPECT_EQ(hsm({"send", "--hsm", unit, "--profile", "payshield-kb", "A0", "key_type=zpk", "scheme=triple"}), 0)
        << complained_;
    EXPECT_TRUE(has(said_, "key: S") && has(said_, "72T")) << said_;
    EXPECT_EQ(hsm({"send", "--hsm", unit, "--profile", "payshield-kb", "A0", "scheme=triple"}), 2);
    EXPECT_TRUE(has(complained_, "key_usage")) << complained_;
}

TEST_F(send_program, DiagnosisTellsThatTheUnitsKeysAreOfAnotherKind) {
    const auto blocks = start_unit({"--profile", "payshield-kb"});
    const auto variant = start_unit();
    EXPECT_EQ(hsm({"diag", "--hsm", blocks}), 0) << complained_;
    EXPECT_TRUE(has(said_, "its local master keys wrap key blocks: --profile payshield-kb")) << said_;
    EXPECT_EQ(hsm({"diag", "--hsm", variant, "--profile", "payshield-kb", "--json"}), 0) << complained_;
    EXPECT_TRUE(has(said_, "its local master keys are variant ones: --profile payshield")) << said_;
    EXPECT_EQ(hsm({"diag", "--hsm", variant}), 0) << complained_;
    EXPECT_FALSE(has(said_, "--profile")) << said_;
    EXPECT_EQ(hsm({"diag", "--hsm", blocks, "--profile", "payshield-kb"}), 0) << complained_;
    EXPECT_FALSE(has(said_, "--profile")) << said_;
}

TEST_F(send_program, ARequestOfOnesOwnThatIsCutIsWrongUse) {
    const auto unit = start_unit({"--profile", "sjj1312"});
    for (const char* cut : {"hex:D0", "hex:D006", "hex:D1340B"}) {
        EXPECT_EQ(hsm({"send", "--hsm", unit, "--profile", "sjj1312", cut}), 2) << cut << complained_;
        EXPECT_TRUE(has(complained_, "nothing was sent")) << complained_;
        EXPECT_EQ(hsm({"send", "--hsm", unit, "--profile", "sjj1312", "--json", cut}), 2) << cut << complained_;
        EXPECT_EQ(nlohmann::json::parse(said_)["exit"], 2) << said_;
    }
    EXPECT_EQ(hsm({"send", "--hsm", "127.0.0.1:1", "--profile", "sjj1312", "D0", "06"}), 4) << complained_;
}

TEST_F(send_program, TellsWhatIsWrongWithACertificate) {
    pem_folder files;
    const auto authority =
        issue({"authority", nullptr, -3600, 36'000'000, certificate_request::role::authority}, nullptr);
    const auto shown = issue({"unit", "DNS:unit.example,IP:127.0.0.1"}, &authority);
    const auto unit =
        start_unit({"--tls", "--cert", files.certificate("unit.pem", shown), "--key", files.key("unit.key", shown)});
    std::vector<std::string> secured{"--hsm", unit, "--timeout", "5", "--tls", "--ca"};
    secured.push_back(files.certificate("ca.pem", authority));
    const auto ask = [&](const char* command, std::vector<std::string> more) {
        more.insert(more.begin(), secured.begin(), secured.end());
        more.insert(more.begin(), command);
        return hsm(more);
    };
    const auto list = files.revocations("crl.pem", revoke(authority, shown));
    EXPECT_EQ(ask("diag", {}), 0) << complained_;
    for (const char* command : {"diag", "bench"}) {
        EXPECT_EQ(ask(command, {"--tls-name", "other.example"}), 4) << command << complained_;
        EXPECT_TRUE(has(complained_, "expected other.example, found unit.example, 127.0.0.1")) << complained_;
        EXPECT_EQ(ask(command, {"--crl", list}), 4) << command << complained_;
        EXPECT_TRUE(has(complained_, "is revoked")) << complained_;
    }
    EXPECT_EQ(ask("diag", {"--crl", secured.back()}), 2) << "a certificate is no list";
    EXPECT_TRUE(has(complained_, "no revocation list in PEM")) << complained_;
}

TEST_F(send_program, HintsStandOnEveryPath) {
    const auto westone = start_unit({"--profile", "sjj1312"});
    for (const char* command : {"diag", "bench"}) {
        EXPECT_EQ(hsm({command, "--hsm", westone, "--timeout", "2"}), 4) << command;
        EXPECT_TRUE(has(complained_, "Westone binary dialect") || has(complained_, "hsm probe")) << complained_;
    }
    const auto racal = start_unit({"--header", "8"});
    EXPECT_EQ(hsm({"diag", "--hsm", racal, "--profile", "sjj1312", "--timeout", "2"}), 4);
    EXPECT_TRUE(has(complained_, "hsm probe")) << complained_;
    EXPECT_EQ(hsm({"diag", "--hsm", racal, "--timeout", "2"}), 4);
    EXPECT_TRUE(has(complained_, "hsm probe")) << complained_;
    // TLS at a plain unit and the reverse, a length of four digits, another protocol: on every way to a unit.
    pem_folder files;
    const auto authority =
        issue({"authority", nullptr, -3600, 36'000'000, certificate_request::role::authority}, nullptr);
    const auto shown = issue({"unit", "IP:127.0.0.1"}, &authority);
    const auto secured =
        start_unit({"--tls", "--cert", files.certificate("unit.pem", shown), "--key", files.key("unit.key", shown)});
    const auto trusted = files.certificate("ca.pem", authority);
    const parrot digits("303031304E44303030303030");
    const parrot web("485454502F312E31203430302042616420526571756573740D0A");
    struct row {
        std::string at;
        std::vector<std::string> more;
        std::string words;
    };
    const std::vector<std::vector<std::string>> commands{{"diag"}, {"send", "NC"}, {"bench", "--seconds", "1"}};
    for (const auto& each : {row{secured, {}, "TLS"}, row{start_unit(), {"--tls", "--ca", trusted}, "TLS"},
             row{digits.at(), {}, "four ASCII digits"}, row{web.at(), {}, "HTTP"}}) {
        for (const auto& command : commands) {
            auto arguments = command;
            arguments.insert(arguments.end(), {"--hsm", each.at, "--timeout", "1"});
            arguments.insert(arguments.end(), each.more.begin(), each.more.end());
            EXPECT_EQ(hsm(arguments), 4) << command.front() << " " << each.words;
            EXPECT_TRUE(has(complained_, each.words)) << command.front() << ": " << complained_;
        }
        // And between them: what the tap sees of either side.
        const auto tap = start("cipherlane", {"hsm", "tap", "--listen", "0", "--to", each.at});
        std::vector<std::string> through{"diag", "--hsm", tap, "--timeout", "1"};
        through.insert(through.end(), each.more.begin(), each.more.end());
        EXPECT_EQ(hsm(through), 4) << each.words;
        EXPECT_EQ(others_.back().stop(), 0);
        const auto seen = others_.back().read_all(std::chrono::seconds(1));
        EXPECT_TRUE(has(seen, each.words)) << seen;
    }
}

// A slip in a secret is told by its place, and not by the secret.
TEST_F(send_program, AValueThatIsWrongIsShownWholeUnlessItIsASecret) {
    const auto profile = file("secret.toml", "base = \"payshield\"\nname = \"x\"\n[command.QX]\ntitle = \"q\"\n"
                                             "request = \"clear_key:H32\"\n");
    const std::string unit = "127.0.0.1:1"; // which is not asked
    const std::string slip = "0123456789ABCDEFFEDCBA987654321O";
    EXPECT_EQ(hsm({"send", "--hsm", unit, "--profile", profile, "QX", "clear_key=" + slip}), 2);
    EXPECT_TRUE(
        has(complained_, "found 32 characters (a secret: not shown), no hex digit at 32, expected hex digits"))
        << complained_;
    EXPECT_FALSE(has(complained_, slip.substr(0, 8))) << complained_;
    EXPECT_EQ(hsm({"send", "--hsm", unit, "--profile", "sjj1312", "D1 08", "key_type=zpk", "clear_key=" + slip}), 2);
    EXPECT_FALSE(has(complained_, slip.substr(0, 8))) << complained_;
    EXPECT_EQ(hsm({"send", "--hsm", unit, "M6", "key_type=tak", "data=" + slip}), 2);
    EXPECT_TRUE(has(complained_, "found \"" + slip + "\"")) << complained_;
}

} // namespace
} // namespace cipherlane::tests
