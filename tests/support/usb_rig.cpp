#include "support/usb_rig.hpp"

#include <cipherlane/core/hex.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <filesystem>
#include <linux/usbdevice_fs.h>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <umockdev.h>
#include <unistd.h>
#include <utility>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

namespace cipherlane::tests {
namespace {

/// A counted reference to a GObject.
template <class T>
class object {
  public:
    object() = default;
    explicit object(T* owned) noexcept
        : pointer_(owned) {}
    object(object&& other) noexcept
        : pointer_(std::exchange(other.pointer_, nullptr)) {}
    object& operator=(object&& other) noexcept {
        std::swap(pointer_, other.pointer_);
        return *this;
    }
    object(const object&) = delete;
    object& operator=(const object&) = delete;
    ~object() {
        if (pointer_ != nullptr) g_object_unref(pointer_);
    }
    [[nodiscard]] T* get() const noexcept { return pointer_; }
    T* operator->() const noexcept { return pointer_; }
    explicit operator bool() const noexcept { return pointer_ != nullptr; }

  private:
    T* pointer_ = nullptr;
};

using ioctl_data = object<UMockdevIoctlData>;

/// The file that libusb opens. It polls it: writable means that a request has finished, an error that the device is
/// gone. A pty's slave can do both: its output is stopped and started, and its master closed.
class pollable_node {
  public:
    pollable_node()
        : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
        if (master_ < 0 || ::grantpt(master_) != 0 || ::unlockpt(master_) != 0) throw std::runtime_error("no pty");
        std::array<char, 64> name{};
        if (::ptsname_r(master_, name.data(), name.size()) != 0) throw std::runtime_error("no pty name");
        path_ = name.data();
        slave_ = ::ioctl(master_, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (slave_ < 0) throw std::runtime_error("no pty slave");
        termios mode{};
        ::tcgetattr(slave_, &mode);
        ::cfmakeraw(&mode);
        ::tcsetattr(slave_, TCSANOW, &mode);
        ::tcflow(slave_, TCOOFF);
        // libusb opens without O_NOCTTY: a session leader would get the pty as its terminal and a signal at its end.
        if (::getsid(0) == ::getpid()) ::signal(SIGHUP, SIG_IGN);
    }
    pollable_node(const pollable_node&) = delete;
    pollable_node& operator=(const pollable_node&) = delete;
    ~pollable_node() {
        hang_up();
        ::close(slave_);
    }

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    void set_ready(bool ready) {
        if (ready == ready_ || master_ < 0) return;
        ready_ = ready;
        ::tcflow(slave_, ready ? TCOON : TCOOFF);
    }
    void hang_up() {
        if (master_ >= 0) ::close(std::exchange(master_, -1));
    }

  private:
    int master_;
    int slave_ = -1;
    bool ready_ = false;
    std::string path_;
};

std::string three_digits(int value) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%03d", value);
    return text.data();
}

std::string four_hex(std::uint16_t value) {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "%04x", value);
    return text.data();
}

/// The testbed, and the ports that were destroyed while programs may still hold their nodes open.
struct bench {
    bench() = default;
    bench(const bench&) = delete;
    bench& operator=(const bench&) = delete;
    ~bench() { g_object_unref(testbed); } // ends the threads that serve the nodes, before the ports themselves

    UMockdevTestbed* testbed = umockdev_testbed_new();
    std::vector<std::shared_ptr<void>> left_behind;
};

} // namespace

