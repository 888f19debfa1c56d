// Captures of other tools read, and captures of our own written: masked, and of the same lengths.
#include "cipherlane/capture/packet.hpp"
#include "cipherlane/hsm_tap_record.hpp"
#include "cipherlane/hsm_tap_replay.hpp"

#include <cipherlane/core/hex.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace cipherlane::cli {
namespace {

/// What happened, as a list.
class event_list final : public tap_sink {
  public:
    void take(const tap_event& event) override { all.push_back(event); }
    [[nodiscard]] std::string words() const {
        std::string made;
        for (const auto& each : all)
            made += to_json_line(each) + "\n";
        return made;
    }
    std::vector<tap_event> all;
};

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// A file as tcpdump writes it (Ethernet, little-endian, microseconds): a connection to port 1500 whose NC comes in
/// two segments, then once more as a whole, and its answer.
const bytes file_of_tcpdump =
    from_hex("D4C3B2A1020004000000000000000000FFFF00000100000000CF0B6B00000000360000003600000000000000000000000000"
             "000008004500002800004000400600007F0000017F0000019C4005DC00000063000000005002FFFF0000000000CF0B6BE803"
             "0000360000003600000000000000000000000000000008004500002800004000400600007F0000017F00000105DC9C400000"
             "01F3000000005012FFFF0000000000CF0B6BD00700003B0000003B00000000000000000000000000000008004500002D0000"
             "4000400600007F0000017F0000019C4005DC00000064000000005018FFFF00000000000630303000CF0B6BB80B0000390000"
             "003900000000000000000000000000000008004500002B00004000400600007F0000017F0000019C4005DC00000069000000"
             "005018FFFF00000000314E4300CF0B6BA00F00003E0000003E00000000000000000000000000000008004500003000004000"
             "400600007F0000017F0000019C4005DC00000064000000005018FFFF000000000006303030314E4300CF0B6B881300005900"
             "00005900000000000000000000000000000008004500004B00004000400600007F0000017F00000105DC9C40000001F40000"
             "00005018FFFF000000000021303030314E44303032363836303430303030303030303030303030372D4530303000CF0B6B70"
             "170000360000003600000000000000000000000000000008004500002800004000400600007F0000017F0000019C4005DC00"
             "00006C000000005011FFFF0000000000CF0B6B581B0000360000003600000000000000000000000000000008004500002800"
             "004000400600007F0000017F00000105DC9C4000000217000000005011FFFF00000000")
        .value();

const hsm::codec& payshield() {
    static const hsm::codec engine(hsm::profile::builtin("payshield").value());
    return engine;
}

TEST(CaptureReplay, PutsAConnectionOfTcpdumpTogether) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, file_of_tcpdump.size()}) {
        event_list seen;
        const test_cards none({});
        capture_replay subject(payshield(), none, seen, 1500);
        for (byte_view rest(file_of_tcpdump); !rest.empty();) {
            const auto part = rest.first(std::min(rest.size(), piece));
            ASSERT_TRUE(subject.add(part));
            rest = rest.subspan(part.size());
        }
        subject.finish();
        ASSERT_EQ(seen.all.size(), 4U) << seen.words();
        EXPECT_EQ(seen.all[1].code, "NC");
        EXPECT_EQ(seen.all[2].status, "00");
        EXPECT_EQ(seen.all[2].took, std::chrono::microseconds(2'000)) << "by the capture's own clock";
        EXPECT_TRUE(holds(seen.words(), "\"firmware\":\"0007-E000\"")) << seen.words();
    }
}

TEST(CaptureReplay, SaysWhatIsMissingAndWhatIsNoCapture) {
    event_list seen;
    const test_cards none({});
    capture_replay other(payshield(), none, seen, 9998);
    ASSERT_TRUE(other.add(file_of_tcpdump));
    other.finish();
    EXPECT_EQ(other.connections(), 0U);
    EXPECT_TRUE(other.other_ports().contains(1500));
    capture_replay text(payshield(), none, seen, 1500);
    const auto refused = text.add(as_bytes("no capture at all"));
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(condition::bad_message) || refused.error().is(condition::misuse));
}

TEST(CaptureReplay, SaysWhatTheCaptureDoesNotHold) {
    const auto lost_of = [](const bytes& file) {
        event_list seen;
        const test_cards none({});
        capture_replay subject(payshield(), none, seen, 1500);
        EXPECT_TRUE(subject.add(file));
        subject.finish();
        return subject.lost();
    };
    EXPECT_EQ(lost_of(file_of_tcpdump), "");
    auto ended = file_of_tcpdump;
    ended.resize(ended.size() - 10);
    EXPECT_TRUE(holds(lost_of(ended), "ends inside a packet")) << lost_of(ended);
    // The first packet was longer on the wire than it is in the file.
    auto cut = file_of_tcpdump;
    cut[24 + 12] = 0xFF;
    EXPECT_TRUE(holds(lost_of(cut), "1 packet was cut by the capture")) << lost_of(cut);
    auto wireless = file_of_tcpdump;
    wireless[20] = 105;
    EXPECT_TRUE(holds(lost_of(wireless), "the link type 105")) << lost_of(wireless);
}

