#include "simulation/wallet.hpp"

#include <algorithm>

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

std::string wallet::order::named() const {
    for (auto one = payments.rbegin(); one != payments.rend(); ++one) {
        if (refunded_of(one->number) < one->minor) return one->number;
    }
    return payments.empty() ? std::string() : payments.back().number;
}

void wallet::pay(std::string_view number, std::chrono::milliseconds now, taking how) {
    auto* one = find(number, now);
    if (one == nullptr) return;
    const bool waits = one->state == qr_order_state::waiting || one->state == qr_order_state::paying;
    if (!waits && how == taking::once_in_time) return;
    auto name = "T" + std::string(number.substr(std::min<std::size_t>(8, number.size())));
    if (!one->payments.empty()) name += "-" + std::to_string(one->payments.size() + 1);
    one->payments.push_back({std::move(name), one->minor, false});
    one->state = qr_order_state::paid;
}

void wallet::undo(order& of) {
    if (of.state == qr_order_state::paid) {
        for (const auto& one : of.payments) {
            const auto left = one.minor - of.refunded_of(one.number);
            if (left > 0) of.refunds.emplace("undone " + one.number, refund{left, {}, one.number});
        }
        of.state = qr_order_state::refunded;
    } else if (of.state == qr_order_state::waiting || of.state == qr_order_state::paying) {
        of.state = qr_order_state::cancelled;
    }
}

bool wallet::give_back(
    order& of, const std::string& number, std::int64_t minor, const std::string& key, const std::string& payment) {
    if (of.refunds.contains(number)) return true;
    const auto which = payment.empty() ? of.named() : payment;
    const auto found =
        std::find_if(of.payments.begin(), of.payments.end(), [&](const auto& one) { return one.number == which; });
    if (found == of.payments.end() || of.refunded_of(which) + minor > found->minor) return false;
    of.refunds.emplace(number, refund{minor, key, which});
    if (of.refunded() == of.minor * static_cast<std::int64_t>(of.payments.size()))
        of.state = qr_order_state::refunded;
    return true;
}

void wallet::add_to(fingerprint& state) const {
    for (const auto& [number, one] : orders_) {
        state.add(number);
        state.add(static_cast<std::uint64_t>(one.minor));
        state.add(static_cast<std::uint64_t>(one.state) << 1U | static_cast<std::uint64_t>(one.noticed));
        state.add(static_cast<std::uint64_t>(one.expires.count()));
        state.add(one.key);
        state.add(static_cast<std::uint64_t>(one.charged));
        for (const auto& paid : one.payments) {
            state.add(paid.number);
            state.add(static_cast<std::uint64_t>(paid.noticed));
        }
        for (const auto& [refund_number, back] : one.refunds) {
            state.add(refund_number);
            state.add(static_cast<std::uint64_t>(back.minor));
            state.add(back.key);
            state.add(back.payment);
        }
    }
}

} // namespace cipherlane::simulation
