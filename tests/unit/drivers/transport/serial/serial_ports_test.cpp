#include <cipherlane/drivers/transport/serial_ports.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace cipherlane::drivers {
namespace {

namespace fs = std::filesystem;

/// A small /sys and /dev in a temporary folder.
class SerialPorts : public ::testing::Test {
  protected:
    SerialPorts() {
        std::string name = (fs::temp_directory_path() / "cipherlane-ports-XXXXXX").string();
        root_ = ::mkdtemp(name.data());
    }
    ~SerialPorts() override { fs::remove_all(root_); }

    void attribute(const std::string& path, const std::string& text) const {
        fs::create_directories((fs::path(root_) / path).parent_path());
        std::ofstream(fs::path(root_) / path) << text << '\n';
    }
    void link(const std::string& path, const std::string& target) const {
        fs::create_directories((fs::path(root_) / path).parent_path());
        fs::create_symlink(target, fs::path(root_) / path);
    }
    void usb_port(const std::string& tty, const std::string& where, const std::string& serial) const {
        const std::string device = "sys/devices/pci/usb1/" + where;
        attribute(device + "/idVendor", "1a86");
        attribute(device + "/idProduct", "fe0c");
        attribute(device + "/serial", serial);
        attribute(device + "/product", "Display");
        fs::create_directories(fs::path(root_) / device / (where + ":1.0") / tty / "tty" / tty);
        link("sys/class/tty/" + tty + "/device", fs::path(root_) / device / (where + ":1.0") / tty);
    }

    std::string root_;
};

TEST_F(SerialPorts, NamesTheUsbDeviceBehindAPort) {
    usb_port("ttyACM0", "1-1.2", "SN7");
    link("dev/serial/by-id/usb-Display_SN7-if00", "../../ttyACM0");
    const auto ports = list_serial_ports(root_);
    ASSERT_EQ(ports.size(), 1U);
    EXPECT_EQ(ports[0].path, root_ + "/dev/ttyACM0");
    EXPECT_EQ(ports[0].by_id, root_ + "/dev/serial/by-id/usb-Display_SN7-if00");
    EXPECT_EQ(ports[0].identity(), ports[0].by_id);
    EXPECT_EQ(ports[0].vendor, 0x1A86);
    EXPECT_EQ(ports[0].product, 0xFE0C);
    EXPECT_EQ(ports[0].serial_number, "SN7");
    EXPECT_EQ(ports[0].product_name, "Display");
    EXPECT_EQ(ports[0].usb_port, "1-1.2");
}

TEST_F(SerialPorts, LeavesOutPortsWithoutHardware) {
    fs::create_directories(fs::path(root_) / "sys/class/tty/tty0");         // a console
    fs::create_directories(fs::path(root_) / "sys/class/tty/ttyS0/device"); // a UART
    attribute("sys/class/tty/ttyS0/type", "4");
    fs::create_directories(fs::path(root_) / "sys/class/tty/ttyS1/device"); // a place for one
    attribute("sys/class/tty/ttyS1/type", "0");
    const auto ports = list_serial_ports(root_);
    ASSERT_EQ(ports.size(), 1U);
    EXPECT_EQ(ports[0].identity(), root_ + "/dev/ttyS0");
}

TEST_F(SerialPorts, FindsOneByWhatStaysTheSame) {
    usb_port("ttyACM0", "1-1.2", "A");
    usb_port("ttyACM1", "1-1.3", "B");
    serial_port_filter filter;
    filter.serial_number = "B";
    auto found = find_serial_port(filter, root_);
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, root_ + "/dev/ttyACM1");
    filter = {};
    filter.usb_port = "1-1.2";
    EXPECT_EQ(*find_serial_port(filter, root_), root_ + "/dev/ttyACM0");
}

TEST_F(SerialPorts, RefusesToGuess) {
    usb_port("ttyACM0", "1-1.2", "A");
    usb_port("ttyACM1", "1-1.3", "B");
    serial_port_filter filter;
    filter.vendor = 0x1A86;
    EXPECT_TRUE(find_serial_port(filter, root_).error().is(condition::misuse));
    filter.vendor = 0x0001;
    EXPECT_TRUE(find_serial_port(filter, root_).error().is(condition::link_lost));
}

TEST_F(SerialPorts, AMachineWithoutAnyHasAnEmptyList) {
    EXPECT_TRUE(list_serial_ports(root_).empty());
}

} // namespace
} // namespace cipherlane::drivers
