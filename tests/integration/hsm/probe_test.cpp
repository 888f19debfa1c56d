#include "hsm_programs.hpp"
#include "parrot.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <list>
#include <memory>
#include <thread>

namespace cipherlane::tests {
namespace {

using boost::asio::ip::tcp;

class probe_program : public hsm_programs {
  protected:
    /// The profile that a probe of a unit with these options writes.
    std::string found(std::vector<std::string> arguments) {
        EXPECT_EQ(hsm({"probe", start_unit(std::move(arguments))}), 0) << complained_;
        return said_;
    }
};

TEST_F(probe_program, TellsFamiliesFramingsAndCasesApart) {
    EXPECT_TRUE(has(found({}), "base = \"payshield\"\nname = \"probed\"\nkcv_digits = 6\n")) << said_;
    EXPECT_FALSE(has(said_, "note =")) << said_;
    EXPECT_TRUE(has(found({"--profile", "payshield-kb"}), "base = \"payshield-kb\"")) << said_;
    EXPECT_TRUE(has(found({"--profile", "sjj1310"}), "base = \"sjj1310\"")) << said_;
    EXPECT_TRUE(has(said_, "header_length = 0\ncorrelates = false")) << said_;
    EXPECT_TRUE(has(found({"--profile", "sjj1312-racal"}), "base = \"sjj1312-racal\"")) << said_;
    EXPECT_TRUE(has(complained_, "guessed by")) << complained_;
    const auto lower = file("lower.toml", "base = \"payshield\"\nname = \"lower\"\nlower_case_hex = true\n");
    EXPECT_TRUE(has(found({"--profile", lower, "--header", "12"}), "lower_case_hex = true")) << said_;
    EXPECT_TRUE(has(said_, "header_length = 12")) << said_;
}

TEST_F(probe_program, WhatItWritesIsUsedAndNeverLiesOverAFile) {
    const auto unit = start_unit({"--profile", "sjl06"});
    EXPECT_EQ(hsm({"probe", unit, "--write", path("probed.toml")}), 0) << complained_;
    EXPECT_EQ(said_, "");
    EXPECT_TRUE(has(complained_, "header 4: no: the unit hung up")) << complained_;
    const auto written = whole_file(path("probed.toml"));
    EXPECT_TRUE(has(written, "base = \"sjl06\"")) << written;
    EXPECT_EQ(hsm({"diag", "--hsm", unit, "--profile", path("probed.toml")}), 0) << complained_;
    EXPECT_EQ(hsm({"probe", unit, "--write", path("probed.toml")}), 2);
    EXPECT_TRUE(has(complained_, "is there already")) << complained_;
    EXPECT_EQ(whole_file(path("probed.toml")), written);
}

/// Says E and 01 to whatever comes.
class denier {
  public:
    denier() {
        accept();
        thread_ = std::thread([this] { io_.run(); });
    }
    ~denier() {
        io_.stop();
        thread_.join();
    }
    denier(const denier&) = delete;
    denier& operator=(const denier&) = delete;
    [[nodiscard]] std::string at() const { return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()); }

  private:
    struct session {
        tcp::socket socket;
        std::array<char, 256> input{};
    };
    void accept() {
        acceptor_.async_accept([this](auto why, tcp::socket socket) {
            if (why) return;
            sessions_.push_back(std::make_shared<session>(session{std::move(socket), {}}));
            read(sessions_.back());
            accept();
        });
    }
    static void read(const std::shared_ptr<session>& on) {
        on->socket.async_read_some(boost::asio::buffer(on->input), [on](auto why, std::size_t) {
            boost::system::error_code ignored;
            if (why) return on->socket.close(ignored), void();
            boost::asio::write(on->socket, boost::asio::buffer("E\x01", 2), ignored);
            on->socket.shutdown(tcp::socket::shutdown_both, ignored); // or each attempt waits for the rest
        });
    }
    boost::asio::io_context io_{1};
    tcp::acceptor acceptor_{io_, {boost::asio::ip::address_v4::loopback(), 0}};
    std::list<std::shared_ptr<session>> sessions_;
    std::thread thread_;
};

TEST_F(probe_program, EndsAtTheFirstAnswerOfAnotherProtocol) {
    struct row {
        std::string_view answer;
        std::string_view words;
    };
    for (const auto& each : {row{"003160000000030810203800000AC00014", "ISO 8583: a payment host"},
             row{"30303338303831303832323030303030303030303030303030", "ISO 8583: a payment host"},
             row{"303031304E44303030303030", "a length of four ASCII digits"},
             row{"485454502F312E3120343030", "HTTP: a web server"}}) {
        const parrot other(each.answer);
        EXPECT_EQ(hsm({"probe", other.at()}), 4) << each.answer;
        EXPECT_TRUE(has(complained_, std::string(each.words))) << complained_;
        EXPECT_LE(other.asked(), 3) << "it is asked once, not by every header";
    }
}

/// A server that says nothing before a line has ended, as those of the web are.
TEST_F(probe_program, AsksAServerOfLinesInALine) {
    for (const auto& [answer, words] :
        {std::pair(std::string("HTTP/1.1 400 Bad Request\r\n\r\n"), "HTTP: a web server"),
            {std::string("-ERR unknown command\r\n"), "an answer of Redis"}}) {
        test_peer web([said = answer](test_peer::socket& link) {
            boost::system::error_code failed;
            std::string heard;
            std::array<char, 64> room{};
            while (!failed && heard.find("\r\n") == std::string::npos) {
                const auto size = link.read_some(boost::asio::buffer(room), failed);
                heard.append(room.data(), size);
            }
            if (!failed) boost::asio::write(link, boost::asio::buffer(said), failed);
        });
        EXPECT_EQ(hsm({"probe", web.address()}), 4);
        EXPECT_TRUE(has(complained_, words)) << complained_;
        EXPECT_FALSE(has(complained_, "TLS")) << complained_;
        EXPECT_LE(web.connections, 4) << "not one by one with every header";
    }
}

/// Lengths of headers that nobody expects are tried as well where the unit answers or hangs up at once.
TEST_F(probe_program, FindsAHeaderOfAnyLength) {
    EXPECT_TRUE(has(found({"--header", "17"}), "header_length = 17")) << said_ << complained_;
    EXPECT_TRUE(has(found({"--header", "25"}), "header_length = 25")) << said_ << complained_;
}

TEST_F(probe_program, SomethingThatRefusesEverythingIsNoUnit) {
    const denier nobody;
    EXPECT_EQ(hsm({"probe", nobody.at(), "--write", path("nobody.toml")}), 4);
    EXPECT_TRUE(has(complained_, "answers none of the harmless commands tried")) << complained_;
    EXPECT_TRUE(has(complained_, "a refusal of the Westone binary dialect")) << complained_;
    EXPECT_FALSE(std::filesystem::exists(path("nobody.toml")));
}

} // namespace
} // namespace cipherlane::tests
