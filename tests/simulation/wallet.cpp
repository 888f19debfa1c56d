#include "simulation/wallet.hpp"

namespace cipherlane::simulation {

using ports::qr_order_state;

wallet::order& wallet::create(
    const std::string& number, std::int64_t minor, std::chrono::milliseconds expires, const std::string& key) {
    const auto [at, fresh] = orders_.try_emplace(number);
    if (fresh) {
        at->second.minor = minor;
        at->second.expires = expires;
        at->second.key = key;
    }
    return at->second;
}

wallet::order* wallet::find(std::string_view number, std::chrono::milliseconds now) {
    const auto found = orders_.find(number);
    if (found == orders_.end()) return nullptr;
    auto& one = found->second;
    if (one.state == qr_order_state::waiting && now >= one.expires) one.state = qr_order_state::expired;
    return &one;
}

void wallet::pay(std::string_view number, std::chrono::milliseconds now) {
    auto* one = find(number, now);
    if (one != nullptr && one->state == qr_order_state::waiting) one->state = qr_order_state::paid;
}

bool wallet::give_back(order& of, const std::string& number, std::int64_t minor, const std::string& key) {
    if (of.refunds.contains(number)) return true;
    if (of.refunded() + minor > of.minor) return false;
    of.refunds.emplace(number, refund{minor, key});
    if (of.refunded() == of.minor) of.state = qr_order_state::refunded;
    return true;
}

void wallet::add_to(fingerprint& state) const {
    for (const auto& [number, one] : orders_) {
        state.add(number);
        state.add(static_cast<std::uint64_t>(one.minor));
        state.add(static_cast<std::uint64_t>(one.state) << 1U | static_cast<std::uint64_t>(one.noticed));
        state.add(static_cast<std::uint64_t>(one.expires.count()));
        state.add(one.key);
        for (const auto& [refund_number, back] : one.refunds) {
            state.add(refund_number);
            state.add(static_cast<std::uint64_t>(back.minor));
            state.add(back.key);
        }
    }
}

} // namespace cipherlane::simulation
