#include "provider.hpp"

#include <cipherlane/crypto/key_components.hpp>
#include <cipherlane/crypto/random.hpp>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t fewest = 2;
constexpr std::size_t most = 9;

void xor_into(byte_span target, byte_view with) noexcept {
    for (std::size_t i = 0; i < target.size(); ++i)
        target[i] ^= with[i];
}

error bad_components() noexcept {
    return crypto_error(crypto_errc::bad_components, "components");
}

} // namespace

result<secret_bytes> combine_components(std::span<const secret_bytes> components) {
    if (components.size() < fewest || components[0].empty()) return bad_components();
    secret_bytes key(components[0].size());
    for (const auto& component : components) {
        if (component.size() != key.size()) return bad_components();
        xor_into(key.expose(), component.expose());
    }
    return key;
}

result<std::vector<secret_bytes>> split_into_components(byte_view key, std::size_t count) {
    if (count < fewest || count > most || key.empty()) return bad_components();
    std::vector<secret_bytes> components;
    secret_bytes last(key);
    for (std::size_t i = 1; i < count; ++i) {
        CIPHERLANE_TRY(auto random, random_secret(key.size()));
        xor_into(last.expose(), random.expose());
        components.push_back(std::move(random));
    }
    components.push_back(std::move(last));
    return components;
}

} // namespace cipherlane::crypto
