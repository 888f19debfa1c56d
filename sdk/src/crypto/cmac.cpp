#include "key_access.hpp"
#include "mac_check.hpp"

#include <cipherlane/crypto/cmac.hpp>

namespace cipherlane::crypto {

struct cmac_stream::state {
    mac_context context;
    bool started = false;
};

result<mac_value> cmac(mac_key& key, byte_view data) {
    CIPHERLANE_TRY(auto* context, key_access::cmac(key));
    return one_mac(context, data, "CMAC");
}

result<void> verify_cmac(mac_key& key, byte_view data, byte_view mac, std::size_t length) {
    CIPHERLANE_TRY(const mac_value computed, cmac(key, data));
    return check_mac(computed, mac, length, "CMAC");
}

cmac_stream::cmac_stream(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
cmac_stream::cmac_stream(cmac_stream&&) noexcept = default;
cmac_stream& cmac_stream::operator=(cmac_stream&&) noexcept = default;
cmac_stream::~cmac_stream() = default;

result<cmac_stream> cmac_stream::create(mac_key& key) {
    CIPHERLANE_TRY(auto* keyed, key_access::cmac(key));
    mac_context own(EVP_MAC_CTX_dup(keyed));
    if (!own) return crypto_error(crypto_errc::library_failed, "CMAC");
    return cmac_stream(std::make_unique<state>(state{std::move(own)}));
}

result<void> cmac_stream::update(byte_view data) {
    auto* context = state_->context.get();
    if (!state_->started && EVP_MAC_init(context, nullptr, 0, nullptr) != 1) {
        return crypto_error(crypto_errc::library_failed, "CMAC");
    }
    state_->started = true;
    if (EVP_MAC_update(context, data.data(), data.size()) != 1) {
        return crypto_error(crypto_errc::library_failed, "CMAC");
    }
    return {};
}

result<mac_value> cmac_stream::finish() {
    CIPHERLANE_CHECK(update({}));
    state_->started = false;
    return final_mac(state_->context.get(), "CMAC");
}

} // namespace cipherlane::crypto
