// The usbip stream without a kernel: what a host would send, byte by byte, and what must come back.
#include "simkit/cdc_acm_model.hpp"
#include "simkit/echo_model.hpp"
#include "simkit/usbip_carrier.hpp"
#include "simkit/usbip_socket.hpp"
#include "support/bytes.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/hex.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace cipherlane::sim {
namespace {

using tests::hex;

// The exchange with a HID device that the kernel's Documentation/usb/usbip_protocol.rst shows.
constexpr const char* command_in = "00000001 00000d05 0001000f 00000001 00000001 00000200 00000040 ffffffff 00000000 "
                                   "00000004 00000000 00000000";
constexpr const char* command_out =
    "00000001 00000d06 0001000f 00000000 00000001 00000000 00000040 ffffffff 00000000 "
    "00000004 00000000 00000000";
// The answers repeat the host's start frame there; the same document's table says 0 for anything but isochronous
// transfers, as it is here.
constexpr const char* answer_out = "00000003 00000d06 00000000 00000000 00000000 00000000 00000040 00000000 00000000 "
                                   "00000000 00000000 00000000";
constexpr const char* answer_in = "00000003 00000d05 00000000 00000000 00000000 00000000 00000040 00000000 00000000 "
                                  "00000000 00000000 00000000";

bytes padded(std::string_view digits) {
    bytes data = hex(digits);
    data.resize(64);
    return data;
}
const bytes& data_out() {
    static const bytes data = padded("ffffffff860008a784ce5ae2123763");
    return data;
}
const bytes& data_in() {
    static const bytes data = padded("ffffffff860011a784ce5ae2123763612891b10201000004");
    return data;
}

bytes joined(std::initializer_list<bytes> parts) {
    bytes all;
    for (const auto& part : parts)
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

TEST(UsbipMessage, ReadsTheDocumentedRequests) {
    const bytes header = hex(command_in);
    const auto in = decode_usbip(header);
    ASSERT_TRUE(in) << in.error();
    const auto& read = std::get<usbip_submit>(*in);
    EXPECT_EQ(read.sequence, 0xD05U);
    EXPECT_EQ(read.endpoint, 0x81);
    EXPECT_TRUE(read.to_host());
    EXPECT_FALSE(read.control());
    EXPECT_FALSE(read.zero_packet);
    EXPECT_EQ(read.length, 64U);
    EXPECT_EQ(read.payload(), 0U);
    const auto out = decode_usbip(hex(command_out));
    ASSERT_TRUE(out) << out.error();
    EXPECT_EQ(std::get<usbip_submit>(*out).endpoint, 0x01);
    EXPECT_EQ(std::get<usbip_submit>(*out).payload(), 64U);
}

TEST(UsbipMessage, ReadsTheSetupPacketOfAControlRequest) {
    // GET_DESCRIPTOR(string 2, English), 255 bytes; the packet is little-endian.
    const auto read =
        decode_usbip(hex("00000001 00000007 00010002 00000001 00000000 00000200 000000ff 00000000 00000000 "
                         "00000000 80060203 0904ff00"));
    ASSERT_TRUE(read) << read.error();
    const auto& asked = std::get<usbip_submit>(*read);
    EXPECT_TRUE(asked.control());
    EXPECT_EQ(asked.setup.type, 0x80);
    EXPECT_EQ(asked.setup.request, 6);
    EXPECT_EQ(asked.setup.value, 0x0302);
    EXPECT_EQ(asked.setup.index, 0x0409);
    EXPECT_EQ(asked.setup.length, 255);
}

TEST(UsbipMessage, ReadsAnUnlink) {
    const auto read =
        decode_usbip(hex("00000002 00000d07 0001000f 00000000 00000000 00000d05 00000000 00000000 00000000 "
                         "00000000 00000000 00000000"));
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(std::get<usbip_unlink>(*read).sequence, 0xD07U);
    EXPECT_EQ(std::get<usbip_unlink>(*read).victim, 0xD05U);
}

TEST(UsbipMessage, WritesTheDocumentedAnswers) {
    EXPECT_EQ(to_hex(encode_usbip_submitted(0xD06, 0, 64)), to_hex(hex(answer_out)));
    EXPECT_EQ(to_hex(encode_usbip_submitted(0xD05, 0, 64)), to_hex(hex(answer_in)));
    // -ECONNRESET is -104 on Linux.
    EXPECT_EQ(to_hex(encode_usbip_unlinked(0xD07, -ECONNRESET)),
        to_hex(
            hex("00000004 00000d07 00000000 00000000 00000000 ffffff98 00000000 00000000 00000000 00000000 00000000 "
                "00000000")));
}

TEST(UsbipMessage, NamesWhatItRefuses) {
    struct fault {
        std::size_t at;
        std::uint8_t value;
        const char* field;
        std::size_t reported;
    };
    for (const auto& [at, value, field, reported] : {
             fault{3, 0, "command", 0},
             fault{3, 3, "command", 0},
             fault{3, 4, "command", 0},
             fault{0, 0x80, "command", 0},
             fault{0x0F, 2, "direction", 0x0C},
             fault{0x13, 16, "ep", 0x10},
             fault{0x18, 0xFF, "transfer_buffer_length", 0x18},
             fault{0x23, 8, "number_of_packets", 0x20},
         }) {
        bytes header = hex(command_in);
        header[at] = value;
        const auto read = decode_usbip(header);
        ASSERT_FALSE(read) << field;
        EXPECT_EQ(read.error().code(), make_error_code(core_errc::out_of_range));
        EXPECT_EQ(read.error().field(), field);
        EXPECT_EQ(read.error().offset(), reported);
    }
    bytes half = hex(command_in);
    half.pop_back();
    EXPECT_EQ(decode_usbip(half).error().code(), make_error_code(core_errc::wrong_length));
}

/// The device of the documented exchange: answers its one request with its one report.
class documented_model final : public device_model {
  public:
    documented_model() {
        identity_.endpoints = {
            {0x01, usb_endpoint::kind::interrupt, 64, 4}, {0x81, usb_endpoint::kind::interrupt, 64, 4}};
    }
    [[nodiscard]] const usb_identity& identity() const override { return identity_; }
    void received(carrier& host, std::uint8_t endpoint, byte_view data, input) override {
        EXPECT_EQ(endpoint, 0x01);
        EXPECT_EQ(to_hex(data), to_hex(data_out()));
        host.send(0x81, data_in(), message_end::open);
    }

  private:
    usb_identity identity_;
};

TEST(UsbipCarrier, CarriesTheDocumentedExchangeInAnyPieces) {
    const bytes stream = joined({hex(command_in), hex(command_out), data_out()});
    const bytes expected = joined({hex(answer_out), hex(answer_in), data_in()});
    for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
        documented_model model;
        bytes sent;
        usbip_carrier device(model, [&](const bytes& part) { sent.insert(sent.end(), part.begin(), part.end()); });
        for (std::size_t at = 0; at < stream.size(); at += piece) {
            const auto part = byte_view(stream).subspan(at, std::min(piece, stream.size() - at));
            ASSERT_TRUE(device.take(part)) << piece;
        }
        EXPECT_EQ(to_hex(sent), to_hex(expected)) << piece;
    }
}

/// A host that speaks to the echo device.
class UsbipHost : public ::testing::Test {
  protected:
    static constexpr std::uint32_t zero_packet = 0x40;

