#include "../refusals.hpp"

#include <cipherlane/core/pan.hpp>
#include <cipherlane/crypto/hmac.hpp>
#include <cipherlane/crypto/random.hpp>
#include <cipherlane/drivers/scanner/payment_code_gate.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::drivers {
namespace {

/// EAN and UPC: goods.
bool is_goods(std::string_view symbology, std::string_view text) noexcept {
    if (symbology.starts_with("]E")) return true;
    const auto size = text.size();
    return (size == 8 || size == 12 || size == 13) && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Blanks come from scanners that group digits.
wiped_text without_blanks(std::string_view text) {
    secret_bytes kept(text.size());
    std::size_t size = 0;
    for (const char one : text) {
        if (one != ' ' && one != '\t') kept.expose()[size++] = static_cast<std::uint8_t>(one);
    }
    return wiped_text(as_text(std::as_const(kept).expose().first(size)));
}

} // namespace

payment_code_gate::payment_code_gate(limits how, std::span<const qr::code_rule> rules, secret_bytes key)
    : limits_(how)
    , rules_(rules)
    , key_(std::move(key)) {}

payment_code_gate::payment_code_gate(payment_code_gate&& other) noexcept
    : limits_(other.limits_)
    , rules_(other.rules_)
    , key_(std::move(other.key_))
    , seen_(std::move(other.seen_)) {}

payment_code_gate::~payment_code_gate() = default;

result<payment_code_gate> payment_code_gate::create(limits how, std::span<const qr::code_rule> rules) {
    constexpr std::size_t key_size = 32;
    CIPHERLANE_TRY(auto key, crypto::random_secret(key_size));
    return payment_code_gate(how, rules, std::move(key));
}

result<payment_code> payment_code_gate::pass(ports::scanned_code&& scanned) {
    return pass(std::move(scanned), monotonic_clock::now());
}

result<payment_code> payment_code_gate::pass(ports::scanned_code&& scanned, monotonic_clock::time_point now) {
    auto text = without_blanks(scanned.text.expose());
    const auto kinds = qr::kinds_of(text.expose(), rules_);
    const auto found = std::find_if(kinds.begin(), kinds.end(), qr::shown_by_payer);
    if (found == kinds.end() || is_goods(scanned.symbology, text.expose())) {
        const std::string_view what = is_goods(scanned.symbology, text.expose()) ? "goods"
                                      : kinds.empty()                            ? "nothing that is known"
                                                                                 : qr::to_string(kinds.front());
        return refused(drivers_errc::not_a_payment_code)
            .during("scan")
            .with_hint("found: " + std::string(what) + "; expected a payment code of the payer's");
    }
    if (now - scanned.when > limits_.fresh) return refused(drivers_errc::code_too_old).during("scan");
    CIPHERLANE_TRY(auto key, crypto::hmac_key::create(crypto::digest_algorithm::sha256, key_.expose()));
    CIPHERLANE_TRY(const auto made, crypto::hmac(key, as_bytes(text.expose())));
    digest mine{};
    std::copy_n(made.view().begin(), std::min(mine.size(), made.view().size()), mine.begin());
    const std::lock_guard held(mutex_);
    while (!seen_.empty() && seen_.front().until <= now)
        seen_.pop_front();
    if (std::any_of(seen_.begin(), seen_.end(), [&](const seen& one) { return one.what == mine; }))
        return refused(drivers_errc::code_used).during("scan");
    seen_.push_back({mine, now + limits_.remembered});
    payment_code code;
    code.kind = *found;
    code.masked = mask_pan(text.expose());
    code.text = std::move(text);
    return code;
}

} // namespace cipherlane::drivers
