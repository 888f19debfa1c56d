// Opening and using hidraw nodes: a pty stands for the node, in a /sys and /dev of the test's own. It moves bytes as
// a node moves reports as long as each is read before the next; a kernel's own nodes are tested by tests/kernel.
#include "simkit/pty_pair.hpp"
#include "support/temporary_folder.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/transport/hid.hpp>
#include <cipherlane/drivers/transport/report_link.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <poll.h>
#include <unistd.h>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class Hidraw : public ::testing::Test {
  protected:
    void plug(const std::string& node, const std::string& port, const std::string& target) const {
        const auto interface = fs::path(folder_.path()) / "sys/devices/usb1" / port / (port + ":1.0");
        const auto device = interface / "0003:1209:5A12.0001";
        fs::create_directories(device);
        std::ofstream(interface / "bInterfaceNumber") << "00\n";
        std::ofstream(device / "uevent")
            << "HID_ID=0003:00001209:00005A12\nHID_NAME=Plate\nHID_UNIQ=SN-" << port << "\n";
        std::ofstream(device / "report_descriptor", std::ios::binary) << "\x06\x01\xFF\x09\x01";
        fs::create_directories(fs::path(folder_.path()) / "sys/class/hidraw" / node);
        fs::create_symlink(device, fs::path(folder_.path()) / "sys/class/hidraw" / node / "device");
        fs::create_directories(fs::path(folder_.path()) / "dev");
        fs::create_symlink(target, fs::path(folder_.path()) / "dev" / node);
    }
    result<std::unique_ptr<net::transport>> open(const hid_filter& filter = {}) {
        return open_hid(io_.get_executor(), filter, fs::path(folder_.path()).string());
    }
    /// What the device got: one report as it was written.
    static bytes taken(int master, std::size_t size) {
        bytes got(size);
        std::size_t at = 0;
        for (pollfd asked{master, POLLIN, 0}; at<size&& ::poll(&asked, 1, 2'000)> 0;) {
            const auto count = ::read(master, got.data() + at, size - at);
            if (count <= 0) break;
            at += static_cast<std::size_t>(count);
        }
        got.resize(at);
        return got;
    }

    tests::temporary_folder folder_;
    boost::asio::io_context io_;
};

TEST_F(Hidraw, MovesWholeReports) {
    auto pair = sim::pty_pair::open().value();
    plug("hidraw0", "1-4", pair.path());
    auto hid = open();
    ASSERT_TRUE(hid) << hid.error();
    EXPECT_TRUE((*hid)->endpoint().ends_with("dev/hidraw0"));
    const int master = pair.master();
    auto link = make_report_link(*std::move(hid), {2, 1, 7, 7, 0xEE});
    ASSERT_TRUE(link->write(as_bytes("0123456789"), call(2s)));
    EXPECT_EQ(
        taken(master, 16), (bytes{2, '0', '1', '2', '3', '4', '5', '6', 2, '7', '8', '9', 0xEE, 0xEE, 0xEE, 0xEE}));
    const bytes event{9, 'n', 'o', 'i', 's', 'e', 0, 0};
    ASSERT_EQ(::write(master, event.data(), event.size()), 8);
    bytes into(16);
    EXPECT_TRUE(link->read_some(into, call(50ms)).error().is(condition::timed_out)) << "a report of another number";
    const bytes report{1, 'a', 'n', 's', 'w', 'e', 'r', 0};
    ASSERT_EQ(::write(master, report.data(), report.size()), 8);
    EXPECT_EQ(*link->read_some(byte_span(into).first(3), call(2s)), 3U);
    EXPECT_EQ(*link->read_some(into, call(2s)), 4U);
    EXPECT_EQ(as_text(byte_view(into).first(3)), "wer");
    pair.unplug();
    EXPECT_TRUE(link->read_some(into, call(2s)).error().is(condition::link_lost));
    EXPECT_FALSE(link->is_open());
}

TEST_F(Hidraw, IsFoundByWhatIsKnownOfIt) {
    auto first = sim::pty_pair::open().value();
    auto second = sim::pty_pair::open().value();
    EXPECT_EQ(open().error().code(), make_error_code(drivers_errc::no_such_device));
    plug("hidraw0", "1-4", first.path());
    plug("hidraw1", "1-5", second.path());
    EXPECT_EQ(open().error().code(), make_error_code(drivers_errc::bad_setting)) << "never a guess";
    hid_filter filter;
    filter.serial_number = "SN-1-5";
    auto found = open(filter);
    ASSERT_TRUE(found) << found.error();
    EXPECT_TRUE((*found)->endpoint().ends_with("hidraw1"));
    filter.serial_number.clear();
    filter.usb_port = "1-4";
    filter.usage_page = 0xFF01;
    EXPECT_TRUE(open(filter));
    filter.interface_number = 1;
    EXPECT_EQ(open(filter).error().code(), make_error_code(drivers_errc::no_such_device));
}

TEST_F(Hidraw, ANodeThatWentIsNoSuchDevice) {
    plug("hidraw0", "1-4", "/nonexistent");
    const auto gone = open();
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code(), make_error_code(drivers_errc::no_such_device)) << gone.error();
    EXPECT_EQ(gone.error().operation(), "open hid");
}

} // namespace
} // namespace cipherlane::drivers
