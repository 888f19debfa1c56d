#include "support/bytes.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/transport/serial.hpp>
#include <cipherlane/net/errc.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>

#include <array>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <stdlib.h> // NOLINT(modernize-deprecated-headers): posix_openpt is not in <cstdlib>
#include <termios.h>
#include <thread>
#include <unistd.h>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;
using tests::hex;

/// The device's end of a pty.
class far_end {
  public:
    far_end()
        : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
        EXPECT_EQ(::grantpt(master_), 0);
        EXPECT_EQ(::unlockpt(master_), 0);
        std::array<char, 64> name{};
        EXPECT_EQ(::ptsname_r(master_, name.data(), name.size()), 0);
        settings_.device = name.data();
    }
    far_end(const far_end&) = delete;
    far_end& operator=(const far_end&) = delete;
    ~far_end() { unplug(); }

    [[nodiscard]] serial_settings& settings() { return settings_; }
    void send(const bytes& data) const {
        EXPECT_EQ(::write(master_, data.data(), data.size()), static_cast<ssize_t>(data.size()));
    }
    [[nodiscard]] bytes receive(std::size_t size) const {
        bytes data;
        while (data.size() < size) {
            pollfd waiting{master_, POLLIN, 0};
            if (::poll(&waiting, 1, 2'000) != 1) break;
            std::array<std::uint8_t, 256> part{};
            const auto got = ::read(master_, part.data(), part.size());
            if (got <= 0) break;
            data.insert(data.end(), part.begin(), part.begin() + got);
        }
        return data;
    }
    void unplug() {
        if (master_ >= 0) ::close(std::exchange(master_, -1));
    }

  private:
    int master_;
    serial_settings settings_;
};

enum class face { blocking, asynchronous };

class Serial : public ::testing::TestWithParam<face> {
  protected:
    [[nodiscard]] bool blocking() const { return GetParam() == face::blocking; }

    result<std::unique_ptr<net::transport>> open(const call& bounds) {
        if (blocking()) return open_serial(io_.get_executor(), device_.settings(), bounds);
        std::optional<result<std::unique_ptr<net::transport>>> got;
        async_open_serial(io_.get_executor(), device_.settings(), bounds,
            [&](result<std::unique_ptr<net::transport>> outcome) { got.emplace(std::move(outcome)); });
        io_.restart();
        io_.run();
        return std::move(*got);
    }

    std::unique_ptr<net::transport> opened() {
        auto line = open(call(5s));
        if (!line) throw std::runtime_error(line.error().to_string());
        return std::move(*line);
    }

    result<bytes> read(net::transport& line, std::chrono::milliseconds span = 5s) {
        std::array<std::uint8_t, 64> buffer{};
        auto got = blocking() ? line.read_some(buffer, call(span)) : async_read(line, buffer, span);
        if (!got) return got.error();
        return bytes(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*got));
    }

    result<void> write(net::transport& line, byte_view data) {
        if (blocking()) return line.write(data, call(5s));
        std::optional<result<void>> got;
        line.async_write(data, [&](const result<void>& outcome) { got.emplace(outcome); });
        io_.restart();
        io_.run();
        return *got;
    }

    boost::asio::io_context io_;
    far_end device_;

  private:
    result<std::size_t> async_read(net::transport& line, byte_span into, std::chrono::milliseconds span) {
        std::optional<result<std::size_t>> got;
        boost::asio::steady_timer timer(io_, span);
        timer.async_wait([&](const boost::system::error_code& stopped) {
            if (!stopped) line.cancel();
        });
        line.async_read_some(into, [&](const result<std::size_t>& outcome) {
            got.emplace(outcome);
            timer.cancel();
        });
        io_.restart();
        io_.run();
        return *got;
    }
};

INSTANTIATE_TEST_SUITE_P(Faces, Serial, ::testing::Values(face::blocking, face::asynchronous),
    [](const auto& chosen) { return chosen.param == face::blocking ? "Blocking" : "Asynchronous"; });

TEST_P(Serial, PassesEveryByteBothWays) {
    auto line = opened();
    // Control characters that a cooked terminal would take for itself are among them.
    bytes all(256);
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = static_cast<std::uint8_t>(i);
    ASSERT_TRUE(write(*line, all));
    EXPECT_EQ(device_.receive(all.size()), all);
    device_.send(all);
    bytes got;
    while (got.size() < all.size()) {
        auto part = read(*line);
        ASSERT_TRUE(part) << part.error();
        got.insert(got.end(), part->begin(), part->end());
    }
    EXPECT_EQ(got, all);
}