/// The usbfs of one device: answers the ioctls that libusb makes.
class usb_port::body {
  public:
    body(bench& on, sim::device_model& model, int address, std::string port)
        : testbed_(on.testbed)
        , left_behind_(on.left_behind)
        , model_(model)
        , address_(address)
        , port_(std::move(port))
        , bus_(std::atoi(port_.c_str()))
        , node_("/dev/bus/usb/" + three_digits(bus_) + "/" + three_digits(address))
        , system_path_("/sys/devices/pci0000:00/0000:00:14.0/usb" + std::to_string(bus_) + "/" + port_)
        , driver_(model.identity().kernel_driver)
        , function_(model, [this](sim::usb_outcome outcome) { finished(std::move(outcome)); })
        , handler_(umockdev_ioctl_base_new()) {
        function_.on_unplug = [this] { unplug(order::event_first); };
        connect("handle-ioctl", G_CALLBACK(&body::on_ioctl));
        connect("client-connected", G_CALLBACK(&body::on_client));
        GError* fault = nullptr;
        if (umockdev_testbed_attach_ioctl(testbed_, node_.c_str(), handler_.get(), &fault) == 0) fail(fault);
        // The node comes before the event: what the event wakes opens it at once.
        link_node();
        umockdev_testbed_add_from_string(testbed_, description().c_str(), &fault);
        if (fault != nullptr) fail(fault);
    }
    body(const body&) = delete;
    body& operator=(const body&) = delete;
    ~body() { unplug(order::event_first); }

    void unplug(order how) {
        {
            const std::lock_guard lock(function_.mutex());
            if (!std::exchange(connected_, false)) return;
            function_.disconnect();
            if (how == order::descriptor_first) file_.hang_up();
        }
        std::error_code ignored;
        std::filesystem::remove(node_path(), ignored);
        // The event first: it reads its properties from the files that go with the device.
        umockdev_testbed_uevent(testbed_, system_path_.c_str(), "remove");
        umockdev_testbed_remove_device(testbed_, system_path_.c_str());
        GError* fault = nullptr;
        umockdev_testbed_detach_ioctl(testbed_, node_.c_str(), &fault);
        g_clear_error(&fault);
        const std::lock_guard lock(function_.mutex());
        file_.hang_up();
    }

    void set_permitted(bool permitted) {
        std::error_code ignored;
        std::filesystem::remove(node_path(), ignored);
        if (permitted) return link_node();
        // Tests may run as root, whom file modes do not bind: a read-only sysctl refuses to be opened for writing.
        std::filesystem::create_symlink("/proc/sys/kernel/ostype", node_path());
    }

    [[nodiscard]] std::string kernel_driver() const {
        const std::lock_guard lock(function_.mutex());
        return driver_;
    }

    sim::usb_function& function() noexcept { return function_; }
    const counters& counts() const noexcept { return counts_; }
    const std::string& node() const noexcept { return node_; }
    /// Where the port goes when it is destroyed: a program may close its node later.
    std::vector<std::shared_ptr<void>>& left_behind() noexcept { return left_behind_; }

  private:
    /// A program that has the node open.
    struct client {
        std::deque<ioctl_data> finished;
        bool attached = false;
    };
    struct pending_block {
        UMockdevIoctlClient* owner;
        ioctl_data block;
    };

    [[noreturn]] static void fail(GError* fault) {
        const std::string why = fault != nullptr ? fault->message : "umockdev failed";
        g_clear_error(&fault);
        throw std::runtime_error(why);
    }
    void connect(const char* signal, GCallback callback) { g_signal_connect(handler_.get(), signal, callback, this); }

    [[nodiscard]] std::filesystem::path node_path() const {
        char* root = umockdev_testbed_get_root_dir(testbed_);
        const std::string path = std::string(root) + node_;
        g_free(root);
        return path;
    }

    void link_node() const {
        std::error_code ignored;
        std::filesystem::create_directories(node_path().parent_path());
        std::filesystem::remove(node_path(), ignored);
        std::filesystem::create_symlink(file_.path(), node_path());
    }

    [[nodiscard]] std::string description() const {
        const auto& identity = model_.identity();
        bytes descriptors = identity.device_descriptor();
        const bytes configuration = identity.configuration_descriptor();
        descriptors.insert(descriptors.end(), configuration.begin(), configuration.end());
        std::string text =
            "P: " + system_path_.substr(4) + "\nE: SUBSYSTEM=usb\nE: DRIVER=usb\nE: DEVTYPE=usb_device\n";
        text += "E: BUSNUM=" + three_digits(bus_) + "\nE: DEVNUM=" + three_digits(address_) + "\nE: DEVNAME=" + node_;
        const auto attribute = [&](const char* name, const std::string& value) {
            if (!value.empty()) text += std::string("A: ") + name + "=" + value + "\\n\n";
        };
        text += "\n";
        attribute("busnum", std::to_string(bus_));
        attribute("devnum", std::to_string(address_));
        attribute("bConfigurationValue", "1");
        attribute("speed", "12");
        attribute("bDeviceClass", "00");
        attribute("idVendor", four_hex(identity.vendor));
        attribute("idProduct", four_hex(identity.product));
        attribute("devpath", port_.substr(port_.find('-') + 1));
        attribute("manufacturer", identity.manufacturer);
        attribute("product", identity.product_name);
        attribute("serial", identity.serial_number);
        return text + "H: descriptors=" + to_hex(descriptors) + "\n";
    }

