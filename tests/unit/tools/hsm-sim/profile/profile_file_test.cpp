// A dialect that exists in no source file, served by the simulator and spoken to by the client, over the wire.
#include "hsm-sim/unit/unit.hpp"
#include "hsm-sim/wire/server.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/client.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace cipherlane::hsm_sim {
namespace {

/// A file with a profile, gone at the end.
class temporary_file {
  public:
    explicit temporary_file(const std::string& text)
        : path_(std::filesystem::temp_directory_path() /
                ("house_" + std::to_string(::getpid()) + "_" + std::to_string(++number) + ".toml")) {
        std::ofstream(path_) << text;
    }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file() { std::filesystem::remove(path_); }
    [[nodiscard]] std::string path() const { return path_.string(); }

  private:
    static inline int number = 0;
    std::filesystem::path path_;
};

/// A unit of that file and a client of the same file.
class house {
  public:
    explicit house(const std::string& toml)
        : file_(toml)
        , device_(*find_settings(file_.path()), lmk_set::test())
        , server_(*server::start(device_, {0, 1, false}, logger::none()))
        , client_({*net::parse_endpoint("127.0.0.1:" + std::to_string(server_->port())),
              *hsm::profile::find(file_.path())}) {}

    hsm::client& operator*() { return client_; }
    hsm::client* operator->() { return &client_; }
    std::string ask(const std::string& body) {
        const auto got = client_.execute(hsm::raw_command(body), call(std::chrono::seconds(5)));
        return got ? std::string(as_text(got->body)) : got.error().to_string();
    }
    nlohmann::json control(const nlohmann::json& request) { return server_->control(request); }

  private:
    temporary_file file_;
    unit device_;
    std::unique_ptr<server> server_;
    hsm::client client_;
};

/// From now on: a deadline counted from the start of the program would end before the last test.
call bounds() {
    return call(std::chrono::seconds(5));
}

constexpr const char* house_toml = R"(
base = "payshield"
name = "house"

[frame]
header_length = 6

[codes.pin_format]
diebold = "77"

[codes.scheme]
double = "Q"

[scheme]
U = { remove = true }
Q = { digits = 32, wrap = "variant" }

[command.QX]
title = "House translation"
request = "level:N3=007 target_format:N2@pin_format source_format:N2@pin_format account:N12 pin_block:B8 target_key:K source_key:K"
answer = "level:N3 ';' pin_block:B8"
repeat = "safe"
operation = "CC"
statuses = { "20" = "9Z" }
errors = { "9Z" = "the cellar is flooded" }

[[operation.translate_pin]]
command = "QX"

[command.QA]
title = "House check value, by what it is bound to"
request = "key:K key_type:A3@key_type key_type2:A2=FF length_flag:N1"
answer = "check_value:H16"

[[operation.check_value]]
command = "QA"

[command.QG]
title = "House greeting: nothing computes it"
request = "name:A<N2"
answer = "name:A<H4 verdict:N1=7"

[command.QN]
title = "House secret: nothing computes it, and nobody knows it"
answer = "seal:H8"

[command.B2]
title = "Echo, laid out anew"
request = "data:B<N5"
answer = "data:B<N5"

[command.NO]
remove = true
)";

// The published answer of CC to this PIN block (fact sheet 6.3): 82206CCD872229C2 in Diebold's format.
TEST(TomlProfile, ACommandThatNoSourceKnowsIsComputed) {
    house at(house_toml);
    EXPECT_EQ(at.ask("QX0077777550000025321" + std::string(as_text(*from_hex("F7808F2CBEC63168"))) +
                     "Q1EF828AA8F6B80EB83E19FBC373F3A85BAB32D775A38E4AB"),
        "QY00007;" + std::string(as_text(*from_hex("82206CCD872229C2"))));

    hsm::translate_pin_request request(hsm::key("BAB32D775A38E4AB"), hsm::key("Q1EF828AA8F6B80EB83E19FBC373F3A85"),
        *from_hex("F7808F2CBEC63168"), hsm::account::digits("550000025321"));
    request.formats(hsm::pin_format::diebold, hsm::pin_format::diebold);
    const auto got = at->translate_pin(request, bounds());
    ASSERT_TRUE(got) << got.error();
    EXPECT_EQ(to_hex(got->pin_block.view()), "82206CCD872229C2");
}

TEST(TomlProfile, AnErrorTextThatNoSourceKnowsIsTold) {
    house at(house_toml);
    hsm::translate_pin_request request(hsm::key("BAB32D775A38E4AB"), hsm::key("Q1EF828AA8F6B80EB83E19FBC373F3A85"),
        *from_hex("F7808F2CBEC63167"), hsm::account::digits("550000025321"));
    request.formats(hsm::pin_format::diebold, hsm::pin_format::diebold);
    const auto got = at->translate_pin(request, bounds());
    ASSERT_FALSE(got);
    EXPECT_TRUE(got.error().is(condition::rejected_by_peer));
    EXPECT_EQ(got.error().peer_code(), "9Z");
    EXPECT_EQ(hsm::explain(at->dialect(), got.error()), "House translation: the cellar is flooded");
    // A parity error keeps the unit's own code.
    EXPECT_EQ(at.ask("QX0077777550000025321........Q1EF828AA8F6B80EB83E19FBC373F3A85BAB32D775A38E4AA"), "QY10");
}

