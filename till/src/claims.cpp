#include "claims.hpp"

#include <cipherlane/drivers/transport/address.hpp>
#include <cipherlane/till/errc.hpp>

#include <boost/asio/ip/address.hpp>

#include <filesystem>
#include <mutex>
#include <set>

namespace cipherlane::assembly {
namespace {

struct register_of_claims {
    std::mutex mutex;
    std::set<std::string, std::less<>> taken;
};

register_of_claims& all() {
    static register_of_claims one;
    return one;
}

std::string peer_name_of(const net::tcp_settings& peer) {
    boost::system::error_code none;
    const auto number = boost::asio::ip::make_address(peer.host == "localhost" ? "127.0.0.1" : peer.host, none);
    return (none ? peer.host : number.to_string()) + " " + std::to_string(peer.port);
}

std::string usb_name_of(const drivers::usb_filter& device) {
    return std::to_string(device.vendor.value_or(0)) + ":" + std::to_string(device.product.value_or(0)) + ":" +
           device.serial_number + "@" + device.port;
}

} // namespace

std::string file_name_of(const std::string& path) {
    std::error_code ignored;
    const auto whole = std::filesystem::weakly_canonical(path, ignored);
    return whole.empty() ? path : whole.string();
}

std::string device_name_of(const std::string& address) {
    const auto where = drivers::device_address::parse(address);
    if (!where) return address;
    switch (where->kind) {
    case drivers::address_kind::line: return file_name_of(where->path);
    case drivers::address_kind::usb: return "usb " + usb_name_of(where->device);
    case drivers::address_kind::hid: return "hid " + usb_name_of(where->device);
    case drivers::address_kind::tcp:
    case drivers::address_kind::tls: break;
    }
    return "peer " + peer_name_of(where->peer);
}

result<claim> claim::take(std::string what, std::string_view field) {
    auto& known = all();
    const std::scoped_lock lock(known.mutex);
    if (!known.taken.insert(what).second)
        return error(till_errc::in_use, layer::till).during("open").at_endpoint(what).in_field(field);
    claim made;
    made.what_ = std::move(what);
    return made;
}

claim::~claim() {
    if (what_.empty()) return;
    auto& known = all();
    const std::scoped_lock lock(known.mutex);
    known.taken.erase(what_);
}

} // namespace cipherlane::assembly
