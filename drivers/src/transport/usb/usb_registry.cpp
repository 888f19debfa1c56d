#include "usb_registry.hpp"

#include "../system_files.hpp"
#include "system_list.hpp"
#include "usb_error.hpp"

#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/net/errc.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::drivers {
namespace {

bool is_hub(libusb_device* device) {
    libusb_device_descriptor descriptor{};
    return libusb_get_device_descriptor(device, &descriptor) == 0 && descriptor.bDeviceClass == LIBUSB_CLASS_HUB;
}

std::string port_name(libusb_device* device) {
    std::array<std::uint8_t, 8> ports{};
    const int count = libusb_get_port_numbers(device, ports.data(), static_cast<int>(ports.size()));
    std::string name = std::to_string(libusb_get_bus_number(device));
    for (int i = 0; i < count; ++i) {
        name += (i == 0 ? '-' : '.') + std::to_string(ports[static_cast<std::size_t>(i)]);
    }
    return name;
}

} // namespace

usb_device_info describe(libusb_device* device) {
    usb_device_info info;
    libusb_device_descriptor descriptor{};
    if (libusb_get_device_descriptor(device, &descriptor) == 0) {
        info.vendor = descriptor.idVendor;
        info.product = descriptor.idProduct;
    }
    info.bus = libusb_get_bus_number(device);
    info.address = libusb_get_device_address(device);
    info.port = port_name(device);
    // The kernel has read the strings already; asking the device would need the right to open it.
    const std::string attributes = usb_attributes(info.port);
    info.serial_number = read_attribute(attributes + "serial");
    info.manufacturer = read_attribute(attributes + "manufacturer");
    info.product_name = read_attribute(attributes + "product");
    return info;
}

/// An event thread at work in the body, which a retired body does not let in. What the thread takes from the body it
/// gives back before the visit ends, so that neither context nor devices end there.
class usb_host::body::visit {
  public:
    explicit visit(body& host)
        : host_(host) {
        const std::lock_guard held(host_.mutex_);
        welcome_ = !host_.retired_;
        if (welcome_) ++host_.visits_;
    }
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;
    ~visit() {
        if (!welcome_) return;
        const std::lock_guard held(host_.mutex_);
        --host_.visits_;
        host_.changed_.notify_all();
    }
    [[nodiscard]] bool welcome() const noexcept { return welcome_; }

  private:
    body& host_;
    bool welcome_ = false;
};

void usb_host::body::retire() {
    std::shared_ptr<usb_context> context;
    std::map<key, entry> entries;
    {
        std::unique_lock held(mutex_);
        retired_ = true;
        changed_.wait(held, [this] { return visits_ == 0; });
        context = std::exchange(context_, nullptr);
        entries.swap(entries_);
    }
    if (context && hotplug_on_) libusb_hotplug_deregister_callback(context->get(), hotplug_);
}

result<void> usb_host::body::start() {
    CIPHERLANE_TRY(auto context, open_context());
    {
        const std::lock_guard held(mutex_);
        context_ = context;
    }
    if (!listen(*context)) log_.warning("usb", "no hotplug events; devices are found by looking again");
    take_list(context);
    return {};
}

result<std::shared_ptr<usb_context>> usb_host::body::open_context() {
    return usb_context::start(settings_.rescan_every, [weak = weak_from_this()](usb_context& context) {
        if (auto self = weak.lock()) self->look_again(context);
    });
}

bool usb_host::body::listen(usb_context& context) {
    if (libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG) == 0) return false;
    // A callback may be under way while it is deregistered: what it is given lives as long as the context.
    auto self = std::make_shared<std::weak_ptr<body>>(weak_from_this());
    context.keep(self);
    const std::lock_guard held(mutex_); // the event thread may be replacing the context
    if (context_.get() != &context) return true;
    constexpr int both = LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT;
    hotplug_on_ =
        libusb_hotplug_register_callback(context.get(), both, 0, LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
            LIBUSB_HOTPLUG_MATCH_ANY, &body::on_hotplug, self.get(), &hotplug_) == 0;
    return hotplug_on_;
}

/// On the event thread.
int LIBUSB_CALL usb_host::body::on_hotplug(
    libusb_context*, libusb_device* device, libusb_hotplug_event event, void* self) {
    const auto host = static_cast<std::weak_ptr<body>*>(self)->lock();
    if (!host) return 0;
    const visit here(*host);
    if (!here.welcome()) return 0;
    if (event == LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT) {
        host->left({libusb_get_bus_number(device), libusb_get_device_address(device)});
        return 0;
    }
    std::shared_ptr<usb_context> context;
    {
        const std::lock_guard held(host->mutex_);
        context = host->context_;
    }
    if (context) host->arrived(context, device);
    return 0;
}

bool usb_host::body::knows(key which) const {
    const std::lock_guard held(mutex_);
    return entries_.contains(which);
}