    // The signals come on a thread of umockdev.

    static void on_client(UMockdevIoctlBase*, UMockdevIoctlClient* who, gpointer self) {
        auto& port = *static_cast<body*>(self);
        const std::lock_guard lock(port.function_.mutex());
        port.clients_[who];
        g_signal_connect(who, "notify::connected", G_CALLBACK(&body::on_closed), self);
    }

    static void on_closed(UMockdevIoctlClient* who, GParamSpec*, gpointer self) {
        auto& port = *static_cast<body*>(self);
        const std::lock_guard lock(port.function_.mutex());
        std::vector<std::uint64_t> left;
        for (const auto& [id, pending] : port.requests_) {
            if (pending.owner == who) left.push_back(id);
        }
        for (const auto id : left)
            port.function_.cancel(id);
        port.clients_.erase(who);
        std::erase_if(port.claims_, [who](const auto& claim) { return claim.second == who; });
        port.update_ready();
    }

    static gboolean on_ioctl(UMockdevIoctlBase*, UMockdevIoctlClient* who, gpointer self) {
        return static_cast<body*>(self)->answer(who) ? TRUE : FALSE;
    }

    template <class T>
    static T* argument(UMockdevIoctlClient* who, ioctl_data& keep) {
        keep = ioctl_data(umockdev_ioctl_data_resolve(umockdev_ioctl_client_get_arg(who), 0, sizeof(T), nullptr));
        return keep ? reinterpret_cast<T*>(keep->data) : nullptr;
    }

    /// False: not an ioctl of usbfs; umockdev answers ENOTTY.
    bool answer(UMockdevIoctlClient* who) {
        const std::lock_guard lock(function_.mutex());
        ++counts_.calls;
        const auto request = static_cast<unsigned>(umockdev_ioctl_client_get_request(who));
        if (request == FIONBIO || request == FIOCLEX || request == FIONCLEX || request == FIOASYNC) {
            int fault = 0;
            const int value = umockdev_ioctl_client_execute(who, &fault, nullptr);
            umockdev_ioctl_client_complete(who, value, value < 0 ? fault : 0);
            return true;
        }
        ioctl_data keep;
        const auto outcome = perform(who, request, keep);
        if (!outcome) return false;
        umockdev_ioctl_client_complete(who, *outcome == 0 ? 0 : -1, *outcome);
        return true;
    }

    /// An errno, 0 for success, nothing for an ioctl that usbfs does not have.
    std::optional<int> perform(UMockdevIoctlClient* who, unsigned request, ioctl_data& keep) {
        if (!connected_ && request != USBDEVFS_REAPURBNDELAY && request != USBDEVFS_DISCARDURB &&
            request != USBDEVFS_RELEASEINTERFACE) {
            return ENODEV;
        }
        switch (request) {
        case USBDEVFS_GET_CAPABILITIES:
            *argument<std::uint32_t>(who, keep) = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_NO_PACKET_SIZE_LIM |
                                                  USBDEVFS_CAP_REAP_AFTER_DISCONNECT |
                                                  USBDEVFS_CAP_BULK_SCATTER_GATHER;
            return 0;
        case USBDEVFS_CLAIMINTERFACE: return claim(who, *argument<unsigned>(who, keep));
        case USBDEVFS_RELEASEINTERFACE: return release(who, *argument<unsigned>(who, keep));
        case USBDEVFS_DISCONNECT_CLAIM: return disconnect_claim(who, *argument<usbdevfs_disconnect_claim>(who, keep));
        case USBDEVFS_GETDRIVER: return get_driver(*argument<usbdevfs_getdriver>(who, keep));
        case USBDEVFS_IOCTL: return driver_ioctl(*argument<usbdevfs_ioctl>(who, keep));
        case USBDEVFS_CLEAR_HALT:
            ++counts_.clear_halts;
            function_.clear_halt(static_cast<std::uint8_t>(*argument<unsigned>(who, keep)));
            return 0;
        case USBDEVFS_SETCONFIGURATION:
        case USBDEVFS_SETINTERFACE:
        case USBDEVFS_RESET:
        case USBDEVFS_RESETEP: return 0;
        case USBDEVFS_SUBMITURB: return submit(who);
        case USBDEVFS_DISCARDURB: return discard(who);
        case USBDEVFS_REAPURB:
        case USBDEVFS_REAPURBNDELAY: return reap(who, keep);
        default: return std::nullopt;
        }
    }

