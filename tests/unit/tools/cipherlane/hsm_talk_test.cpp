#include "cipherlane/hsm_conversation.hpp"

#include <cipherlane/core/hex.hpp>

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace cipherlane::cli {
namespace {

const std::string card = "5413339000001513"; // a published test card
const std::string account = "333900000151";  // its 12 digits in front of the check digit
const std::string stranger = "550000025321";

/// A pipe whose reading end the test holds.
class pipe_pair {
  public:
    pipe_pair() {
        EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0);
        ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
    }
    ~pipe_pair() {
        hang_up();
        ::close(ends_[1]);
    }
    pipe_pair(const pipe_pair&) = delete;
    pipe_pair& operator=(const pipe_pair&) = delete;
    [[nodiscard]] int writing() const { return ends_[1]; }
    [[nodiscard]] std::string read() const {
        std::string all;
        std::array<char, 4096> part{};
        for (;;) {
            const auto size = ::read(ends_[0], part.data(), part.size());
            if (size <= 0) return all;
            all.append(part.data(), static_cast<std::size_t>(size));
        }
    }
    void hang_up() {
        if (ends_[0] >= 0) ::close(ends_[0]);
        ends_[0] = -1;
    }

  private:
    std::array<int, 2> ends_{-1, -1};
};

bytes framed(std::string_view header_and_body) {
    bytes out{0, static_cast<std::uint8_t>(header_and_body.size())};
    out.insert(out.end(), header_and_body.begin(), header_and_body.end());
    return out;
}

/// What a tap prints of one request and its answer.
std::string said_of(const std::string& request, const std::string& answer, std::vector<std::string> cards,
    const std::shared_ptr<const hsm::profile>& dialect = hsm::profile::builtin("payshield").value()) {
    const pipe_pair pipe;
    patient_output out(pipe.writing());
    tap_page page(out);
    const hsm::codec engine(dialect);
    const test_cards listed(std::move(cards));
    conversation subject(engine, listed, page, 1);
    subject.request(framed("0001" + request));
    subject.answer(framed("0001" + answer));
    return pipe.read();
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

const std::string tpk = "U1EF828AA8F6B80EB83E19FBC373F3A85";

std::string translation(const std::string& digits) {
    return "CA" + tpk + tpk + "12DC80B186C30902B00101" + digits;
}

TEST(Conversation, ShowsCodesAndKeysAndLeavesAccountsAndBlocksOut) {
    const auto said = said_of(translation(account), "CB0004DC80B186C30902B001", {});
    EXPECT_TRUE(has(said, "> CA ")) << said;
    EXPECT_TRUE(has(said, "source_key: " + tpk)) << said;
    EXPECT_TRUE(has(said, "< CA status 00")) << said;
    EXPECT_FALSE(has(said, account)) << said;
    EXPECT_FALSE(has(said, "DC80B186")) << said;
    EXPECT_FALSE(has(said, "hex:")) << said;
}

TEST(Conversation, ShowsAllOfAListedCardAndItsAnswer) {
    const auto said = said_of(translation(account), "CB0004DC80B186C30902B001", {card});
    EXPECT_TRUE(has(said, "account: " + account)) << said;
    EXPECT_TRUE(has(said, "hex: " + to_hex(as_bytes(translation(account))))) << said;
    EXPECT_TRUE(has(said, "hex: " + to_hex(as_bytes("CB0004DC80B186C30902B001")))) << said;
}

// TI of the sjj1310 carries two accounts: one that is listed does not open the other.
TEST(Conversation, OneListedCardDoesNotRevealAnother) {
    hsm::field_set values;
    const auto dialect = hsm::profile::builtin("sjj1310").value();
    const auto& layout = dialect->command("TI")->request;
    const test_cards listed({card});
    values.set(hsm::field_name("account"), account);
    EXPECT_EQ(listed.reveal_for(layout, values), reveal::all);
    values.set(hsm::field_name("target_account"), stranger);
    EXPECT_EQ(listed.reveal_for(layout, values), reveal::masked);
    values.set(hsm::field_name("target_account"), account);
    EXPECT_EQ(listed.reveal_for(layout, values), reveal::all);
}

TEST(Conversation, SequencedNumbersMustBeListed) {
    const auto dialect = hsm::profile::builtin("payshield").value();
    const auto& layout = dialect->command("KQ")->request;
    const test_cards listed({card});
    const auto how = [&](std::string_view packed) {
        hsm::field_set values;
        values.set(hsm::field_name("pan_psn"), from_hex(packed).value());
        return listed.reveal_for(layout, values);
    };
    // EMV Book 2, A1.4.1: the last 16 digits of number and sequence.
    EXPECT_EQ(how("1333900000151301"), reveal::all);
    EXPECT_EQ(how("1333900000151401"), reveal::masked);
    EXPECT_EQ(how("0000000000000001"), reveal::masked);
    EXPECT_EQ(how("FFFFFFFFFFFFFFFF"), reveal::masked);
    EXPECT_EQ(how(""), reveal::masked);
}

TEST(Conversation, NothingIsRevealedWithoutACard) {
    EXPECT_EQ(test_cards({card}).reveal_for({}, {}), reveal::masked);
    EXPECT_FALSE(test_cards::is_card("abc"));
    EXPECT_FALSE(test_cards::is_card("54133390000"));
    EXPECT_FALSE(test_cards::is_card("54133390000015131234"));
    EXPECT_TRUE(test_cards::is_card(card));
    EXPECT_TRUE(test_cards::is_card(account));
}

/// What a tap prints of a connection that the test goes on talking on.
class talk {
  public:
    explicit talk(const char* dialect)
        : engine_(hsm::profile::builtin(dialect).value())
        , subject_(engine_, listed_, page_, 1) {}
    std::string asks(const bytes& data) {
        subject_.request(data);
        return pipe_.read();
    }
    std::string answers(const bytes& data) {
        subject_.answer(data);
        return pipe_.read();
    }
    [[nodiscard]] bool is_waiting() const { return subject_.is_waiting(); }

  private:
    pipe_pair pipe_;
    patient_output out_{pipe_.writing()};
    tap_page page_{out_};
    hsm::codec engine_;
    test_cards listed_{{card}};
    conversation subject_;
};

const std::string out_of_step = "out of step, from here on only bytes are counted";

// Behind what could not be cut a PIN block may lie where a key is looked for.
TEST(Conversation, RequestsOutOfStepAreOnlyCounted) {
    talk subject("payshield");
    EXPECT_TRUE(has(subject.asks(framed("0001" + translation(account))), "account: " + account));
    const auto lost = subject.asks({0, 3, '0', '0', '0', '1'}); // a length shorter than header and code
    EXPECT_TRUE(has(lost, "> not understood: ") && has(lost, out_of_step)) << lost;
    const std::string block = "DC80B186C30902B0";
    const auto later = subject.asks(framed("0001CAU" + block + block + tpk + "12" + block + "0101" + account));
    EXPECT_TRUE(has(later, " 1 > 108 bytes\n")) << later;
    EXPECT_EQ(later.find('\n'), later.size() - 1) << later;
    // Not even that of the request in front, whose number another may bear by now.
    const auto answer = subject.answers(framed("0001CB0004" + block + "01"));
    EXPECT_TRUE(has(answer, " 1 < (24 bytes)\n")) << answer;
    EXPECT_FALSE(has(answer, block)) << answer;
    EXPECT_TRUE(subject.is_waiting());
}

// A listed card's request that was never answered leaves its number to a stranger's.
TEST(Conversation, AnAnswerThatMayBeAStrangersIsLeftOut) {
    talk subject("payshield");
    EXPECT_TRUE(has(subject.asks(framed("0001" + translation(account))), "hex:"));
    EXPECT_FALSE(has(subject.asks(framed("0001" + translation(stranger))), "hex:"));
    const auto said = subject.answers(framed("0001CB0004DC80B186C30902B001"));
    EXPECT_TRUE(has(said, "< CA status 00")) << said;
    EXPECT_FALSE(has(said, "DC80B186")) << said;
}

TEST(Conversation, AnswersOutOfStepLeaveTheRequestsReadable) {
    talk subject("payshield");
    EXPECT_TRUE(has(subject.asks(framed("0001NC")), "> NC "));
    const auto lost = subject.answers({0xFF, 0xFF});
    EXPECT_TRUE(has(lost, "< not understood: ") && has(lost, out_of_step)) << lost;
    const auto later = subject.answers(framed("0001ND00DC80B186C30902B00007-E000"));
    EXPECT_TRUE(has(later, " 1 < 35 bytes\n")) << later;
    EXPECT_FALSE(has(later, "DC80B186")) << later;
    EXPECT_TRUE(has(subject.asks(framed("0002NC")), "> NC "));
}

// Where no length says where a message ends, one that the table has not may go on in the next segment.
TEST(Conversation, AnUnknownMessageInAStreamHidesWhatFollows) {
    const auto check = from_hex("D00A10DC80B186C30902B0DC80B186C30902B00400000000").value();
    const auto answer = from_hex("41DC80B186C30902B0").value();
    talk whole("sjj1312");
    EXPECT_TRUE(has(whole.asks(check), "key: DC80B186"));
    talk subject("sjj1312");
    const auto lost = subject.asks(from_hex("EEEE0102").value());
    EXPECT_TRUE(has(lost, "> not understood: ") && has(lost, "(4 bytes)") && has(lost, out_of_step)) << lost;
    const auto later = subject.asks(check);
    EXPECT_TRUE(has(later, " 1 > 24 bytes\n")) << later;
    EXPECT_FALSE(has(later, "DC80B186")) << later;
    const auto first = subject.answers(answer);
    EXPECT_TRUE(has(first, "(9 bytes)") && has(first, out_of_step)) << first;
    const auto second = subject.answers(answer);
    EXPECT_TRUE(has(second, " 1 < 9 bytes\n")) << second;
}

TEST(HeardBytes, KeepWhatWasNotDropped) {
    heard_bytes subject;
    subject.add(as_bytes("0123456789"));
    const auto* place = subject.view().data();
    subject.drop(4);
    EXPECT_EQ(as_text(subject.view()), "456789");
    EXPECT_EQ(place, subject.view().data());
    subject.add(as_bytes(std::string(100, 'x')));
    EXPECT_EQ(as_text(subject.view()), "456789" + std::string(100, 'x'));
    subject.drop(106);
    EXPECT_EQ(subject.size(), 0U);
}

struct masked_case {
    const char* command;
    const char* field;
    bool request;
};

TEST(Describe, FieldsThatHoldCardDataOrPinsAreLeftOut) {
    const masked_case cases[] = {{"NG", "reference", false}, {"NG", "clear_pin", false}, {"DE", "validation", true},
        {"DE", "decimalisation", true}, {"RY", "csc5", true}, {"RY", "csc4", true}, {"RY", "csc3", true},
        {"RY", "expiry", true}, {"LA", "blocks", true}, {"LE", "blocks", false}, {"A2", "print_fields", true},
        {"CW", "cvv", false}, {"DG", "pvv", false}, {"BA", "account", true}, {"BA", "clear_pin", true},
        {"M6", "data", true}, {"KQ", "pan_psn", true}, {"CW", "pan", true}, {"KQ", "diagnostic", false}};
    const auto dialect = hsm::profile::builtin("payshield").value();
    for (const auto& each : cases) {
        const auto* command = dialect->command(each.command);
        ASSERT_NE(command, nullptr) << each.command;
        auto layout = each.request ? command->request : command->answer;
        layout.insert(layout.end(), command->diagnostic.begin(), command->diagnostic.end());
        hsm::field_set values;
        values.set(hsm::field_name(each.field), "SECRET");
        const auto shown = describe(layout, values, reveal::masked);
        ASSERT_EQ(shown.size(), 1U) << each.command << " " << each.field;
        EXPECT_FALSE(has(shown[0].value, "SECRET") || has(shown[0].value, "534543")) << each.field;
        const auto whole = describe(layout, values, reveal::all);
        EXPECT_TRUE(has(whole[0].value, "SECRET") || has(whole[0].value, "534543")) << each.field;
    }
}

TEST(Describe, ANameThatNobodyKnowsIsLeftOut) {
    const auto dialect =
        hsm::profile::parse("base = \"payshield\"\nname = \"house\"\n[command.QX]\n"
                            "request = \"level:N2 passport:A9 ticket:N6 vault_key:K size:len.N2(note) "
                            "format:N2@pin_format note:A#\"\n")
            .value();
    hsm::field_set values;
    const std::pair<const char*, const char*> given[] = {{"level", "07"}, {"passport", "C01X00T47"},
        {"ticket", "123456"}, {"vault_key", "0123456789ABCDEF"}, {"size", "02"}, {"format", "01"}, {"note", "hi"}};
    for (const auto& [name, value] : given) {
        values.set(hsm::field_name(name), std::string_view(value));
    }
    std::string all;
    for (const auto& field : describe(dialect->command("QX")->request, values, reveal::masked)) {
        all += field.name + "=" + field.value + ";";
    }
    EXPECT_EQ(all, "level=07;passport=(9 left out);ticket=(6 left out);vault_key=(16 left out);size=02;format=01;"
                   "note=(2 left out);");
}

TEST(Describe, TextFromTheWireCannotMoveTheCursor) {
    EXPECT_EQ(escaped_text("0007-E000"), "0007-E000");
    EXPECT_EQ(escaped_text("a\x1B[2J\r\n\\\x80"), "a\\x1B[2J\\x0D\\x0A\\x5C\\x80");
    const auto said = said_of("NC", std::string("ND002686040000000000\x1B[2J\n"), {});
    EXPECT_TRUE(has(said, "firmware: \\x1B[2J\\x0A")) << said;
    EXPECT_FALSE(has(said, "\x1B")) << said;
    EXPECT_FALSE(has(said_of("NC",
                         "ND\x1B"
                         "c",
                         {}),
        "\x1B"));
}

TEST(PatientOutput, AReaderThatStopsOrGoesAwayCostsNothing) {
    std::signal(SIGPIPE, SIG_IGN);
    pipe_pair pipe;
    patient_output out(pipe.writing(), 100'000);
    const std::string line(999, 'x');
    for (int i = 0; i < 1000; ++i) {
        out.line(line); // a pipe holds 64 KiB
    }
    EXPECT_TRUE(out.flush());
    std::string all;
    do {
        all += pipe.read();
    } while (out.flush());
    all += pipe.read();
    out.line("after");
    all += pipe.read();
    EXPECT_EQ(all.find(line), 0U);
    EXPECT_TRUE(has(all, " lines left out)\nafter\n")) << all.substr(all.size() - 100);
    EXPECT_LT(all.size(), 300'000U);
    pipe.hang_up();
    out.line("nobody");
    EXPECT_FALSE(out.flush());
}

} // namespace
} // namespace cipherlane::cli
