#include <cipherlane/drivers/display/display_family.hpp>
#include <cipherlane/drivers/transport/discovery.hpp>
#include <cipherlane/drivers/transport/hid.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cipherlane::drivers {
namespace {

namespace fs = std::filesystem;

/// A small /sys and /dev in a temporary folder.
class Discovery : public ::testing::Test {
  protected:
    Discovery() {
        std::string name = (fs::temp_directory_path() / "cipherlane-devices-XXXXXX").string();
        root_ = ::mkdtemp(name.data());
    }
    ~Discovery() override { fs::remove_all(root_); }

    void file(const std::string& path, const std::string& text) const {
        fs::create_directories((root_ / path).parent_path());
        std::ofstream(root_ / path, std::ios::binary) << text;
    }
    void link(const std::string& path, const fs::path& target) const {
        fs::create_directories((root_ / path).parent_path());
        fs::create_symlink(target, root_ / path);
    }
    void serial(const std::string& tty, const std::string& port, const char* vendor, const char* product) const {
        const std::string device = "sys/devices/usb1/" + port;
        file(device + "/idVendor", std::string(vendor) + "\n");
        file(device + "/idProduct", std::string(product) + "\n");
        fs::create_directories(root_ / device / (port + ":1.0") / tty);
        link("sys/class/tty/" + tty + "/device", root_ / device / (port + ":1.0") / tty);
        file("dev/" + tty, "");
    }
    void hid(const std::string& node, const std::string& port) const {
        const std::string interface = "sys/devices/usb1/" + port + "/" + port + ":1.1";
        file(interface + "/bInterfaceNumber", "01\n");
        file(interface + "/0003:1209:5A02.0001/uevent",
            "DRIVER=hid-generic\nHID_ID=0003:00001209:00005A02\nHID_NAME=Maker Panel\nHID_UNIQ=SN9\n");
        file(interface + "/0003:1209:5A02.0001/report_descriptor", "\x06\x01\xFF\x09\x01");
        link("sys/class/hidraw/" + node + "/device", root_ / interface / "0003:1209:5A02.0001");
        file("dev/" + node, "");
    }

    /// Root may open anything; the words are asked for as another user.
    template <class F>
    std::string said_by_nobody(F words_of) const {
        int pipe[2];
        EXPECT_EQ(::pipe(pipe), 0);
        ::chmod(root_.c_str(), 0755);
        const pid_t child = ::fork();
        if (child == 0) {
            const gid_t none = 65534;
            const bool dropped = ::setgroups(1, &none) == 0 && ::setgid(none) == 0 && ::setuid(65534) == 0;
            const std::string words = dropped ? words_of() : "cannot become nobody";
            const auto written = ::write(pipe[1], words.data(), words.size());
            ::_exit(written < 0 ? 1 : 0);
        }
        ::close(pipe[1]);
        std::string words(1024, '\0');
        const auto got = ::read(pipe[0], words.data(), words.size());
        words.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
        ::close(pipe[0]);
        ::waitpid(child, nullptr, 0);
        return words;
    }

    fs::path root_;
};

TEST_F(Discovery, NamesTheDriverThatFits) {
    serial("ttyACM0", "1-1", "1a86", "fe0c");
    serial("ttyUSB0", "1-2", "0403", "6001");
    const auto found = discover(nullptr, root_.string());
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].what, found_device::kind::serial);
    EXPECT_EQ(found[0].drivers, (std::vector<std::string>{"weact", "weact-small"}));
    EXPECT_EQ(found[0].state, found_device::access::usable) << found[0].reason;
    EXPECT_TRUE(found[1].drivers.empty()) << "any protocol may be behind a plain serial chip";
}

TEST(KnownDevices, HaveDriversThatExist) {
    ASSERT_FALSE(known_devices().empty());
    for (const auto& device : known_devices()) {
        const auto* family = find_display_family(device.driver);
        ASSERT_NE(family, nullptr) << device.driver;
        EXPECT_EQ(family->vendor, device.vendor) << device.driver;
        EXPECT_EQ(family->product, device.product) << device.driver;
    }
}

TEST(KnownDevices, HoldEveryFamilyWithIds) {
    for (const auto& family : display_families()) {
        if (!family.vendor) continue;
        EXPECT_TRUE(std::ranges::any_of(known_devices(), [&](const auto& row) { return row.driver == family.name; }))
            << family.name;
    }
}

TEST_F(Discovery, SaysThatANodeIsMissing) {
    serial("ttyACM0", "1-1", "1a86", "fe0c");
    fs::remove(root_ / "dev/ttyACM0");
    const auto found = discover(nullptr, root_.string());
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].state, found_device::access::missing);
    EXPECT_NE(found[0].reason.find("does not exist"), std::string::npos);
}