    static void put(bytes& into, std::uint32_t word) {
        for (const int shift : {24, 16, 8, 0})
            into.push_back(static_cast<std::uint8_t>(word >> shift));
    }
    static bytes submit(std::uint32_t sequence, std::uint8_t endpoint, std::uint32_t size, std::uint32_t flags = 0,
        const bytes& setup = bytes(8)) {
        bytes message;
        for (const std::uint32_t word : {1U, sequence, 0x10002U, std::uint32_t{endpoint} >> 7, endpoint & 0x7FU,
                 flags, size, 0U, 0xFFFFFFFFU, 0U}) {
            put(message, word);
        }
        return joined({message, setup});
    }
    void read(std::uint32_t sequence, std::uint32_t room) { take(submit(sequence, 0x81, room)); }
    void write(std::uint32_t sequence, const bytes& data, std::uint32_t flags = 0) {
        take(joined({submit(sequence, 0x01, static_cast<std::uint32_t>(data.size()), flags), data}));
    }
    void unlink(std::uint32_t sequence, std::uint32_t victim) {
        bytes message;
        for (const std::uint32_t word : {2U, sequence, 0x10002U, 0U, 0U, victim, 0U, 0U, 0U, 0U, 0U, 0U})
            put(message, word);
        take(message);
    }
    void control_in(std::uint32_t sequence, std::string_view setup, std::uint32_t room) {
        take(submit(sequence, 0x80, room, 0x200, hex(setup)));
    }
    void control_out(std::uint32_t sequence, std::string_view setup, const bytes& data = {}) {
        take(joined({submit(sequence, 0x00, static_cast<std::uint32_t>(data.size()), 0, hex(setup)), data}));
    }
    void take(const bytes& stream) {
        const auto taken = device_.take(stream);
        EXPECT_TRUE(taken) << taken.error();
    }
    /// The next answer: command, sequence number, status and actual length, as they are on the wire; then its data.
    std::string next() {
        if (sent_.empty()) return "nothing";
        const bytes answer = sent_.front();
        sent_.erase(sent_.begin());
        const byte_view whole(answer);
        EXPECT_EQ(to_hex(whole.subspan(0x08, 12)), std::string(24, '0')) << "set by hosts only";
        std::string words = to_hex(whole.first(8)) + " " + to_hex(whole.subspan(0x14, 8));
        if (whole.size() > 48) words += " " + to_hex(whole.subspan(48));
        return words;
    }

