// The rig on a real kernel: device models at the ports of vhci_hcd, the kernel's host controller for USB/IP.
#include "simkit/usbip_socket.hpp"
#include "support/usb_rig.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace cipherlane::tests {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

const std::string controllers = "/sys/devices/platform/vhci_hcd.";
const std::string devices = "/sys/bus/usb/devices/";
/// Debian's kernel gives each controller this many ports, and as many again for SuperSpeed.
constexpr int ports_of_controller = 15;
constexpr int full_speed = 2;
constexpr auto patience = 20s;

void wait_until(const std::string& what, const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!done()) {
        if (std::chrono::steady_clock::now() > end) throw std::runtime_error("vhci rig: " + what + " did not come");
        std::this_thread::sleep_for(2ms);
    }
}

std::string read_line(const fs::path& file) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    return line;
}

void write_file(const std::string& file, const std::string& text) {
    std::ofstream out(file);
    if (!(out << text << std::flush)) throw std::runtime_error("vhci rig: cannot write " + file);
}

/// Which of the kernel's ports is meant by the n-th of a bus, as tests number them.
struct kernel_port {
    int number;       ///< as `attach` takes it
    std::string name; ///< as sysfs has it: "1-4"
};

/// The bus of a controller's ports up to high speed.
std::string bus_of(int controller) {
    for (const auto& item : fs::directory_iterator(controllers + std::to_string(controller))) {
        const std::string name = item.path().filename().string();
        if (name.starts_with("usb") && read_line(item.path() / "speed") == "480") return name.substr(3);
    }
    throw std::runtime_error("vhci rig: no bus");
}

kernel_port find_port(const std::string& asked) {
    const int place = std::atoi(asked.substr(asked.find('-') + 1).c_str()) - 1;
    const int controller = place / ports_of_controller;
    const int port = place % ports_of_controller;
    return {2 * ports_of_controller * controller + port, bus_of(controller) + "-" + std::to_string(port + 1)};
}

/// Whether nothing is attached to a port, and the last device has left it for good (VDEV_ST_NULL).
bool is_free(int port) {
    for (const auto& item : fs::directory_iterator(controllers + "0")) {
        if (!item.path().filename().string().starts_with("status")) continue;
        std::ifstream in(item.path());
        std::string heading;
        std::getline(in, heading);
        std::string hub;
        int number = 0;
        int state = 0;
        std::string rest;
        while (in >> hub >> number >> state && std::getline(in, rest)) {
            if (number == port) return state == 4;
        }
    }
    return false;
}

void hold_events(bool held) {
    if (std::system(held ? "udevadm control --stop-exec-queue" : "udevadm control --start-exec-queue") != 0) {
        throw std::runtime_error("vhci rig: udev does not obey");
    }
}

} // namespace

class usb_port::body {
  public:
    body(sim::device_model& model, const std::string& asked, int address)
        : port_(find_port(asked))
        , ends_(connected_pair())
        , device_(model, ends_[0]) {
        device_.carrier().on_command = [this](const sim::usbip_command& command) { count(command); };
        device_.function().on_unplug = [this] { unplug(order::event_first); };
        device_.start();
        wait_until("the port", [this] { return is_free(port_.number); });
        write_file(controllers + "0/attach", std::to_string(port_.number) + " " + std::to_string(ends_[1]) + " " +
                                                 std::to_string(0x10000 + address) + " " +
                                                 std::to_string(full_speed));
        ::close(ends_[1]); // the kernel has its own reference
        const std::string wanted = model.identity().kernel_driver;
        // The kernel reads descriptors and configures the device; what tests count begins after that.
        wait_until("the device", [&] { return fs::exists(interface_path()) && bound_driver() == wanted; });
        node_ = "/dev/bus/usb/" + three_digits("busnum") + "/" + three_digits("devnum");
        wait_until("the node", [this] { return fs::exists(node_); });
        for (auto* counter : {&counts_.calls, &counts_.submits, &counts_.discards, &counts_.clear_halts})
            *counter = 0;
    }
    body(const body&) = delete;
    body& operator=(const body&) = delete;
    ~body() {
        try {
            unplug(order::event_first);
        } catch (const std::exception& why) {
            ADD_FAILURE() << why.what();
        }
    }