// A PIN translation recorded: the capture has its lengths and keys, and neither block nor account.
TEST(TapCapture, HoldsEveryMessageAtItsLengthAndNothingSecret) {
    const std::string tpk = "U1EF828AA8F6B80EB83E19FBC373F3A85";
    const std::string request = "0001CA" + tpk + tpk + "12DC80B186C30902B00101333900000151";
    const std::string answer = "0001CB0004E98FFDA17099AF5501";
    const auto framed = [](const std::string& text) {
        bytes made{0, static_cast<std::uint8_t>(text.size())};
        made.insert(made.end(), text.begin(), text.end());
        return made;
    };
    bytes file;
    tap_sinks sinks;
    sinks.add(std::make_unique<tap_capture>(
        [&file](byte_view piece) { file.insert(file.end(), piece.begin(), piece.end()); }, 1500));
    const test_cards none({});
    tap_event opened;
    opened.what = tap_event::kind::opened;
    opened.connection = 1;
    opened.port = 40'000;
    sinks.take(opened);
    conversation talk(payshield(), none, sinks, 1);
    talk.request(framed(request));
    talk.answer(framed(answer));
    talk.request(framed("0002ZZ" + tpk));
    // A message that breaks off stands in the file as far as it came, once it is clear that no rest follows.
    const auto half = framed("0003CA" + tpk);
    talk.request(byte_view(half).first(20));
    talk.tell_halves("then the connection was closed");
    tap_event closed = opened;
    closed.what = tap_event::kind::closed;
    sinks.take(closed);

    const std::string text(file.begin(), file.end());
    EXPECT_FALSE(holds(text, "333900000151") || holds(text, "DC80B186") || holds(text, "E98FFDA1")) << to_hex(file);
    EXPECT_FALSE(holds(text, "ZZ" + tpk)) << "what nobody knows is filled";
    EXPECT_TRUE(holds(text, "CA" + tpk + tpk + "1200000000000000000101000000000000")) << to_hex(file);
    // Read again it says the same, with the lengths that were on the wire.
    event_list seen;
    capture_replay again(payshield(), none, seen, 1500);
    ASSERT_TRUE(again.add(file));
    again.finish();
    ASSERT_EQ(seen.all.size(), 6U) << seen.words();
    EXPECT_EQ(seen.all[4].what, tap_event::kind::half);
    EXPECT_TRUE(holds(seen.words(), "20 of 41 bytes came, then no more; the code reads as CA")) << seen.words();
    EXPECT_TRUE(holds(text, "0003CAxxxxxxxxxxxx")) << to_hex(file);
    EXPECT_EQ(seen.all[1].shown.size(), request.size() + 2);
    EXPECT_EQ(seen.all[2].shown.size(), answer.size() + 2);
    EXPECT_EQ(seen.all[2].status, "00");
    EXPECT_EQ(seen.all[3].code, "ZZ");
}

// A half message whose rest comes after all is there once, whole.
TEST(TapCapture, HoldsAMessageThatWasSlowOnce) {
    bytes file;
    tap_capture subject([&file](byte_view piece) { file.insert(file.end(), piece.begin(), piece.end()); }, 1500);
    const test_cards none({});
    tap_event opened;
    opened.what = tap_event::kind::opened;
    opened.connection = 1;
    opened.port = 40'000;
    subject.take(opened);
    conversation talk(payshield(), none, subject, 1);
    const auto request = from_hex("0006303030314E43").value();
    talk.request(byte_view(request).first(5));
    talk.tell_halves("then nothing for 3 s");
    talk.request(byte_view(request).subspan(5));
    opened.what = tap_event::kind::closed;
    subject.take(opened);
    event_list seen;
    capture_replay again(payshield(), none, seen, 1500);
    ASSERT_TRUE(again.add(file));
    again.finish();
    ASSERT_EQ(seen.all.size(), 3U) << seen.words();
    EXPECT_EQ(seen.all[1].shown, request);
}

TEST(Conversation, AnUnknownCommandThatIsOneBehindAnotherHeaderIsToldSo) {
    event_list seen;
    const test_cards none({});
    conversation talk(payshield(), none, seen, 1);
    talk.request(from_hex("000A30303030303030314E43").value());
    ASSERT_EQ(seen.all.size(), 1U);
    EXPECT_TRUE(holds(seen.all[0].fault, "behind a header of 8 it would be NC")) << seen.all[0].fault;
}

TEST(TcpStream, TakesEachByteOnceAndInOrder) {
    const auto segment = [](std::uint32_t sequence, std::string_view data, bool syn = false) {
        tcp_segment made;
        made.sequence = sequence;
        made.syn = syn;
        made.data = as_bytes(data);
        return made;
    };
    tcp_stream subject;
    EXPECT_TRUE(subject.take(segment(0xFFFFFFFE, {}, true)).data.empty());
    EXPECT_EQ(as_text(subject.take(segment(0xFFFFFFFF, "ab")).data), "ab");
    EXPECT_TRUE(subject.take(segment(3, "ef")).data.empty()) << "out of order";
    EXPECT_EQ(as_text(subject.take(segment(0xFFFFFFFF, "abcd")).data), "cdef") << "sent twice, and more of it";
    EXPECT_TRUE(subject.take(segment(1, "cd")).data.empty());
    EXPECT_TRUE(subject.take(segment(10, "xyz")).data.empty());
    const auto rest = subject.finish();
    EXPECT_EQ(rest.missing, 5U);
    EXPECT_EQ(as_text(rest.data), "xyz");
}

TEST(Packet, OfOtherKindsIsPassedOver) {
    EXPECT_FALSE(tcp_of(1, bytes(10)));
    EXPECT_FALSE(tcp_of(101, from_hex("4500001C0000400040110000"
                                      "7F0000017F000001"
                                      "0035003500080000")
                                 .value()))
        << "UDP";
    EXPECT_FALSE(tcp_of(12'345, bytes(100)));
}

} // namespace
} // namespace cipherlane::cli
