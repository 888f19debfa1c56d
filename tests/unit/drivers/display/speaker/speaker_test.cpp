#include "support/bytes.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/display/speaker/speaker.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace cipherlane::drivers {
namespace {

using tests::hex;

speaker_profile profile() {
    speaker_profile made;
    made.topic = "T1";
    made.client_id = "till";
    made.words = wording::english();
    return made;
}

std::string text_of(const bytes& packet) {
    return {packet.begin(), packet.end()};
}

/// What a step that holds a secret sends.
bytes sent_by(const step& one) {
    const auto data = as_bytes(one.secret.expose());
    return {data.begin(), data.end()};
}

/// The message number in a PUBLISH.
std::string number_of(const bytes& packet) {
    const auto text = text_of(packet);
    const auto at = text.find("\"msgid\":\"") + 9;
    return text.substr(at, text.find('"', at) - at);
}

// By the text of MQTT 3.1.1: 3.1 CONNECT, 3.3 PUBLISH, 3.5 to 3.7 PUBREC, PUBREL, PUBCOMP.
TEST(Speaker, SpeaksMqttByTheText) {
    speaker_protocol speaker(profile());
    const auto steps = speaker.show(ports::outcome_view{ports::payment_outcome::approved, amount(1234), 7});
    ASSERT_TRUE(steps) << steps.error();
    ASSERT_EQ(steps->size(), 3U);
    EXPECT_EQ(sent_by((*steps)[0]), hex("10 10 0004 4D515454 04 00 003C 0004 74696C6C")) << "a session that is kept";
    EXPECT_EQ((*steps)[0].answer.size, 4U) << "CONNACK";
    EXPECT_EQ((*steps)[0].answer.at, 3U) << "whether there was a session stands before its code";
    EXPECT_EQ((*steps)[0].answer.text, hex("00"));
    const auto& message = (*steps)[1].out;
    EXPECT_EQ(message[0], 0x34) << "QoS 2";
    EXPECT_EQ(bytes(message.begin() + 2, message.begin() + 8), hex("0002 5431 0001"));
    EXPECT_EQ((*steps)[1].answer.text, hex("50020001"));
    EXPECT_EQ((*steps)[2].out, hex("62020001"));
    EXPECT_EQ((*steps)[2].answer.text, hex("70020001"));
    speaker.settled(screen_protocol::ending::done, hex("70020001"));
    const auto next = speaker.show(ports::text_view{"a", "b"});
    ASSERT_EQ(next->size(), 2U) << "the session is there";
    EXPECT_EQ((*next)[1].out, hex("62020002"));
    speaker.settled(screen_protocol::ending::failed);
    EXPECT_EQ(speaker.heartbeat()->size(), 2U) << "a session that failed is begun anew";
}

/// What a list sends: connecting left out, each packet as far as its number.
std::vector<std::string> packets_of(const step_list& steps) {
    std::vector<std::string> all;
    for (const auto& one : steps) {
        if (!one.secret.empty()) continue;
        const bool message = one.out[0] >> 4 == 3;
        const auto number =
            message ? bytes(one.out.begin() + 6, one.out.begin() + 8) : bytes(one.out.begin() + 2, one.out.end());
        all.push_back(to_hex(bytes{one.out[0]}) + " " + to_hex(number));
    }
    return all;
}

/// The link is lost at each step, and each next one is another display over the same outbox. By 4.3.3 and 4.4 of the
/// text: what may be there goes out again as a duplicate under its number; what is there is released, and no more.
TEST(Speaker, GivesNoMessageToTheBrokerTwice) {
    using told = std::vector<std::string>;
    auto with = profile();
    with.outbox = std::make_shared<speaker_outbox>();
    const auto tell = [&](std::uint64_t payment, std::size_t steps_done) {
        speaker_protocol link(with);
        const auto steps = link.show(ports::outcome_view{ports::payment_outcome::approved, amount(1234), payment});
        EXPECT_TRUE(steps) << steps.error();
        link.carried_out(steps_done);
        const bool all = steps_done == steps->size();
        link.settled(all ? screen_protocol::ending::done : screen_protocol::ending::failed,
            all ? byte_view(steps->back().answer.text) : byte_view());
        return packets_of(*steps);
    };
    EXPECT_EQ(tell(7, 0), (told{"34 0001", "62 0001"})) << "no broker: nothing has left";
    EXPECT_EQ(tell(7, 1), (told{"34 0001", "62 0001"})) << "lost before PUBREC";
    EXPECT_EQ(tell(7, 2), (told{"3C 0001", "62 0001"})) << "a duplicate, lost before PUBCOMP";
    EXPECT_EQ(tell(7, 1), (told{"62 0001"})) << "and again";
    EXPECT_EQ(tell(7, 2), (told{"62 0001"})) << "given on";
    EXPECT_EQ(tell(8, 1), (told{"34 0002", "62 0002"}));
    EXPECT_EQ(tell(9, 1), (told{"62 0002", "34 0003", "62 0003"})) << "what it may have of another is given on first";
    EXPECT_EQ(tell(9, 4), (told{"62 0002", "34 0003", "62 0003"}));
    EXPECT_EQ(tell(10, 3), (told{"34 0004", "62 0004"}));
}

TEST(Speaker, ShowsWhoItIsToTheBroker) {
    auto with = profile();
    with.user = "u";
    with.password = std::string_view("pw");
    with.qos = speaker_profile::delivery::at_least_once;
    speaker_protocol speaker(with);
    const auto steps = speaker.show(ports::text_view{"a", ""});
    ASSERT_EQ(steps->size(), 2U);
    EXPECT_EQ(sent_by((*steps)[0]), hex("10 17 0004 4D515454 04 C2 003C 0004 74696C6C 0001 75 0002 7077"));
    EXPECT_EQ((*steps)[1].out[0], 0x32) << "QoS 1";
    EXPECT_EQ((*steps)[1].answer.text, hex("40020001"));
}

TEST(Speaker, NamesTheSamePaymentByTheSameNumber) {
    speaker_protocol one(profile());
    speaker_protocol another(profile());
    const auto said = [](speaker_protocol& by, std::uint64_t payment) {
        const auto steps = by.show(ports::outcome_view{ports::payment_outcome::approved, amount(1234), payment});
        return number_of((*steps)[1].out);
    };
    EXPECT_EQ(said(one, 7), said(another, 7));
    EXPECT_EQ(said(one, 7).size(), 32U);
    EXPECT_NE(said(one, 7), said(one, 8)) << "another payment of the same amount is told";
    EXPECT_NE(said(one, 0), said(one, 0));
}

TEST(Speaker, SpeaksChineseInGbkAndRefusesWhatItCannotSay) {
    auto with = profile();
    with.words = wording::chinese();
    speaker_protocol speaker(with);
    const auto steps = speaker.show(ports::text_view{"支付\"1\"", ""});
    ASSERT_TRUE(steps);
    EXPECT_NE(text_of((*steps)[1].out).find("\xD6\xA7\xB8\xB6\\\"1\\\""), std::string::npos);
    EXPECT_EQ(
        speaker.show(ports::text_view{"a\nb", ""}).error().code(), make_error_code(drivers_errc::unsendable_text));
    EXPECT_EQ(speaker.show(ports::text_view{std::string(257, 'a'), ""}).error().code(),
        make_error_code(drivers_errc::too_long));
    const ports::qr_view code;
    EXPECT_TRUE(speaker.show(code).error().is(condition::unsupported));
    EXPECT_TRUE(speaker.show(ports::blank_view{})->empty());
    EXPECT_TRUE(speaker.capabilities().speaks);
    EXPECT_FALSE(speaker.capabilities().acknowledges) << "a broker that has it is no speaker that said it";
}

TEST(Speaker, ConnectsBehindACommandThatSaysNothing) {
    speaker_protocol speaker(profile());
    EXPECT_TRUE(speaker.clear()->empty());
    speaker.settled(screen_protocol::ending::done);
    EXPECT_EQ(speaker.heartbeat()->size(), 2U) << "CONNECT and PINGREQ";
}

TEST(Speaker, WantsATopicOfItsOwn) {
    for (const auto* wrong : {"", "a/#", "+"}) {
        auto with = profile();
        with.topic = wrong;
        EXPECT_EQ(with.validate().error().field(), "topic") << wrong;
    }
    EXPECT_TRUE(profile().validate());
}

} // namespace
} // namespace cipherlane::drivers
