// scrypt (RFC 7914) as OpenSSL has it, and the text in which a hash is kept.
#include "provider.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/password_hash.hpp>
#include <cipherlane/crypto/random.hpp>

#include <openssl/evp.h>

#include <array>
#include <charconv>
#include <optional>
#include <vector>

namespace cipherlane::crypto {
namespace {

constexpr std::string_view scheme = "scrypt";
constexpr std::size_t salt_size = 16;
constexpr std::size_t hash_size = 32;
constexpr std::uint64_t most_memory = 1'073'741'824; // what a file may make a till spend

struct kept_hash {
    scrypt_cost cost;
    bytes salt;
    bytes hash;
};

std::vector<std::string_view> parts_of(std::string_view text) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = std::min(text.find(':'), text.size());
        parts.push_back(text.substr(0, end));
        if (end == text.size()) return parts;
        text.remove_prefix(end + 1);
    }
}

std::optional<std::uint8_t> small_number(std::string_view digits, unsigned most) {
    unsigned value = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (fault != std::errc{} || end != digits.data() + digits.size() || value == 0 || value > most)
        return std::nullopt;
    return static_cast<std::uint8_t>(value);
}

std::uint64_t memory_of(const scrypt_cost& cost) {
    const auto blocks = (std::uint64_t{1} << cost.log2_n) + 2 + cost.p;
    return 128 * blocks * cost.r;
}

std::optional<kept_hash> read(std::string_view kept) {
    const auto parts = parts_of(kept);
    if (parts.size() != 6 || parts[0] != scheme) return std::nullopt;
    const auto n = small_number(parts[1], 20);
    const auto r = small_number(parts[2], 64);
    const auto p = small_number(parts[3], 16);
    auto salt = from_hex(parts[4]);
    auto hash = from_hex(parts[5]);
    if (!n || !r || !p || !salt || !hash || salt->empty() || hash->size() != hash_size) return std::nullopt;
    kept_hash made{{*n, *r, *p}, *std::move(salt), *std::move(hash)};
    if (memory_of(made.cost) > most_memory) return std::nullopt;
    return made;
}

} // namespace

result<void> scrypt(byte_view secret, byte_view salt, scrypt_cost cost, byte_span out) {
    const auto memory = memory_of(cost) + 65'536; // OpenSSL counts a little more than the algorithm needs
    const bool done =
        EVP_PBE_scrypt(reinterpret_cast<const char*>(secret.data()), secret.size(), salt.data(), salt.size(),
            std::uint64_t{1} << cost.log2_n, cost.r, cost.p, memory, out.data(), out.size()) == 1;
    if (!done) return crypto_error(crypto_errc::library_failed, "scrypt");
    return {};
}

result<std::string> hash_password(byte_view secret, scrypt_cost cost) {
    std::array<std::uint8_t, salt_size> salt{};
    CIPHERLANE_CHECK(random_fill(salt));
    std::array<std::uint8_t, hash_size> hash{};
    CIPHERLANE_CHECK(scrypt(secret, salt, cost, hash));
    std::string text(scheme);
    for (const auto number : {cost.log2_n, cost.r, cost.p})
        text += ":" + std::to_string(number);
    return text + ":" + to_hex(salt) + ":" + to_hex(hash);
}

result<bool> check_password(byte_view secret, std::string_view kept) {
    const auto known = read(kept);
    if (!known) return crypto_error(crypto_errc::bad_key_encoding, "scrypt");
    std::array<std::uint8_t, hash_size> hash{};
    CIPHERLANE_CHECK(scrypt(secret, known->salt, known->cost, hash));
    const bool same = equal_in_constant_time(hash, known->hash);
    wipe(hash);
    return same;
}

} // namespace cipherlane::crypto
