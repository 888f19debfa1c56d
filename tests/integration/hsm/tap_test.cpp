#include "hsm_programs.hpp"
#include "support/log_spans.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cipherlane::tests {
namespace {

using boost::asio::ip::tcp;

class tap_program : public hsm_programs {
  protected:
    tcp::socket connect(const std::string& where) {
        tcp::socket made(io_);
        const auto port = static_cast<std::uint16_t>(std::stoi(where.substr(where.rfind(':') + 1)));
        made.connect({boost::asio::ip::address_v4::loopback(), port});
        return made;
    }
    static void send(tcp::socket& to, const std::string& body) {
        std::string message{'\0', static_cast<char>(body.size() + 4)};
        boost::asio::write(to, boost::asio::buffer(message + "0001" + body));
    }
    /// The end of the stream, or of the message whose length comes first.
    static std::string receive(tcp::socket& from) {
        boost::system::error_code ended;
        std::array<char, 2> length{};
        boost::asio::read(from, boost::asio::buffer(length), ended);
        if (ended) return "(" + ended.message() + ")";
        std::string body(static_cast<std::size_t>(static_cast<unsigned char>(length[1])), ' ');
        boost::asio::read(from, boost::asio::buffer(body));
        return body;
    }

    /// What the tap printed in all.
    std::string end_tap() {
        EXPECT_EQ(others_.back().stop(), 0);
        return others_.back().read_all(std::chrono::seconds(1));
    }

