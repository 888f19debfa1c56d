#include "hsm_programs.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

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

TEST_F(tap_program, SaysInWordsWhatItCannotStartWith) {
    const auto unit = start_unit();
    const auto port = unit.substr(unit.rfind(':') + 1);
    EXPECT_EQ(hsm({"tap", "--listen", port, "--to", unit}), 1);
    EXPECT_EQ(complained_, "cipherlane: cannot listen on " + unit + ": Address already in use\n");
    EXPECT_NE(hsm({"tap", "--listen", "0", "--to", unit, "--test-card", "abc"}), 0);
    EXPECT_TRUE(has(complained_, "12 to 19 digits")) << complained_;
}

} // namespace
} // namespace cipherlane::tests
