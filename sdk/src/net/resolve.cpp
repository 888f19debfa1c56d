#include "resolve.hpp"

#include <cipherlane/net/errc.hpp>

#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <optional>
#include <thread>

namespace cipherlane::net {
namespace {

std::vector<socket_address> look_up(const std::string& host, std::uint16_t port, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags | AI_NUMERICSERV;
    addrinfo* list = nullptr;
    if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list) != 0) return {};
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(list, &::freeaddrinfo);
    std::vector<socket_address> found;
    for (const addrinfo* at = list; at != nullptr; at = at->ai_next) {
        socket_address address;
        std::memcpy(&address.storage, at->ai_addr, at->ai_addrlen);
        address.size = at->ai_addrlen;
        found.push_back(address);
    }
    return found;
}

struct waiting_lookup {
    std::mutex mutex;
    std::condition_variable_any arrived;
    std::optional<resolved> outcome;
};

} // namespace

std::vector<socket_address> numeric_address(const std::string& host, std::uint16_t port) {
    return look_up(host, port, AI_NUMERICHOST);
}

void resolve_elsewhere(std::string host, std::uint16_t port, std::function<void(resolved)> done) {
    std::thread([host = std::move(host), port, done = std::move(done)] {
        auto found = look_up(host, port, AI_ADDRCONFIG);
        if (found.empty()) return done(error(net_errc::unreachable, layer::net).during("resolve"));
        done(std::move(found));
    }).detach();
}

resolved resolve(const std::string& host, std::uint16_t port, const call& bounds) {
    if (auto literal = numeric_address(host, port); !literal.empty()) return literal;
    auto shared = std::make_shared<waiting_lookup>();
    resolve_elsewhere(host, port, [shared](resolved outcome) {
        const std::lock_guard lock(shared->mutex);
        shared->outcome.emplace(std::move(outcome));
        shared->arrived.notify_one();
    });
    std::unique_lock lock(shared->mutex);
    shared->arrived.wait_until(lock, bounds.stop(), bounds.until().at(), [&] { return shared->outcome.has_value(); });
    if (shared->outcome) return std::move(*shared->outcome);
    return error(bounds.stopped() ? net_errc::cancelled : net_errc::timed_out, layer::net).during("resolve");
}

} // namespace cipherlane::net