    echo_model model_;
    std::vector<bytes> sent_;
    usbip_carrier device_{model_, [this](bytes message) { sent_.push_back(std::move(message)); }};
};

TEST_F(UsbipHost, EchoesAMessage) {
    read(1, 64);
    EXPECT_EQ(next(), "nothing");
    write(2, {0xAA, 0xBB});
    EXPECT_EQ(next(), "0000000300000002 0000000000000002") << "the host first hears that its data was taken";
    EXPECT_EQ(next(), "0000000300000001 0000000000000002 AABB");
    EXPECT_EQ(next(), "nothing");
}

TEST_F(UsbipHost, AnEmptyPacketEndsAMessageOfFullOnes) {
    write(1, bytes(64, 5));
    EXPECT_EQ(next(), "0000000300000001 0000000000000040");
    EXPECT_EQ(model_.messages(), 0U);
    write(2, bytes(64, 5), zero_packet);
    EXPECT_EQ(next(), "0000000300000002 0000000000000040");
    EXPECT_EQ(model_.messages(), 1U);
    read(3, 256);
    EXPECT_EQ(next(), "0000000300000003 0000000000000080 " + to_hex(bytes(128, 5)));
}

TEST_F(UsbipHost, ARequestThatWaitsCanBeTakenBack) {
    read(1, 64);
    unlink(2, 1);
    EXPECT_EQ(next(), "0000000400000002 FFFFFF9800000000") << "-ECONNRESET";
    device_.function().send(0x81, bytes{1});
    EXPECT_EQ(next(), "nothing") << "the request is gone";
    read(3, 64);
    EXPECT_EQ(next(), "0000000300000003 0000000000000001 01");
    unlink(4, 3);
    EXPECT_EQ(next(), "0000000400000004 0000000000000000") << "it had been answered";
    unlink(5, 77);
    EXPECT_EQ(next(), "0000000400000005 0000000000000000");
}

TEST_F(UsbipHost, TakenBackWithDataARequestIsGivenBackFirst) {
    read(1, 256);
    device_.function().send(0x81, bytes(64, 9), message_end::open);
    EXPECT_EQ(next(), "nothing");
    unlink(2, 1);
    EXPECT_EQ(next(), "0000000300000001 FFFFFF9800000040 " + to_hex(bytes(64, 9)));
    EXPECT_EQ(next(), "0000000400000002 0000000000000000");
}

TEST_F(UsbipHost, StallsUntilTheHostClearsIt) {
    read(1, 64);
    device_.function().halt(0x81);
    EXPECT_EQ(next(), "0000000300000001 FFFFFFE000000000") << "-EPIPE";
    control_in(2, "8200000081000200", 2);
    EXPECT_EQ(next(), "0000000300000002 0000000000000002 0100") << "GET_STATUS says halted";
    control_out(3, "0201000081000000");
    EXPECT_EQ(next(), "0000000300000003 0000000000000000");
    control_in(4, "8200000081000200", 2);
    EXPECT_EQ(next(), "0000000300000004 0000000000000002 0000");
    write(5, {7});
    read(6, 64);
    next();
    EXPECT_EQ(next(), "0000000300000006 0000000000000001 07");
    control_out(7, "0203000001000000");
    EXPECT_EQ(next(), "0000000300000007 0000000000000000") << "a host may halt an endpoint too";
    write(8, {7});
    EXPECT_EQ(next(), "0000000300000008 FFFFFFE000000000");
    control_out(9, "0201000005000000");
    EXPECT_EQ(next(), "0000000300000009 FFFFFFE000000000") << "no such endpoint";
}

TEST_F(UsbipHost, MakesTheHostWait) {
    device_.function().set_pace(0x01, carrier::pace::wait);
    write(1, {1});
    EXPECT_EQ(next(), "nothing");
    device_.function().set_pace(0x01, carrier::pace::ready);
    EXPECT_EQ(next(), "0000000300000001 0000000000000001");
}

TEST_F(UsbipHost, ReportsFaultsAsTheKernelNumbersThem) {
    read(1, 10);
    device_.function().send(0x81, bytes(32, 1));
    EXPECT_EQ(next(), "0000000300000001 FFFFFFB50000000A " + to_hex(bytes(10, 1))) << "-EOVERFLOW and what had room";
    device_.function().fail_next(0x81, -EPROTO);
    read(2, 64);
    EXPECT_EQ(next(), "0000000300000002 FFFFFFB900000000") << "-EPROTO";
    take(submit(3, 0x85, 64));
    EXPECT_EQ(next(), "0000000300000003 FFFFFFB900000000") << "no such endpoint";
}

TEST_F(UsbipHost, AnswersStandardRequestsFromTheDescriptors) {
    const std::string device = "12010002000000400912015A0001010203 01";
    control_in(1, "8006000100001200", 18);
    EXPECT_EQ(next(), "0000000300000001 0000000000000012 " + to_hex(hex(device)));
    control_in(2, "8006000100000800", 8);
    EXPECT_EQ(next(), "0000000300000002 0000000000000008 " + to_hex(hex(device)).substr(0, 16));
    const std::string configuration = "09022700010100803209040000 03FF000000"
                                      "0705010240000007058102400000070582 0308000A";
    control_in(3, "800600020000FF00", 255);
    EXPECT_EQ(next(), "0000000300000003 0000000000000027 " + to_hex(hex(configuration)));
    control_in(4, "800600030000FF00", 255);
    EXPECT_EQ(next(), "0000000300000004 0000000000000004 04030904");
    control_in(5, "800602030904FF00", 255);
    EXPECT_EQ(next(), "0000000300000005 000000000000000A 0A034500630068006F00");
    control_in(6, "8006000600000A00", 10);
    EXPECT_EQ(next(), "0000000300000006 FFFFFFE000000000") << "full speed only: no device qualifier";
    control_out(7, "0009010000000000");
    EXPECT_EQ(next(), "0000000300000007 0000000000000000");
    control_in(8, "8008000000000100", 1);
    EXPECT_EQ(next(), "0000000300000008 0000000000000001 01");
    control_in(9, "810A000000000100", 1);
    EXPECT_EQ(next(), "0000000300000009 0000000000000001 00");
    control_in(10, "8000000000000200", 2);
    EXPECT_EQ(next(), "000000030000000A 0000000000000002 0000");
    control_in(11, "C042000000000100", 1);
    EXPECT_EQ(next(), "000000030000000B 0000000000000001 00") << "the model's own request";
    control_in(12, "C077000000000100", 1);
    EXPECT_EQ(next(), "000000030000000C FFFFFFE000000000");
}

TEST_F(UsbipHost, AStreamThatEndsTakesItsRequestsWithIt) {
    read(1, 64);
    device_.disconnect();
    EXPECT_EQ(next(), "nothing");
    EXPECT_EQ(device_.function().pending(0x81), 0U);
    unlink(2, 1);
    write(3, {1});
    EXPECT_EQ(next(), "nothing");
}

TEST_F(UsbipHost, ABrokenHeaderEndsTheStream) {
    bytes broken = submit(1, 0x81, 64);
    broken[3] = 9;
    const auto taken = device_.take(broken);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().field(), "command");
}