TEST_P(Serial, ALineThatWasUnpluggedIsLost) {
    auto line = opened();
    EXPECT_TRUE(line->is_open());
    std::jthread other([&] {
        std::this_thread::sleep_for(20ms);
        device_.unplug();
    });
    auto got = read(*line);
    ASSERT_FALSE(got);
    EXPECT_TRUE(got.error().is(condition::link_lost)) << got.error();
    EXPECT_EQ(got.error().endpoint(), device_.settings().device);
    EXPECT_FALSE(line->is_open());
    EXPECT_TRUE(write(*line, hex("00")).error().is(condition::link_lost));
}

TEST_P(Serial, AWriteAfterUnpluggingIsLost) {
    auto line = opened();
    device_.unplug();
    EXPECT_FALSE(line->is_open()) << "noticed without reading";
    EXPECT_TRUE(write(*line, hex("00")).error().is(condition::link_lost));
}

TEST_P(Serial, AReadEndsInTime) {
    auto line = opened();
    auto got = read(*line, 30ms);
    ASSERT_FALSE(got);
    device_.send(hex("41"));
    EXPECT_EQ(*read(*line), hex("41"));
}

TEST_P(Serial, OddRatesAreSet) {
    device_.settings().baud = 12'345;
    EXPECT_TRUE(open(call(5s)));
    device_.settings().baud = 250'000;
    EXPECT_TRUE(open(call(5s)));
}

TEST_P(Serial, ASecondUserIsTold) {
    auto line = opened();
    auto second = open(call(5s));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), make_error_code(drivers_errc::busy));
    line.reset();
    EXPECT_TRUE(open(call(5s)));
}

TEST_P(Serial, SaysWhyItCannotBeOpened) {
    device_.settings().device = "/dev/no-such-port";
    EXPECT_EQ(open(call(5s)).error().code(), make_error_code(drivers_errc::no_such_device));
    device_.settings().device = "/dev/null";
    auto no_terminal = open(call(5s));
    EXPECT_TRUE(no_terminal.error().is(condition::misuse));
    EXPECT_EQ(no_terminal.error().field(), "device");
    device_.settings().data_bits = 9;
    EXPECT_EQ(open(call(5s)).error().field(), "data_bits");
}

TEST_P(Serial, SettlingDropsWhatArrivedMeanwhile) {
    using clock = std::chrono::steady_clock;
    // A machine may be too busy to send in so short a time: then it shows nothing, and gets longer.
    for (auto settle = 40ms; settle < 20s; settle *= 4) {
        device_.settings().settle = settle;
        const auto begun = clock::now();
        clock::time_point sent;
        std::jthread other([&] {
            std::this_thread::sleep_for(15ms);
            device_.send(hex("FF FF"));
            sent = clock::now();
        });
        auto line = opened();
        other.join();
        if (sent - begun >= settle) continue;
        device_.send(hex("41"));
        EXPECT_EQ(*read(*line), hex("41"));
        return;
    }
    FAIL() << "nothing ever arrived in time";
}

TEST_P(Serial, SettlingEndsWithTheCall) {
    device_.settings().settle = 60s;
    EXPECT_TRUE(open(call(20ms)).error().is(condition::timed_out));
    std::stop_source stop;
    std::jthread other([&] {
        std::this_thread::sleep_for(20ms);
        stop.request_stop();
    });
    EXPECT_TRUE(open(call(5s, stop.get_token())).error().is(condition::cancelled));
}

TEST(SerialSettings, NameTheFieldThatIsWrong) {
    serial_settings settings;
    EXPECT_EQ(settings.validate().error().field(), "device");
    settings.device = "/dev/ttyS0";
    EXPECT_TRUE(settings.validate());
    settings.baud = 0;
    EXPECT_EQ(settings.validate().error().field(), "baud");
}

// A slip's end must not be lost because the till closes the line behind it.
TEST_P(Serial, ClosesBehindWhatWasWritten) {
    auto line = open(call(5s));
    ASSERT_TRUE(line) << line.error();
    const bytes slip(3'000, 0x41);
    ASSERT_TRUE((*line)->write(slip, call(5s)));
    line->reset();
    EXPECT_EQ(device_.receive(slip.size()).size(), slip.size());
}

} // namespace
} // namespace cipherlane::drivers
