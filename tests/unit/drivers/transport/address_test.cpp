#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/transport/address.hpp>
#include <cipherlane/drivers/transport/link.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;

TEST(DeviceAddress, APathIsASerialLine) {
    for (const std::string_view path : {"/dev/ttyUSB0", "/dev/serial/by-id/usb-1a86_USB2.0-Ser_-if00-port0",
             "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0", "./display", "ttyS0", "/tmp/tcp:1:2"}) {
        const auto where = device_address::parse(path);
        ASSERT_TRUE(where) << path;
        EXPECT_EQ(where->kind, address_kind::line) << path;
        EXPECT_EQ(where->path, path);
        EXPECT_FALSE(where->line.baud) << path;
    }
}

TEST(DeviceAddress, APathMayHaveOptions) {
    const auto where =
        device_address::parse("/dev/ttyS0?baud=115200&bits=7&parity=even&stop=2&flow=rts_cts&dtr=lower&rts=leave");
    ASSERT_TRUE(where) << where.error();
    EXPECT_EQ(where->path, "/dev/ttyS0");
    serial_settings settings;
    where->line.apply_to(settings);
    EXPECT_EQ(settings.baud, 115'200U);
    EXPECT_EQ(settings.data_bits, 7);
    EXPECT_EQ(settings.parity, serial_settings::parity_kind::even);
    EXPECT_EQ(settings.stop_bits, serial_settings::stop_kind::two);
    EXPECT_EQ(settings.flow, serial_settings::flow_kind::rts_cts);
    EXPECT_EQ(settings.dtr, serial_settings::line_policy::lower);
    EXPECT_EQ(settings.rts, serial_settings::line_policy::leave);
    serial_settings untouched;
    device_address::parse("ttyS0?")->line.apply_to(untouched);
    EXPECT_EQ(untouched.baud, 9'600U) << "what an address does not say is the driver's";
}

TEST(DeviceAddress, UsbAndHidByIdsAndSerialNumberOrPort) {
    for (const auto kind : {address_kind::usb, address_kind::hid}) {
        const auto head = std::string(to_string(kind)) + ":1209:5A21";
        const auto any = device_address::parse(head);
        ASSERT_TRUE(any);
        EXPECT_EQ(any->kind, kind);
        EXPECT_EQ(any->device.vendor, 0x1209);
        EXPECT_EQ(any->device.product, 0x5A21);
        EXPECT_EQ(device_address::parse(head + ":SN:1@2")->device.serial_number, "SN:1@2");
        const auto port = device_address::parse(head + "@1-1.2");
        EXPECT_EQ(port->device.port, "1-1.2");
        EXPECT_EQ(port->device.serial_number, "");
    }
    // What a device list prints can be given back.
    usb_device_info device;
    device.vendor = 0x1209;
    device.product = 0x5A21;
    device.port = "1-1.2";
    EXPECT_TRUE(device_address::parse("usb:" + device.identity())->device.matches(device));
    device.serial_number = "SN0001";
    EXPECT_TRUE(device_address::parse("usb:" + device.identity())->device.matches(device));
}

TEST(DeviceAddress, HostsWithAPort) {
    const auto plain = device_address::parse("192.0.2.7:9100");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->kind, address_kind::tcp);
    EXPECT_EQ(plain->peer.host, "192.0.2.7");
    EXPECT_EQ(plain->peer.port, 9100);
    EXPECT_EQ(device_address::parse("tcp:printer:9100")->peer.host, "printer");
    const auto secured = device_address::parse("tls:[::1]:443");
    ASSERT_TRUE(secured);
    EXPECT_EQ(secured->kind, address_kind::tls);
    EXPECT_EQ(secured->peer.host, "::1");
}

TEST(DeviceAddress, SaysWhatWasFoundAndWhatIsAllowed) {
    const std::pair<std::string_view, std::string_view> wrong[] = {
        {"", "found \"\", allowed: PATH, usb:VENDOR:PRODUCT, hid:VENDOR:PRODUCT, tcp:HOST:PORT, tls:HOST:PORT"},
        {"usb:", "found \"\", allowed: VENDOR:PRODUCT in hexadecimal"},
        {"usb:1209", "found \"\", allowed: :PRODUCT in hexadecimal"},
        {"usb:x:y", "found \"x:y\", allowed: VENDOR:PRODUCT in hexadecimal"},
        {"usb:12345:1", "found \"12345:1\", allowed: VENDOR:PRODUCT in hexadecimal"},
        {"hid:1209:5a21;", "found \";\", allowed: :SERIAL or @PORT"},
        {"usb:1209:5a21:", "found \":\", allowed: :SERIAL or @PORT"},
        {"tcp:host", "found \"host\", allowed: HOST:PORT"},
        {"tcp:host:0", "found \"host:0\", allowed: HOST:PORT"},
        {"tls:host:70000", "found \"host:70000\", allowed: HOST:PORT"},
        {"hots:port", "found \"hots:port\", allowed: HOST:PORT"},
        {"/dev/ttyS0?baud=fast", "found \"baud=fast\", allowed: 1 to 20000000"},
        {"/dev/ttyS0?baud=0", "found \"baud=0\", allowed: 1 to 20000000"},
        {"/dev/ttyS0?parity=mark", "found \"parity=mark\", allowed: none, odd, even"},
        {"/dev/ttyS0?bits=9", "found \"bits=9\", allowed: 5 to 8"},
        {"/dev/ttyS0?dtr", "found \"dtr\", allowed: leave, raise, lower"},
        {"/dev/ttyS0?speed=1", "found \"speed\", allowed: baud, bits, parity, stop, flow, dtr, rts"},
    };
    for (const auto& [text, hint] : wrong) {
        const auto where = device_address::parse(text);
        ASSERT_FALSE(where) << text;
        EXPECT_EQ(where.error().code(), drivers_errc::bad_address) << text;
        EXPECT_TRUE(where.error().is(condition::misuse));
        EXPECT_EQ(where.error().endpoint(), text);
        EXPECT_EQ(where.error().hint(), hint);
    }
}

TEST(DeviceAddress, OpensWhatItMeans) {
    boost::asio::io_context io;
    const link_options with;
    const auto open = [&](std::string_view address) { return open_link(io.get_executor(), address, with, call(2s)); };
    EXPECT_EQ(open("/nonexistent/tty").error().code(), drivers_errc::no_such_device);
    EXPECT_TRUE(open("tcp:127.0.0.1:1").error().is(condition::link_lost));
    EXPECT_EQ(open("tls:127.0.0.1:1").error().field(), "tls") << "nobody said whom to trust";
    EXPECT_EQ(open("hid:1209:ffff").error().code(), drivers_errc::no_such_device);
    EXPECT_EQ(open("usb:").error().code(), drivers_errc::bad_address);
}

} // namespace
} // namespace cipherlane::drivers