void usb_host::body::arrived(const std::shared_ptr<usb_context>& through, libusb_device* device) {
    if (is_hub(device) || knows({libusb_get_bus_number(device), libusb_get_device_address(device)})) return;
    entry added{describe(device), through, usb_device_reference(libusb_ref_device(device), &libusb_unref_device),
        std::chrono::steady_clock::now()};
    const usb_device_info info = added.info;
    {
        const std::lock_guard held(mutex_);
        if (!entries_.emplace(key{info.bus, info.address}, std::move(added)).second) return;
        changed_.notify_all();
    }
    note("arrived", info);
    tell(change::arrived, info);
}

void usb_host::body::left(key which) {
    std::optional<entry> gone;
    {
        const std::lock_guard held(mutex_);
        const auto found = entries_.find(which);
        if (found == entries_.end()) return;
        gone = std::move(found->second);
        entries_.erase(found);
        changed_.notify_all();
    }
    for (const auto& weak : gone->links) {
        if (auto link = weak.lock()) link->device_left();
    }
    note("left", gone->info);
    tell(change::left, gone->info);
}

void usb_host::body::note(std::string_view what, const usb_device_info& device) {
    comings_.tell(log_level::info, what, std::string(what) + ": " + printable_text(device.identity()));
}

void usb_host::body::tell(change what, const usb_device_info& info) {
    const std::lock_guard held(mutex_);
    for (const auto& [id, to] : subscribers_) {
        boost::asio::post(to.on, [watch = to.watch, what, info] { (*watch)(what, info); });
    }
}

void usb_host::body::take_list(const std::shared_ptr<usb_context>& context) {
    libusb_device** list = nullptr;
    const auto count = libusb_get_device_list(context->get(), &list);
    for (ssize_t i = 0; i < count; ++i)
        arrived(context, list[i]);
    if (count >= 0) libusb_free_device_list(list, 1);
}

/// On the event thread, now and then: what the kernel has against what we have heard of.
void usb_host::body::look_again(usb_context& context) {
    const visit here(*this);
    if (!here.welcome()) return;
    std::shared_ptr<usb_context> current;
    std::vector<key> lost;
    const auto there = usb_devices_of_system();
    {
        const std::lock_guard held(mutex_);
        if (context_.get() != &context) return; // an older context that only serves open devices
        current = context_;
        for (const auto& [which, known] : entries_) {
            if (std::ranges::find(there, which) == there.end()) lost.push_back(which);
        }
    }
    for (const auto& which : lost)
        left(which);
    const auto unknown = [&] { return std::ranges::any_of(there, [&](key which) { return !knows(which); }); };
    if (unknown()) take_list(current);
    // libusb itself may have missed a device: where no udev runs, a context sees only what was there when it began.
    unheard_ = unknown() ? unheard_ + 1 : 0;
    if (unheard_ < 2) return;
    unheard_ = 0;
    auto fresh = open_context();
    if (!fresh) return log_.warning("usb", "cannot look again: " + fresh.error().to_string());
    {
        const std::lock_guard held(mutex_);
        if (hotplug_on_) libusb_hotplug_deregister_callback(context.get(), hotplug_);
        context_ = *fresh;
    }
    (void)listen(**fresh);
    take_list(*fresh);
}

std::vector<usb_device_info> usb_host::body::devices() const {
    const std::lock_guard held(mutex_);
    std::vector<usb_device_info> all;
    for (const auto& [which, known] : entries_)
        all.push_back(known.info);
    return all;
}

result<usb_host::body::entry> usb_host::body::choose(const usb_filter& filter) const {
    const std::lock_guard held(mutex_);
    const entry* found = nullptr;
    for (const auto& [which, known] : entries_) {
        if (!filter.matches(known.info)) continue;
        if (found != nullptr) return error(drivers_errc::bad_setting, layer::drivers).in_field("device");
        found = &known;
    }
    if (found == nullptr) return error(drivers_errc::no_such_device, layer::drivers);
    return *found;
}

void usb_host::body::watch(const usb_device_info& device, const std::shared_ptr<usb_link>& link) {
    {
        const std::lock_guard held(mutex_);
        const auto found = entries_.find({device.bus, device.address});
        if (found != entries_.end()) {
            auto& links = found->second.links;
            std::erase_if(links, [](const auto& weak) { return weak.expired(); });
            links.push_back(link);
            return;
        }
    }
    link->device_left(); // between the choice and now
}

result<usb_device_info> usb_host::body::wait_for(const usb_filter& filter, const call& bounds) {
    std::unique_lock held(mutex_);
    std::optional<usb_device_info> found;
    changed_.wait_until(held, bounds.stop(), bounds.until().at(), [&] {
        for (const auto& [which, known] : entries_) {
            if (!filter.matches(known.info)) continue;
            found = known.info;
            return true;
        }
        return false;
    });
    if (found) return *found;
    return error(bounds.stopped() ? net_errc::cancelled : net_errc::timed_out, layer::drivers)
        .during("wait for device");
}

std::uint64_t usb_host::body::subscribe(boost::asio::any_io_executor on, observer watch) {
    const std::lock_guard held(mutex_);
    const auto id = ++last_subscriber_;
    subscribers_.emplace(id, subscriber{std::move(on), std::make_shared<observer>(std::move(watch))});
    return id;
}

void usb_host::body::unsubscribe(std::uint64_t id) {
    const std::lock_guard held(mutex_);
    subscribers_.erase(id);
}

} // namespace cipherlane::drivers