TEST(TomlProfile, ABindingOrTheCommandsOwnCodeSayWhatItDoes) {
    house at(house_toml);
    // BU001 of the fact sheet: ZPK C7152C20BC2C830EA7EC9E8334ABE3FE.
    EXPECT_EQ(at.ask("QAQ1EF828AA8F6B80EB83E19FBC373F3A85001FF1"), "QB006F1E3F74F826B7EB");
    EXPECT_EQ(at.ask("B200005hello"), "B30000005hello");
    EXPECT_EQ(at.ask("B200006hello"), "B315");
}

TEST(TomlProfile, WithoutArithmeticRequestAndDefaultsAnswer) {
    house at(house_toml);
    EXPECT_EQ(at.ask("QG05world"), "QH000005world7");
    EXPECT_EQ(at.ask("QN"), "QO68");
    EXPECT_EQ(at.ask("NO00"), "NP67");
    // What the file does not speak of is as ever.
    EXPECT_EQ(at.ask("BU0200406FBB23A5214DF"), "BV000035BBE340A4B763");
    at.control({{"cmd", "faults"}, {"set", {{{"kind", "status"}, {"value", "9Z"}, {"match", "QG"}}}}});
    EXPECT_EQ(at.ask("QG05world"), "QH9Z");
}

TEST(TomlProfile, TheAuthorisedStateCountsThereToo) {
    house at(R"(
base = "payshield"
name = "house"
[command.QP]
request = "account:N12 clear_pin:A4"
answer = "pin:A5"
operation = "BA"
authorised = true
)");
    EXPECT_EQ(at.ask("QP5500000253211234").substr(0, 2), "QQ");
    at.control({{"cmd", "authorised"}, {"on", false}});
    EXPECT_EQ(at.ask("QP5500000253211234"), "QQ17");
}

TEST(TomlProfile, AnOperationOfAnotherDialectIsComputedToo) {
    house at(R"(
base = "payshield"
name = "house"
[command.QS]
request = "data:B<N4"
answer = "digest:B32"
operation = "sm3"
)");
    // GB/T 32905 A.1
    const auto got = at.ask("QS0003abc");
    EXPECT_EQ(to_hex(as_bytes(got).subspan(4)), "66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0");
}

TEST(TomlProfile, AWestoneUnitLearnsCommandsToo) {
    house at(R"(
base = "sjj1312"
name = "house"
[command."D1 77"]
title = "House key"
request = "level:B1=05 key_type:B1@key_type key_length:len.b=16"
answer = "check_value:B8 key_length:len.b(key) key:K#8..24"
operation = "generate_key"
)");
    const auto got = at->execute(hsm::raw_command(*from_hex("D177051110")), bounds());
    ASSERT_TRUE(got) << got.error();
    ASSERT_EQ(got->body.size(), 1U + 8 + 1 + 16);
    EXPECT_EQ(got->body[0], 'A');
    EXPECT_EQ(got->body[9], 16);
    // The unit agrees that this is the key's check value: D0 0A, with the key and eight bytes to compare.
    bytes check = *from_hex("D00A10");
    check.insert(check.end(), got->body.begin() + 10, got->body.end());
    check.push_back(8);
    check.insert(check.end(), got->body.begin() + 1, got->body.begin() + 9);
    const auto checked = at->execute(hsm::raw_command(check), bounds());
    ASSERT_TRUE(checked) << checked.error();
    EXPECT_EQ(to_hex(checked->body), "41");
}

TEST(TomlProfile, FaultsNameTheCommand) {
    const auto field_of = [](const std::string& text) {
        const temporary_file file("base = \"payshield\"\nname = \"x\"\n" + text);
        const auto read = find_settings(file.path());
        return read ? std::string("none") : std::string(read.error().field());
    };
    EXPECT_EQ(field_of("[command.QX]\noperation = \"dance\"\n"), "command.QX.operation");
    EXPECT_EQ(field_of("[command.QX]\noperation = \"NC\"\nanswer = \"seal:H8\"\n"), "command.QX.answer seal");
    EXPECT_EQ(field_of("[command.QX]\nrequest = \"a:Q4\"\n"), "command.QX.request a:Q4");
    EXPECT_EQ(field_of("[command.QX]\nrequest = \"a:N4\"\n"), "none");
}

// What the client refuses the simulator refuses too, and says it in the same words.
TEST(TomlProfile, AFileThatTheClientRefusesIsRefused) {
    const char* faults[] = {"", "name = \"x\"\nkcv_digits = 7\n", "name = \"x\"\n[frame]\nheader_length = 300\n",
        "name = \"x\"\n[[operation.echo]]\ncommand = \"ZZ\"\n",
        "name = \"x\"\n[[operation.dance]]\ncommand = \"NC\"\n", "name = \"x\"\n[frame]\nheader_lenght = 4\n",
        "name = [\n"};
    for (const char* text : faults) {
        const temporary_file file(text);
        const auto served = find_settings(file.path());
        const auto spoken = hsm::profile::find(file.path());
        ASSERT_FALSE(served) << text;
        ASSERT_FALSE(spoken) << text;
        EXPECT_EQ(served.error().to_string(), spoken.error().to_string()) << text;
    }
    EXPECT_FALSE(find_settings(std::filesystem::temp_directory_path().string()));
    EXPECT_FALSE(find_settings("nobody"));
}

} // namespace
} // namespace cipherlane::hsm_sim