    boost::asio::io_context io_;
};

TEST_F(tap_program, PassesOnHalfClosedConnectionsAndTellsOfEachEnd) {
    const auto tap = start("cipherlane", {"hsm", "tap", "--listen", "0", "--to", start_unit()});
    auto application = connect(tap);
    send(application, "NC");
    EXPECT_EQ(receive(application), "0001ND0026860400000000000007-E000");
    send(application, "NC");
    application.shutdown(tcp::socket::shutdown_send);
    EXPECT_EQ(receive(application), "0001ND0026860400000000000007-E000");
    EXPECT_EQ(receive(application), "(End of file)");
    EXPECT_EQ(others_.back().stop(), 0);
    const auto said = others_.back().read_all(std::chrono::seconds(1));
    for (const char* part : {" 1 opened from 127.0.0.1:", " 1 > NC ", " 1 < NC status 00 (", " us)",
             "firmware: 0007-E000", " 1 closed by the application"}) {
        EXPECT_TRUE(has(said, part)) << part << "\n" << said;
    }
}

TEST_F(tap_program, AnApplicationIsLetGoWhenTheUnitIsAway) {
    auto unit = connect(start_unit());
    const auto nobody = "127.0.0.1:" + std::to_string(unit.local_endpoint().port()); // taken, and not listening
    const auto tap = start("cipherlane", {"hsm", "tap", "--listen", "0", "--to", nobody});
    for (int i = 0; i < 2; ++i) {
        auto application = connect(tap);
        EXPECT_EQ(receive(application), "(End of file)");
    }
    others_.back().stop();
    EXPECT_TRUE(has(others_.back().read_all(std::chrono::seconds(1)), "2 closed: the unit cannot be reached"));
}

// What a browser sends of a page's fetch(..., {method: "POST", mode: "no-cors"}): "PO" reads as the length of a
// message, and a body of the right size carries one that the unit would obey behind it.
TEST_F(tap_program, NothingOfAWebPagesRequestReachesTheUnit) {
    const auto tap = start("cipherlane", {"hsm", "tap", "--listen", "0", "--to", start_unit()});
    for (const std::string& method : {std::string("POST"), std::string("GET"), std::string("OPTIONS")}) {
        std::string attack = method + " / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.example\r\n\r\n";
        attack.resize(0x504F + 2, 'x');
        attack += std::string{'\0', 6} + "0001NC";
        auto page = connect(tap);
        boost::system::error_code refused; // the tap hangs up before it has read all
        boost::asio::write(page, boost::asio::buffer(attack), refused);
        EXPECT_TRUE(receive(page).starts_with("(")) << method;
    }
    // Byte by byte it is the same.
    auto slow = connect(tap);
    for (const char byte : std::string("PUT ")) {
        boost::system::error_code refused;
        boost::asio::write(slow, boost::asio::buffer(&byte, 1), refused);
    }
    EXPECT_TRUE(receive(slow).starts_with("("));
    const auto said = end_tap();
    EXPECT_TRUE(has(said, " 1 closed by the tap: an HTTP request")) << said;
    EXPECT_TRUE(has(said, " 4 closed by the tap: an HTTP request")) << said;
    EXPECT_FALSE(has(said, "NC")) << said;
}

TEST_F(tap_program, ServesOneUserAlone) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
    const auto unit = start_unit();
    const auto attacked_by_nobody = [](const std::string& where) {
        const auto port = static_cast<std::uint16_t>(std::stoi(where.substr(where.rfind(':') + 1)));
        const pid_t child = ::fork();
        if (child == 0) {
            if (::setresuid(65'534, 65'534, 65'534) != 0) ::_exit(3);
            const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            sockaddr_in to{};
            to.sin_family = AF_INET;
            to.sin_port = htons(port);
            to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            if (::connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) ::_exit(4);
            constexpr std::string_view command("\0\x06"
                                               "0001NC",
                8);
            (void)!::send(socket, command.data(), command.size(), MSG_NOSIGNAL);
            char one = 0;
            ::_exit(::recv(socket, &one, 1, 0) > 0 ? 5 : 0);
        }
        int status = 0;
        EXPECT_EQ(::waitpid(child, &status, 0), child);
        return WEXITSTATUS(status);
    };
    EXPECT_EQ(attacked_by_nobody(start("cipherlane", {"hsm", "tap", "--listen", "0", "--to", unit})), 0);
    auto said = end_tap();
    EXPECT_TRUE(has(said, " 1 refused: it belongs to user 65534, and this tap serves ")) << said;
    EXPECT_FALSE(has(said, "NC")) << said;
    const auto theirs = start("cipherlane", {"hsm", "tap", "--listen", "0", "--to", unit, "--user", "65534"});
    EXPECT_EQ(attacked_by_nobody(theirs), 5) << "asked for, it serves that user";
    auto ours = connect(theirs);
    EXPECT_EQ(receive(ours), "(End of file)");
    said = end_tap();
    EXPECT_TRUE(has(said, " 2 refused: it belongs to user 0, and this tap serves 65534")) << said;
    EXPECT_NE(hsm({"tap", "--listen", "0", "--to", unit, "--user", "no-such-user"}), 0);
    EXPECT_TRUE(has(complained_, "no such user: no-such-user")) << complained_;
}

TEST_F(tap_program, ServesOneConnectionUnlessMoreAreAskedFor) {
    const auto unit = start_unit();
    const log_spans spans;
    const auto tap = start("cipherlane", {"hsm", "tap", "--listen", "0", "--to", unit});
    auto first = connect(tap);
    send(first, "NC");
    EXPECT_TRUE(receive(first).starts_with("0001ND00"));
    auto second = connect(tap);
    EXPECT_EQ(receive(second), "(End of file)");
    first.close();
    auto third = connect(tap); // at once: the first's end may not have been heard yet
    send(third, "NC");
    EXPECT_TRUE(receive(third).starts_with("0001ND00"));
    std::vector<tcp::socket> flood;
    for (int i = 0; i < 200; ++i)
        flood.push_back(connect(tap));
    for (auto& each : flood)
        EXPECT_EQ(receive(each), "(End of file)");
    const auto said = end_tap();
    EXPECT_TRUE(has(said, " 2 refused: 1 open already (--connections)")) << said;
    std::size_t refusals = 0;
    for (auto at = said.find(" refused: "); at != std::string::npos; at = said.find(" refused: ", at + 1))
        ++refusals;
    EXPECT_LE(refusals, 24U * static_cast<unsigned>(spans.count())) << "eight in ten seconds";
    const auto both = start("cipherlane", {"hsm", "tap", "--listen", "0", "--to", unit, "--connections", "2"});
    auto one = connect(both);
    auto other = connect(both);
    for (auto* each : {&one, &other}) {
        send(*each, "NC");
        EXPECT_TRUE(receive(*each).starts_with("0001ND00"));
    }
}

TEST_F(tap_program, TellsCodesStatusesAndHalfMessages) {
    const auto tap = start("cipherlane", {"hsm", "tap", "--listen", "0", "--to", start_unit(), "--connections", "9"});
    auto application = connect(tap);
    send(application, "ZZsecret");
    EXPECT_EQ(receive(application), "0001ZA67");
    auto ascii = connect(tap);
    boost::asio::write(ascii, boost::asio::buffer(std::string("00100001NC")));
    ascii.shutdown(tcp::socket::shutdown_send);
    EXPECT_TRUE(receive(ascii).starts_with("("));
    const auto said = end_tap();
    EXPECT_TRUE(has(said, " 1 > ZZ: hsm: the profile has no such command") && has(said, "(8 bytes)")) << said;
    EXPECT_TRUE(has(said, " 1 < ZA status 67 (4 bytes)")) << said;
    EXPECT_FALSE(has(said, "secret")) << said;
    EXPECT_TRUE(has(said, " 2 > 10 of 12338 bytes came")) << said;
    EXPECT_TRUE(has(said, "four ASCII digits")) << said;
}

// What one tap records another decodes.
TEST_F(tap_program, RecordsAndReadsCaptures) {
    const auto unit = start_unit();
    const auto capture = path("talk.pcapng");
    const auto tap = start("cipherlane", {"hsm", "tap", "--listen", "0", "--to", unit, "--record", capture});
    auto application = connect(tap);
    send(application, "NC");
    EXPECT_TRUE(receive(application).starts_with("0001ND00"));
    application.close();
    EXPECT_TRUE(has(end_tap(), " 1 > NC "));
    EXPECT_EQ(hsm({"tap", "--read", capture, "--to", unit}), 0) << complained_;
    EXPECT_TRUE(has(said_, " 1 > NC ") && has(said_, "firmware: 0007-E000")) << said_;
    EXPECT_EQ(hsm({"tap", "--read", capture, "--to", unit, "--json", "--record", path("talk.jsonl")}), 0);
    EXPECT_TRUE(has(said_, "\"event\":\"request\"") && has(said_, "\"code\":\"NC\"")) << said_;
    EXPECT_EQ(whole_file(path("talk.jsonl")), said_);
    EXPECT_EQ(hsm({"tap", "--read", capture, "--to", "127.0.0.1:1"}), 1);
    EXPECT_TRUE(has(complained_, "no connection to port 1; there are some to ")) << complained_;
    EXPECT_EQ(hsm({"tap", "--read", file("text", "no capture"), "--to", unit}), 2);
    EXPECT_TRUE(has(complained_, "neither a pcap nor a pcapng file")) << complained_;
}

TEST_F(tap_program, TellsTheRiskWhenAskedForHelp) {
    EXPECT_EQ(hsm({"tap", "--help"}), 0);
    EXPECT_TRUE(has(said_, "RISK: what reaches the tap is obeyed by the unit")) << said_;
}

TEST_F(tap_program, SaysInWordsWhatItCannotStartWith) {
    const auto unit = start_unit();
    const auto port = unit.substr(unit.rfind(':') + 1);
    EXPECT_EQ(hsm({"tap", "--listen", port, "--to", unit}), 6);
    EXPECT_EQ(
        complained_, "cipherlane hsm tap: cannot listen on " + unit +
                         ": Address already in use; another program has the port: end it, or take 0 for any free "
                         "one\n");
    EXPECT_EQ(hsm({"tap", "--to", unit}), 2);
    EXPECT_TRUE(has(complained_, "--listen PORT or --read FILE")) << complained_;
    EXPECT_NE(hsm({"tap", "--listen", "0", "--to", unit, "--test-card", "abc"}), 0);
    EXPECT_TRUE(has(complained_, "12 to 19 digits")) << complained_;
}

} // namespace
} // namespace cipherlane::tests
