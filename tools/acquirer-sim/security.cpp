#include "acquirer-sim/security.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/pan.hpp>
#include <cipherlane/crypto/kcv.hpp>
#include <cipherlane/hsm/client.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/key_requests.hpp>
#include <cipherlane/hsm/pin_requests.hpp>
#include <cipherlane/hsm/pos_mac.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

namespace cipherlane::sim {
namespace {

constexpr std::size_t check_value_bytes = 4; // field 62

/// The bytes of a key that left in plain ECB: without the scheme tag, where the dialect writes one.
result<bytes> plain_key(const hsm::key& exported) {
    std::string_view digits = exported.text();
    if (digits.size() % 2 != 0) digits.remove_prefix(1);
    return from_hex(digits);
}

} // namespace

struct security::impl {
    impl(hsm::client_settings with, const std::string& zpk)
        : settings(std::move(with))
        , zone_key(zpk) {}

    /// A connection for one call, given back behind it.
    class lease {
      public:
        explicit lease(impl& from)
            : from_(from)
            , unit_(from.take()) {}
        lease(const lease&) = delete;
        lease& operator=(const lease&) = delete;
        ~lease() {
            const std::scoped_lock lock(from_.guard);
            from_.idle.push_back(std::move(unit_));
        }
        [[nodiscard]] hsm::client& operator*() const noexcept { return *unit_; }
        [[nodiscard]] hsm::client* operator->() const noexcept { return unit_.get(); }

      private:
        impl& from_;
        std::unique_ptr<hsm::client> unit_;
    };
    [[nodiscard]] bool is_sm4(const hsm::key& one) const { return hsm::is_sm4_key(*settings.dialect, one); }
    [[nodiscard]] crypto::unionpay_mac_form mac_form(const hsm::key& tak) const {
        return is_sm4(tak) ? crypto::unionpay_mac_form::raw8 : crypto::unionpay_mac_form::ascii8;
    }
    [[nodiscard]] std::unique_ptr<hsm::client> take() {
        const std::scoped_lock lock(guard);
        if (idle.empty()) return std::make_unique<hsm::client>(settings);
        auto taken = std::move(idle.back());
        idle.pop_back();
        return taken;
    }

    /// A new key for the terminal: its form under the LMK, and its part of field 62.
    result<std::pair<std::string, iso8583::sign_in_key>> make_key(
        hsm::key_type type, const hsm::key& tmk, const call& bounds) {
        const lease unit(*this);
        ++round_trips;
        using scheme = hsm::key_scheme_name;
        const bool sm4 = is_sm4(tmk);
        const hsm::generate_and_export_key_request wish(type, hsm::key_type::tmk, tmk,
            sm4 ? scheme::sm4 : scheme::double_, sm4 ? scheme::sm4 : scheme::double_ecb);
        CIPHERLANE_TRY(auto made, unit->generate_and_export_key(wish, bounds));
        if (made.check_value.size() < check_value_bytes) {
            ++round_trips;
            CIPHERLANE_TRY(auto checked, unit->check_value(hsm::check_value_request(type, made.under_lmk), bounds));
            made.check_value = checked.check_value;
        }
        iso8583::sign_in_key part;
        CIPHERLANE_TRY(part.cryptogram, plain_key(made.exported));
        const auto value = made.check_value.view();
        part.check_value.assign(
            value.begin(), value.begin() + std::min<std::ptrdiff_t>(check_value_bytes, std::ssize(value)));
        return std::pair(made.under_lmk.text(), std::move(part));
    }