TEST_F(Discovery, SaysWhichGroupOrRuleIsMissing) {
    if (::geteuid() != 0) GTEST_SKIP() << "giving a file to another group needs root";
    file("dev/hidraw7", "");
    const std::string node = (root_ / "dev/hidraw7").string();
    EXPECT_EQ(explain_access(node), "");
    const auto as_nobody = [&] { return said_by_nobody([&] { return explain_access(node); }); };
    ::chmod(node.c_str(), 0600);
    EXPECT_NE(as_nobody().find("70-cipherlane.rules"), std::string::npos);
    ::chmod(node.c_str(), 0660);
    EXPECT_EQ(::chown(node.c_str(), 0, 20), 0);
    EXPECT_NE(as_nobody().find("usermod -aG dialout"), std::string::npos) << as_nobody();
}

// The lines as udev(7) has them, and as the rules of this library show them to people.
TEST(UdevRule, NamesTheDevice) {
    EXPECT_EQ(udev_rule(found_device::kind::usb, 0x1209, 0x5A11),
        R"(SUBSYSTEM=="usb", ATTR{idVendor}=="1209", ATTR{idProduct}=="5a11", MODE="0660", GROUP="plugdev", TAG+="uaccess")");
    EXPECT_EQ(udev_rule(found_device::kind::hid, 0x04B8, 0x0E15),
        R"(KERNEL=="hidraw*", ATTRS{idVendor}=="04b8", ATTRS{idProduct}=="0e15", MODE="0660", GROUP="plugdev", TAG+="uaccess")");
    EXPECT_EQ(udev_rule(found_device::kind::serial, 0x0403, 0x6001),
        R"(SUBSYSTEM=="tty", ATTRS{idVendor}=="0403", ATTRS{idProduct}=="6001", MODE="0660", GROUP="dialout", TAG+="uaccess", ENV{ID_MM_DEVICE_IGNORE}="1")");
}

TEST_F(Discovery, SaysTheVeryRuleThatADeviceNeeds) {
    if (::geteuid() != 0) GTEST_SKIP() << "becoming another user needs root";
    hid("hidraw3", "1-4");
    serial("ttyACM0", "1-1", "1a86", "fe0c");
    serial("ttyUSB0", "1-2", "0403", "6001");
    for (const char* node : {"dev/hidraw3", "dev/ttyACM0", "dev/ttyUSB0"})
        ::chmod((root_ / node).c_str(), 0600);
    const auto words = [&](const std::string& node) {
        return said_by_nobody([&] {
            for (const auto& device : discover(nullptr, root_.string())) {
                if (device.path.ends_with(node) && device.state == found_device::access::denied) return device.reason;
            }
            return std::string("not denied");
        });
    };
    const auto panel = words("hidraw3");
    EXPECT_NE(panel.find(udev_rule(found_device::kind::hid, 0x1209, 0x5A02)), std::string::npos) << panel;
    EXPECT_EQ(panel.find("70-cipherlane.rules"), std::string::npos) << "they do not name it: " << panel;
    const auto known = words("ttyACM0");
    EXPECT_NE(known.find("70-cipherlane.rules"), std::string::npos) << known;
    const auto plain = words("ttyUSB0");
    EXPECT_NE(plain.find(udev_rule(found_device::kind::serial, 0x0403, 0x6001)), std::string::npos) << plain;
}

TEST_F(Discovery, KnowsAHidInterface) {
    hid("hidraw3", "1-4");
    const auto devices = list_hid_devices(root_.string());
    ASSERT_EQ(devices.size(), 1U);
    EXPECT_EQ(devices[0].vendor, 0x1209);
    EXPECT_EQ(devices[0].product, 0x5A02);
    EXPECT_EQ(devices[0].serial_number, "SN9");
    EXPECT_EQ(devices[0].name, "Maker Panel");
    EXPECT_EQ(devices[0].usb_port, "1-4");
    EXPECT_EQ(devices[0].interface_number, 1);
    EXPECT_EQ(devices[0].usage_page, 0xFF01);
    EXPECT_EQ(devices[0].identity(), "1209:5a02:SN9");
    hid_filter filter;
    filter.usage_page = 0xFF01;
    EXPECT_TRUE(filter.matches(devices[0]));
    filter.interface_number = 0;
    EXPECT_FALSE(filter.matches(devices[0]));
}

TEST_F(Discovery, AnEmptyMachineHasAnEmptyList) {
    EXPECT_TRUE(discover(nullptr, root_.string()).empty());
}

} // namespace
} // namespace cipherlane::drivers