TEST(CdcAcmModel, DescribesItselfAndKeepsTheLineSettings) {
    cdc_acm_model model(0x1209, 0x5A02, "Line", "SN7");
    // Interface 0: communication, abstract control, with header, call management, ACM and union descriptors; then
    // interface 1 with the data endpoints.
    EXPECT_EQ(to_hex(model.identity().configuration_descriptor()),
        to_hex(hex("09024300020100 8032"
                   "090400000102020000 0524001001 0524010001 04240206 0524060001 07058103080 00A"
                   "09040100020A000000 07050202400000 07058202400000")));
    std::string heard;
    int opened = 0;
    model.on_data = [&](byte_view data) { heard += as_text(data); };
    model.on_opened = [&] { ++opened; };
    usb_function function(model, [](const usb_outcome&) {});
    EXPECT_EQ(model.baud(), 9'600U);
    const bytes coding = hex("00C20100 00 00 08"); // 115200 8N1
    EXPECT_EQ(model.control(function, {0x21, 0x20, 0, 0, 7}, coding), bytes{});
    EXPECT_EQ(model.control(function, {0xA1, 0x21, 0, 0, 7}, {}), coding);
    EXPECT_EQ(model.baud(), 115'200U);
    EXPECT_EQ(model.control(function, {0x21, 0x20, 0, 0, 7}, hex("00C2")), std::nullopt) << "too short";
    EXPECT_EQ(model.control(function, {0x21, 0x22, 3, 0, 0}, {}), bytes{});
    EXPECT_EQ(model.control(function, {0x21, 0x22, 1, 0, 0}, {}), bytes{});
    EXPECT_EQ(opened, 1) << "RTS alone is no opening";
    usb_request written;
    written.endpoint = cdc_acm_model::out_endpoint;
    written.data = {'h', 'i'};
    EXPECT_TRUE(function.submit(written));
    EXPECT_EQ(heard, "hi");
}

TEST(UsbipSocket, ServesASocketUntilEitherEndCloses) {
    for (const bool host_closes : {true, false}) {
        std::array<int, 2> ends{};
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
        documented_model model;
        usbip_socket device(model, ends[1]);
        device.start();
        const bytes stream = joined({hex(command_in), hex(command_out), data_out()});
        ASSERT_EQ(::send(ends[0], stream.data(), stream.size(), 0), static_cast<ssize_t>(stream.size()));
        const bytes expected = joined({hex(answer_out), hex(answer_in), data_in()});
        bytes got(expected.size());
        ASSERT_EQ(::recv(ends[0], got.data(), got.size(), MSG_WAITALL), static_cast<ssize_t>(got.size()));
        EXPECT_EQ(to_hex(got), to_hex(expected));
        if (!host_closes) device.close();
        if (host_closes) ::shutdown(ends[0], SHUT_WR);
        std::uint8_t more = 0;
        EXPECT_EQ(::recv(ends[0], &more, 1, 0), 0) << "the device hangs up";
        // The peer sees the hang-up a moment before the model does.
        for (int i = 0; i < 500 && device.function().connected(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        EXPECT_FALSE(device.function().connected());
        ::close(ends[0]);
    }
}

} // namespace
} // namespace cipherlane::sim
