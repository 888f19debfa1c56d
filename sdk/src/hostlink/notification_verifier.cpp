#include <cipherlane/core/base64.hpp>
#include <cipherlane/crypto/rsa.hpp>
#include <cipherlane/crypto/sm2_signature.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/notification_verifier.hpp>

#include <algorithm>
#include <charconv>
#include <deque>
#include <optional>
#include <set>
#include <string>

namespace cipherlane::hostlink {
namespace {

error refused(hostlink_errc why, std::string_view field) {
    return error(why, layer::hostlink).during("notification").in_field(field);
}

} // namespace

struct notification_verifier::state {
    state(const ports::clock& time, std::chrono::seconds allowed)
        : clock(time)
        , window(allowed) {}

    [[nodiscard]] bool signature_right(const signed_notice& notice) const {
        std::string text;
        for (const auto part : {notice.timestamp, notice.nonce, notice.body})
            text.append(part).append("\n");
        const auto decoded = from_base64(notice.signature);
        if (!decoded) return false;
        const auto& signature = *decoded;
        // The key decides what kind of signature counts, not the message.
        if (rsa) return notice.type == "RSA-SHA256" && rsa->verify_sha256(as_bytes(text), signature).has_value();
        crypto::sm2_signature pair{};
        if (notice.type != "SM2" || signature.size() != pair.size()) return false;
        std::copy(signature.begin(), signature.end(), pair.begin());
        return sm2->verify(as_bytes(crypto::sm2_default_id), as_bytes(text), pair).has_value();
    }

    /// Nonces older than the window cannot come again: their time stamp refuses them.
    void forget_old() {
        while (!seen.empty() && seen.front().first + 2 * window < clock.now()) {
            known.erase(seen.front().second);
            seen.pop_front();
        }
    }

    const ports::clock& clock;
    std::chrono::seconds window;
    std::optional<crypto::rsa_public_key> rsa;
    std::optional<crypto::sm2_verification_key> sm2;
    std::deque<std::pair<std::chrono::system_clock::time_point, std::string>> seen;
    std::set<std::string, std::less<>> known;
};

notification_verifier::notification_verifier(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
notification_verifier::notification_verifier(notification_verifier&&) noexcept = default;
notification_verifier::~notification_verifier() = default;

result<notification_verifier> notification_verifier::create(
    std::string_view public_key, const ports::clock& clock, std::chrono::seconds window) {
    auto made = std::make_unique<state>(clock, window);
    if (auto rsa = crypto::rsa_public_key::from_pem(public_key); rsa) {
        made->rsa.emplace(*std::move(rsa));
    } else {
        const auto point = crypto::sm2_public_point::from_pem(public_key);
        auto sm2 = point ? crypto::sm2_verification_key::create(*point)
                         : result<crypto::sm2_verification_key>(point.error());
        if (!sm2) return error(hostlink_errc::bad_key, layer::hostlink).during("notification");
        made->sm2.emplace(*std::move(sm2));
    }
    return notification_verifier(std::move(made));
}

result<void> notification_verifier::check(const signed_notice& notice) {
    auto& own = *state_;
    if (notice.nonce.empty() || notice.nonce.size() > 64 || !own.signature_right(notice)) {
        return refused(hostlink_errc::unsigned_notice, "Cipherlane-Signature");
    }
    std::int64_t seconds = 0;
    const auto* end = notice.timestamp.data() + notice.timestamp.size();
    const auto parsed = std::from_chars(notice.timestamp.data(), end, seconds);
    const bool number = parsed.ec == std::errc() && parsed.ptr == end && seconds > 0 && seconds < 253'402'300'800;
    // In seconds: what is not near now may not fit into the clock's finer unit.
    const auto here = std::chrono::floor<std::chrono::seconds>(own.clock.now().time_since_epoch());
    if (!number || std::chrono::abs(here - std::chrono::seconds(seconds)) > own.window) {
        return refused(hostlink_errc::stale_notice, "Cipherlane-Timestamp");
    }
    own.forget_old();
    if (!own.known.emplace(notice.nonce).second) return refused(hostlink_errc::repeated_notice, "Cipherlane-Nonce");
    own.seen.emplace_back(own.clock.now(), std::string(notice.nonce));
    return {};
}

} // namespace cipherlane::hostlink