    int claim(UMockdevIoctlClient* who, unsigned number) {
        if (number != 0) return ENOENT;
        const auto held = claims_.find(number);
        if (!driver_.empty() || (held != claims_.end() && held->second != who)) return EBUSY;
        claims_[number] = who;
        if (!std::exchange(clients_[who].attached, true)) function_.attach();
        return 0;
    }

    int release(UMockdevIoctlClient* who, unsigned number) {
        const auto held = claims_.find(number);
        if (held == claims_.end() || held->second != who) return EINVAL;
        claims_.erase(held);
        return 0;
    }

    int disconnect_claim(UMockdevIoctlClient* who, const usbdevfs_disconnect_claim& asked) {
        if (!driver_.empty()) detached_ = std::exchange(driver_, {});
        return claim(who, asked.interface);
    }

    [[nodiscard]] int get_driver(usbdevfs_getdriver& asked) const {
        const std::string name = !driver_.empty() ? driver_ : claims_.contains(asked.interface) ? "usbfs" : "";
        if (name.empty()) return ENODATA;
        std::snprintf(asked.driver, sizeof asked.driver, "%s", name.c_str());
        return 0;
    }

    int driver_ioctl(const usbdevfs_ioctl& asked) {
        if (asked.ioctl_code == static_cast<int>(USBDEVFS_DISCONNECT)) {
            if (driver_.empty()) return ENODATA;
            detached_ = std::exchange(driver_, {});
            return 0;
        }
        if (asked.ioctl_code == static_cast<int>(USBDEVFS_CONNECT)) {
            if (!detached_.empty()) driver_ = std::exchange(detached_, {});
            return 0;
        }
        return ENOTTY;
    }

    int submit(UMockdevIoctlClient* who) {
        ++counts_.submits;
        ioctl_data block;
        auto* urb = argument<usbdevfs_urb>(who, block);
        if (urb == nullptr) return EFAULT;
        if (urb->buffer_length > 0) {
            // Fetches the buffer, which then belongs to the block.
            const ioctl_data buffer(umockdev_ioctl_data_resolve(
                block.get(), offsetof(usbdevfs_urb, buffer), static_cast<gsize>(urb->buffer_length), nullptr));
            if (!buffer) return EFAULT;
        }
        sim::usb_request asked = translate(*urb);
        if (asked.endpoint != 0 && (!claims_.contains(0) || claims_.at(0) != who)) ++counts_.unclaimed;
        const auto id = asked.id = ++last_request_;
        requests_.emplace(id, pending_block{who, std::move(block)});
        if (function_.submit(std::move(asked))) return 0;
        requests_.erase(id);
        return ENOENT;
    }

    [[nodiscard]] static sim::usb_request translate(const usbdevfs_urb& urb) {
        sim::usb_request asked;
        const auto* data = static_cast<const std::uint8_t*>(urb.buffer);
        const auto size = static_cast<std::size_t>(urb.buffer_length);
        if (urb.type == USBDEVFS_URB_TYPE_CONTROL) {
            const auto word = [data](int at) { return static_cast<std::uint16_t>(data[at] | (data[at + 1] << 8)); };
            asked.setup = {data[0], data[1], word(2), word(4), word(6)};
            const bool in = (asked.setup.type & 0x80U) != 0;
            if (in) asked.room = size - 8;
            if (!in) asked.data.assign(data + 8, data + size);
            return asked;
        }
        asked.endpoint = urb.endpoint;
        asked.zero_packet = (urb.flags & USBDEVFS_URB_ZERO_PACKET) != 0;
        if ((urb.endpoint & 0x80U) != 0) {
            asked.room = size;
        } else {
            asked.data.assign(data, data + size);
        }
        return asked;
    }

