#include "client/unit_health.hpp"

#include "fail.hpp"

#include <cipherlane/net/errc.hpp>

#include <algorithm>

namespace cipherlane::hsm {

unit_health::unit_health(const pool_settings& limits, bool can_ask)
    : backoff_first_(limits.backoff_first)
    , backoff_most_(limits.backoff_most)
    , interval_(limits.health_interval)
    , most_parity_refusals_(limits.parity_refusals)
    , can_ask_(can_ask)
    , asks_first_(can_ask && limits.on_connect == first_check::diagnose)
    , backoff_(limits.backoff_first) {}

bool unit_health::may_connect(time_point now, std::size_t connecting) const noexcept {
    const bool rested = state_ == unit_state::resting && now >= rests_until_;
    if (state_ != unit_state::ready && !rested) return false;
    return connecting == 0 || proven_;
}

bool unit_health::is_out() const noexcept {
    return state_ == unit_state::drained || state_ == unit_state::out_of_service;
}

const error* unit_health::certificate_fault() const noexcept {
    static const auto& category = make_error_code(net_errc::tls_failed).category();
    const auto& code = last_error_.code();
    const bool about_tls = code.category() == category && code.value() >= static_cast<int>(net_errc::tls_failed) &&
                           code.value() <= static_cast<int>(net_errc::certificate_refused);
    return about_tls && !takes_calls() ? &last_error_ : nullptr;
}

unit_health::next unit_health::connected() {
    return asks_first_ && !proven_ ? next::ask : prove();
}

unit_health::next unit_health::prove() noexcept {
    proven_ = true;
    reached_ = true;
    if (state_ == unit_state::resting) state_ = unit_state::ready;
    return next::serve;
}

std::optional<unit_health::milliseconds> unit_health::failed(time_point now, std::uint32_t chance, const error& why) {
    if (is_out()) return std::nullopt;
    last_error_ = why;
    failed_at_ = now;
    if (state_ == unit_state::resting && now < rests_until_) return std::nullopt;
    state_ = unit_state::resting;
    proven_ = false;
    const auto half = std::max<std::int64_t>(1, backoff_.count() / 2);
    const milliseconds rest(half + static_cast<std::int64_t>(chance) % half);
    rests_until_ = now + rest;
    backoff_ = std::min(2 * backoff_, backoff_most_);
    return rest;
}

unit_health::next unit_health::rested(bool has_room) {
    if (!has_room || asked_at_ >= rests_until_) return next::nothing;
    return can_ask_ ? next::ask : prove();
}

unit_health::next unit_health::doubted(bool has_room, bool has_connections) {
    if (!takes_calls() || !asks_first_) return next::nothing;
    check_due_ = !has_room && has_connections;
    if (check_due_) return next::nothing;
    proven_ = false;
    return has_room ? next::ask : next::nothing;
}

void unit_health::asked(time_point now) noexcept {
    check_due_ = false;
    asked_at_ = now;
}

unit_health::next unit_health::shown(const short_bytes& check_value, short_bytes& agreed) {
    if (agreed.empty()) agreed = check_value;
    if (!check_value.empty() && !(check_value == agreed)) {
        take_out(fail(hsm_errc::out_of_service).in_field("lmk_check"));
        return next::take_out;
    }
    return prove();
}

unit_health::next unit_health::looked_after(time_point now, bool has_room, bool has_connections) {
    if (state_ != unit_state::ready || now - asked_at_ < 3 * interval_ / 4) return next::nothing;
    check_due_ = !has_room && has_connections;
    return has_room ? next::ask : next::nothing;
}

void unit_health::answered(time_point now, bool by_health_command) noexcept {
    answered_at_ = now;
    // One that shows itself and then breaks at work has not recovered.
    if (!by_health_command || proven_) backoff_ = backoff_first_;
}

void unit_health::refused(bool for_parity) noexcept {
    if (!for_parity) {
        parity_refusals_ = 0;
    } else if (++parity_refusals_ == most_parity_refusals_) {
        parity_refusals_ = 0;
        check_due_ = true;
    }
}

void unit_health::take_out(const error& why) noexcept {
    state_ = unit_state::out_of_service;
    last_error_ = why;
}

bool unit_health::restore(time_point now) noexcept {
    const bool was_away = state_ != unit_state::ready;
    state_ = unit_state::ready;
    if (!was_away) return false;
    // What was done to it meanwhile is not known.
    proven_ = false;
    backoff_ = backoff_first_;
    rests_until_ = now;
    return true;
}

} // namespace cipherlane::hsm