    void unplug(order how) {
        if (!std::exchange(plugged_, false)) return;
        set_permitted(true);
        // The cable: the stream ends, and udev tells of it only later. Or the controller lets the device go.
        if (how == order::descriptor_first) {
            hold_events(true);
            device_.close();
            wait_until("the end", [this] { return is_free(port_.number) && !fs::exists(devices + port_.name); });
            std::this_thread::sleep_for(30ms);
            hold_events(false);
        } else {
            write_file(controllers + "0/detach", std::to_string(port_.number));
            wait_until("the end", [this] { return is_free(port_.number) && !fs::exists(devices + port_.name); });
            device_.close();
        }
        wait_until("the node's end", [this] { return !fs::exists(node_); });
    }

    void set_permitted(bool permitted) {
        const std::string aside = node_ + ".aside";
        if (permitted == !fs::exists(aside)) return;
        if (permitted) return fs::rename(aside, node_);
        // Root is not bound by file modes: a read-only sysctl refuses to be opened for writing.
        fs::rename(node_, aside);
        fs::create_symlink("/proc/sys/kernel/ostype", node_);
    }

    [[nodiscard]] std::string kernel_driver() const {
        const std::string bound = bound_driver();
        return bound == "usbfs" ? "" : bound;
    }

    sim::usb_function& function() noexcept { return device_.function(); }
    const counters& counts() const noexcept { return counts_; }
    const std::string& node() const noexcept { return node_; }

  private:
    static std::array<int, 2> connected_pair() {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
            throw std::runtime_error("vhci rig: no socket");
        }
        return ends;
    }

    [[nodiscard]] std::string interface_path() const { return devices + port_.name + ":1.0"; }

    [[nodiscard]] std::string bound_driver() const {
        std::error_code none;
        return fs::read_symlink(interface_path() + "/driver", none).filename().string();
    }

    [[nodiscard]] std::string three_digits(const std::string& attribute) const {
        const std::string value = read_line(devices + port_.name + "/" + attribute);
        return std::string(value.size() < 3 ? 3 - value.size() : 0, '0') + value;
    }

    void count(const sim::usbip_command& command) {
        ++counts_.calls;
        const auto* asked = std::get_if<sim::usbip_submit>(&command);
        if (asked == nullptr) {
            ++counts_.discards;
            return;
        }
        ++counts_.submits;
        constexpr std::uint8_t to_endpoint = 0x02;
        constexpr std::uint8_t clear_feature = 1;
        const bool clears = asked->setup.type == to_endpoint && asked->setup.request == clear_feature;
        if (asked->control() && clears) ++counts_.clear_halts;
    }

    kernel_port port_;
    std::array<int, 2> ends_;
    sim::usbip_socket device_;
    std::string node_;
    counters counts_;
    bool plugged_ = true;
};

usb_port::usb_port(std::unique_ptr<body> inner)
    : body_(std::move(inner)) {}
usb_port::~usb_port() = default;
sim::usb_function& usb_port::function() noexcept {
    return body_->function();
}
const usb_port::counters& usb_port::counts() const noexcept {
    return body_->counts();
}
const std::string& usb_port::node() const noexcept {
    return body_->node();
}
std::string usb_port::kernel_driver() const {
    return body_->kernel_driver();
}
void usb_port::unplug(order how) {
    body_->unplug(how);
}
void usb_port::set_permitted(bool permitted) {
    body_->set_permitted(permitted);
}

usb_rig::usb_rig() {
    if (!fs::exists(controllers + "0/attach")) throw std::runtime_error("vhci_hcd is not loaded: use tools/rig-vm");
}

// Not "= default", which the other rig's could not be.
usb_rig::~usb_rig() {}

std::unique_ptr<usb_port> usb_rig::plug(sim::device_model& model, const std::string& port) {
    return std::unique_ptr<usb_port>(new usb_port(std::make_unique<usb_port::body>(model, port, ++last_address_)));
}

} // namespace cipherlane::tests