    /// The function's outcome: goes to the client that asked.
    void finished(sim::usb_outcome outcome) {
        const std::lock_guard lock(function_.mutex());
        const auto found = requests_.find(outcome.id);
        if (found == requests_.end()) return;
        pending_block ended = std::move(found->second);
        requests_.erase(found);
        auto* urb = reinterpret_cast<usbdevfs_urb*>(ended.block->data);
        const std::size_t skip = urb->type == USBDEVFS_URB_TYPE_CONTROL ? 8 : 0;
        if (!outcome.data.empty()) {
            std::memcpy(static_cast<std::uint8_t*>(urb->buffer) + skip, outcome.data.data(), outcome.data.size());
        }
        urb->status = outcome.status;
        urb->actual_length = static_cast<int>(outcome.actual);
        const auto owner = clients_.find(ended.owner);
        if (owner == clients_.end()) return;
        owner->second.finished.push_back(std::move(ended.block));
        update_ready();
    }

    int discard(UMockdevIoctlClient* who) {
        ++counts_.discards;
        gulong address = 0;
        std::memcpy(&address, umockdev_ioctl_client_get_arg(who)->data, sizeof address);
        for (const auto& [id, pending] : requests_) {
            if (pending.owner == who && pending.block->client_addr == address) {
                return function_.cancel(id) ? 0 : EINVAL;
            }
        }
        return EINVAL;
    }

    int reap(UMockdevIoctlClient* who, ioctl_data& keep) {
        auto& finished = clients_[who].finished;
        if (finished.empty()) {
            ++counts_.empty_reaps;
            return connected_ ? EAGAIN : ENODEV;
        }
        const ioctl_data block = std::move(finished.front());
        finished.pop_front();
        argument<gpointer>(who, keep);
        umockdev_ioctl_data_set_ptr(keep.get(), 0, block.get());
        update_ready();
        return 0;
    }

    void update_ready() {
        bool any = false;
        for (const auto& [who, state] : clients_)
            any = any || !state.finished.empty();
        file_.set_ready(any);
    }

    UMockdevTestbed* testbed_;
    std::vector<std::shared_ptr<void>>& left_behind_;
    sim::device_model& model_;
    int address_;
    std::string port_;
    int bus_;
    std::string node_;
    std::string system_path_;
    counters counts_;
    pollable_node file_;
    std::string driver_;
    std::string detached_;
    std::map<UMockdevIoctlClient*, client> clients_;
    std::map<unsigned, UMockdevIoctlClient*> claims_;
    std::map<std::uint64_t, pending_block> requests_;
    std::uint64_t last_request_ = 0;
    bool connected_ = true;
    mutable sim::usb_function function_;
    object<UMockdevIoctlBase> handler_;
};

usb_port::usb_port(std::unique_ptr<body> inner)
    : body_(std::move(inner)) {}
usb_port::~usb_port() {
    body_->unplug(order::event_first);
    auto& kept = body_->left_behind();
    kept.push_back(std::shared_ptr<body>(std::move(body_)));
}
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

usb_rig::usb_rig()
    : testbed_(new bench) {
    if (umockdev_in_mock_environment() == 0) throw std::runtime_error("umockdev's preload library is not loaded");
}

usb_rig::~usb_rig() {
    delete static_cast<bench*>(testbed_);
}

std::unique_ptr<usb_port> usb_rig::plug(sim::device_model& model, const std::string& port) {
    return std::unique_ptr<usb_port>(
        new usb_port(std::make_unique<usb_port::body>(*static_cast<bench*>(testbed_), model, ++last_address_, port)));
}

} // namespace cipherlane::tests