    const hsm::client_settings settings;
    const hsm::key zone_key;
    std::atomic<std::uint64_t> round_trips{0};
    std::mutex guard;
    std::vector<std::unique_ptr<hsm::client>> idle;
};

security::security(std::unique_ptr<impl> body)
    : impl_(std::move(body)) {}
security::~security() = default;

result<std::unique_ptr<security>> security::create(
    const std::string& endpoint, const std::string& profile, const std::string& zpk) {
    hsm::client_settings settings;
    CIPHERLANE_TRY(settings.at, net::parse_endpoint(endpoint));
    CIPHERLANE_TRY(settings.dialect, hsm::profile::find(profile));
    return std::unique_ptr<security>(new security(std::make_unique<impl>(std::move(settings), zpk)));
}

bool security::is_sm4(const std::string& one) const {
    return impl_->is_sm4(hsm::key(one));
}

result<working_keys> security::sign_in(const std::string& tmk, const call& bounds) {
    const hsm::key master(tmk);
    CIPHERLANE_TRY(auto tpk, impl_->make_key(hsm::key_type::tpk, master, bounds));
    CIPHERLANE_TRY(auto tak, impl_->make_key(hsm::key_type::tak, master, bounds));
    working_keys keys;
    keys.tpk = std::move(tpk.first);
    keys.tak = std::move(tak.first);
    keys.for_terminal.tpk = std::move(tpk.second);
    keys.for_terminal.tak = std::move(tak.second);
    return keys;
}

result<new_master_key> security::new_master(const std::string& tmk, const call& bounds) {
    CIPHERLANE_TRY(auto made, impl_->make_key(hsm::key_type::tmk, hsm::key(tmk), bounds));
    return new_master_key{std::move(made.first), std::move(made.second)};
}

result<bool> security::verify_mac(const std::string& tak, byte_view mab, byte_view field64, const call& bounds) {
    hsm::pos_mac received{};
    if (field64.size() != received.size()) return false;
    std::copy(field64.begin(), field64.end(), received.begin());
    ++impl_->round_trips;
    const hsm::key key(tak);
    return hsm::verify_pos_mac(*impl::lease(*impl_), key, mab, received, bounds, impl_->mac_form(key));
}

result<std::array<std::uint8_t, 8>> security::make_mac(const std::string& tak, byte_view mab, const call& bounds) {
    ++impl_->round_trips;
    const hsm::key key(tak);
    return hsm::make_pos_mac(*impl::lease(*impl_), key, mab, bounds, impl_->mac_form(key));
}

result<std::array<std::uint8_t, 8>> security::translate_pin(
    const std::string& tpk, byte_view block, std::string_view account, const call& bounds) {
    CIPHERLANE_TRY(const auto holder, pan::parse(account));
    ++impl_->round_trips;
    CIPHERLANE_TRY(const auto moved,
        impl::lease(*impl_)->translate_pin(
            hsm::translate_pin_request(hsm::key(tpk), impl_->zone_key, block, hsm::account(holder)), bounds));
    std::array<std::uint8_t, 8> out{};
    const auto view = moved.pin_block.view();
    std::copy_n(view.begin(), std::min(view.size(), out.size()), out.begin());
    return out;
}

result<void> security::check_zone_key(byte_view clear, const call& bounds) {
    hsm::check_value_request asked(hsm::key_type::zpk, impl_->zone_key);
    CIPHERLANE_TRY(const auto expected,
        crypto::key_check_value(crypto::algorithm::tdes, clear, crypto::kcv_method::legacy, check_value_bytes));
    asked.expect(expected);
    const auto checked = impl::lease(*impl_)->check_value(asked, bounds);
    if (checked) return {};
    if (checked.error().code() != hsm::make_error_code(hsm::hsm_errc::verification)) return checked.error();
    return error(checked.error()).with_peer_text("--zpk-clear is not the key of --zpk");
}

/// A machine that only compares check values, and has nothing to compare with, is not asked.
result<void> security::check_terminal_key(const std::string& tmk, const call& bounds) {
    const auto checked =
        impl::lease(*impl_)->check_value(hsm::check_value_request(hsm::key_type::tmk, hsm::key(tmk)), bounds);
    if (checked || checked.error().is(condition::misuse)) return {};
    return checked.error();
}

std::string words_of(const error& why) {
    std::string words = why.to_string();
    if (!why.untrusted_peer_text().empty()) words.append(": ").append(why.untrusted_peer_text());
    return words;
}

std::uint64_t security::round_trips() const noexcept {
    return impl_->round_trips;
}

} // namespace cipherlane::sim
