#include "cipherlane/service/operator_sessions.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/crypto/random.hpp>
#include <cipherlane/till/errc.hpp>

#include <algorithm>

namespace cipherlane::service {
namespace {

constexpr std::size_t random_bytes = 32;

error nobody() {
    return error(till_errc::nobody_on_duty, layer::tools)
        .during("session")
        .in_field("session")
        .with_hint("expected Operator-Session as sign-on at this terminal gave it; it may be over");
}

} // namespace

result<operator_sessions::digest> operator_sessions::digest_of(std::string_view shown) {
    CIPHERLANE_TRY(const auto made, crypto::digest(crypto::digest_algorithm::sha256, as_bytes(shown)));
    digest kept{};
    std::copy_n(made.view().begin(), kept.size(), kept.begin());
    return kept;
}

bool operator_sessions::is_over(const session& one, clock::time_point now) {
    return now - one.used >= one.idle || now - one.begun >= longest;
}

void operator_sessions::make_room(clock::time_point now) {
    std::erase_if(open_, [now](const auto& one) { return is_over(one.second, now); });
    if (open_.size() < most) return;
    open_.erase(std::min_element(open_.begin(), open_.end(),
        [](const auto& left, const auto& right) { return left.second.used < right.second.used; }));
}

result<wiped_text> operator_sessions::begin(place where, std::chrono::seconds idle, clock::time_point now) {
    CIPHERLANE_TRY(const auto random, crypto::random_secret(random_bytes));
    secret_bytes digits(2 * random_bytes);
    to_hex(random.expose(), {reinterpret_cast<char*>(digits.expose().data()), digits.size()});
    CIPHERLANE_TRY(const auto kept, digest_of(as_text(digits.expose())));
    make_room(now);
    open_.insert_or_assign(kept, session{std::move(where), idle, now, now});
    return wiped_text(as_text(digits.expose()));
}

result<std::string> operator_sessions::find(
    const std::string& terminal, std::string_view shown, clock::time_point now) {
    CIPHERLANE_TRY(const auto named, digest_of(shown));
    const auto found = open_.find(named);
    if (found == open_.end() || found->second.where.terminal != terminal) return nobody();
    if (is_over(found->second, now)) {
        open_.erase(found);
        return nobody();
    }
    found->second.used = now;
    return found->second.where.operator_id;
}

std::optional<operator_sessions::place> operator_sessions::end(
    const std::string& terminal, std::string_view shown, clock::time_point now) {
    const auto named = digest_of(shown);
    const auto found = named ? open_.find(*named) : open_.end();
    if (found == open_.end() || found->second.where.terminal != terminal) return std::nullopt;
    const auto where = found->second.where;
    open_.erase(found);
    const bool another = std::any_of(open_.begin(), open_.end(),
        [&](const auto& one) { return one.second.where == where && !is_over(one.second, now); });
    return another ? std::nullopt : std::optional(where);
}

void operator_sessions::end_all(const place& where) {
    std::erase_if(open_, [&](const auto& one) { return one.second.where == where; });
}

} // namespace cipherlane::service
