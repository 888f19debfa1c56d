#include "key_access.hpp"
#include "mac_check.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/key_block.hpp>
#include <cipherlane/crypto/key_block_check.hpp>
#include <cipherlane/crypto/key_block_keys.hpp>
#include <cipherlane/crypto/random.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t longest_block = 9999; // characters: four digits of length
constexpr std::size_t length_field = 2;     // bytes in front of the key: its length in bits

error bad_block(std::string_view field, std::size_t offset) noexcept {
    return crypto_error(crypto_errc::bad_key_block, "key block").in_field(field).at_offset(offset);
}

bool binds_clear_key(key_block_version version) noexcept {
    return version == key_block_version::b || version == key_block_version::d;
}

bool version_takes(key_block_version version, algorithm cipher) noexcept {
    if (version == key_block_version::e || is_thales_block(version)) return false;
    if (version == key_block_version::d) return cipher == algorithm::aes;
    return cipher == algorithm::tdes || (cipher == algorithm::des && !binds_clear_key(version));
}

std::size_t round_up(std::size_t size, std::size_t unit) noexcept {
    return (size + unit - 1) / unit * unit;
}

/// Bytes that a key of this algorithm fills when its length is hidden.
std::size_t hidden_size(char letter) noexcept {
    if (letter == 'D' || letter == 'T') return 24;
    return letter == 'A' ? 32 : 0;
}

std::optional<algorithm> cipher_of(char letter, std::size_t key_size) noexcept {
    if (letter == 'A') return algorithm::aes;
    if (letter != 'D' && letter != 'T') return std::nullopt;
    return key_size == 8 ? algorithm::des : algorithm::tdes;
}

/// Strength in bits, as PCI PIN annex C has it: what protects a key may not be weaker.
std::size_t strength_of(algorithm cipher, std::size_t key_size) noexcept {
    switch (cipher) {
    case algorithm::des: return 56;
    case algorithm::tdes: return key_size == 16 ? 80 : 112;
    case algorithm::aes:
    case algorithm::sm4: return 8 * key_size;
    }
    return 0;
}

result<void> check_strength(
    const key_block_protector& by, algorithm cipher, std::size_t key_size, const key_policy& policy) {
    const bool weaker = strength_of(by.protection_cipher(), by.protection_size()) < strength_of(cipher, key_size);
    if (weaker && policy.weaker_wrapping == key_policy::rule::refused) {
        return crypto_error(crypto_errc::refused_by_policy, "key block");
    }
    return {};
}

/// Where the parts of a key block are, in characters.
struct layout {
    std::size_t header = 0;
    std::size_t cryptogram = 0;
    std::size_t mac = 0;
};

result<layout> lay_out(const key_block_header& header, std::string_view block) noexcept {
    const std::size_t unit = key_block_unit(header.version());
    if (header.block_length() != block.size()) return bad_block("length", 1);
    if (block.size() % unit != 0) return bad_block("length", 1);
    layout found{header.text().size(), 0, 2 * key_block_mac_size(header.version())};
    const std::size_t payload = block.size() - found.header;
    if (payload < found.mac + 2 * unit) return bad_block("cryptogram", found.header);
    found.cryptogram = payload - found.mac;
    if (found.cryptogram % (2 * unit) != 0) return bad_block("cryptogram", found.header);
    return found;
}

/// Hex digits of a key block; `offset` is where they begin in it.
result<void> read_hex(std::string_view digits, std::size_t offset, std::string_view field, byte_span out) {
    auto read = from_hex(digits, out);
    if (!read) return bad_block(field, offset + read.error().offset().value_or(0));
    return {};
}

/// Wipes what a call left in the working memory, whichever way it ends.
class wiped_after {
  public:
    explicit wiped_after(byte_span data) noexcept
        : data_(data) {}
    wiped_after(const wiped_after&) = delete;
    wiped_after& operator=(const wiped_after&) = delete;
    ~wiped_after() { wipe(data_); }

  private:
    byte_span data_;
};

} // namespace

struct key_block_protector::state {
    state(key_block_version which, algorithm kind, secret_bytes&& kbpk, block_cipher&& enciphering)
        : version(which)
        , cipher(kind)
        , protection(std::move(kbpk))
        , encryption(std::move(enciphering))
        , memory(longest_block) {}

    key_block_version version;
    algorithm cipher;
    secret_bytes protection;
    block_cipher encryption;
    std::optional<block_cipher> chained_mac; // A and C: CBC-MAC over header and cryptogram
    mac_context cmac;                        // B and D: over header and clear key
    secret_bytes memory;                     // header and clear key, one behind the other

    /// The MAC over header and key, which stand one behind the other: the cryptogram with A and C, else in clear.
    result<mac_value> mac_of(byte_view header_and_key) {
        if (binds_clear_key(version)) return one_mac(cmac.get(), header_and_key, "key block");
        std::array<std::uint8_t, 8> chain{};
        CIPHERLANE_CHECK(chained_mac->cbc_checksum(chain, header_and_key));
        return mac_value(byte_view(chain).first(key_block_mac_size(version)));
    }

    /// The initial value: the MAC with B and D, else the first characters of the header.
    byte_view initial_value(byte_view header, byte_view mac) const noexcept {
        return (binds_clear_key(version) ? mac : header).first(key_block_unit(version));
    }

    result<byte_view> open(byte_span header, byte_span key, byte_view mac);
    result<std::string> seal(const key_block_header_builder& header, byte_view key, byte_view fill);
};

key_block_protector::key_block_protector(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
key_block_protector::key_block_protector(key_block_protector&&) noexcept = default;
key_block_protector& key_block_protector::operator=(key_block_protector&&) noexcept = default;
key_block_protector::~key_block_protector() = default;

result<key_block_protector> key_block_protector::create(
    const key_block_protection_key& protection, key_block_version version) {
    const algorithm cipher = protection.cipher();
    if (!version_takes(version, cipher)) return crypto_error(crypto_errc::unsupported_algorithm, "key block");
    const byte_view material = key_access::material(protection);
    CIPHERLANE_TRY(const auto keys, derive_key_block_keys(version, cipher, material));
    CIPHERLANE_TRY(auto enciphering, block_cipher::create(cipher, keys.encryption.expose()));
    auto made = std::make_unique<state>(version, cipher, secret_bytes(material), std::move(enciphering));
    if (binds_clear_key(version)) {
        made->cmac = keyed_cmac(cipher, keys.authentication.expose());
        if (!made->cmac) return crypto_error(crypto_errc::unsupported_algorithm, "key block");
    } else {
        CIPHERLANE_TRY(made->chained_mac, block_cipher::create(cipher, keys.authentication.expose()));
    }
    return key_block_protector(std::move(made));
}

result<key_block_protector> key_block_protector::clone() const {
    CIPHERLANE_TRY(const auto again,
        key_block_protection_key::create(state_->cipher, state_->protection.expose(), legacy_policy));
    return create(again, state_->version);
}

key_block_version key_block_protector::version() const noexcept {
    return state_->version;
}
algorithm key_block_protector::protection_cipher() const noexcept {
    return state_->cipher;
}
std::size_t key_block_protector::protection_size() const noexcept {
    return state_->protection.size();
}

/// Turns the cryptogram in `key` into the clear key with its length and fill, and checks the MAC over whichever of
/// the two it is made.
result<byte_view> key_block_protector::state::open(byte_span header, byte_span key, byte_view mac) {
    const byte_view all(header.data(), header.size() + key.size());
    const auto iv = initial_value(header, mac);
    if (binds_clear_key(version)) CIPHERLANE_CHECK(encryption.decrypt_cbc(iv, key, key));
    CIPHERLANE_TRY(const auto computed, mac_of(all));
    if (!computed.matches(mac, key_block_mac_size(version)))
        return crypto_error(crypto_errc::verification_failed, "key block");
    if (!binds_clear_key(version)) CIPHERLANE_CHECK(encryption.decrypt_cbc(iv, key, key));
    const std::size_t bits = load_be16(key.data());
    if (bits == 0 || bits % 8 != 0 || bits / 8 > key.size() - length_field) {
        return bad_block("key length", header.size());
    }
    return key.subspan(length_field, bits / 8);
}

result<opened_key_block> key_block_protector::unwrap(std::string_view block, byte_span key) {
    CIPHERLANE_TRY(const auto header, key_block_header::parse(block));
    if (header.version() != state_->version) return bad_block("version", 0);
    CIPHERLANE_TRY(const auto at, lay_out(header, block));
    const auto space = byte_span(state_->memory.expose());
    const auto head = space.first(at.header);
    const auto inner = space.subspan(at.header, at.cryptogram / 2);
    const wiped_after cleared(inner);
    std::copy_n(block.begin(), at.header, head.begin());
    CIPHERLANE_CHECK(read_hex(block.substr(at.header, at.cryptogram), at.header, "cryptogram", inner));
    std::array<std::uint8_t, 16> mac;
    const auto received = byte_span(mac).first(at.mac / 2);
    const std::size_t mac_at = at.header + at.cryptogram;
    CIPHERLANE_CHECK(read_hex(block.substr(mac_at), mac_at, "MAC", received));
    CIPHERLANE_TRY(const auto clear, state_->open(head, inner, received));
    if (key.size() < clear.size()) return crypto_error(crypto_errc::buffer_too_small, "key block");
    std::copy(clear.begin(), clear.end(), key.begin());
    return opened_key_block{header, clear.size()};
}

result<std::string> key_block_protector::state::seal(
    const key_block_header_builder& header, byte_view key, byte_view fill) {
    const std::size_t size = length_field + key.size() + fill.size();
    const std::size_t mac_size = key_block_mac_size(version);
    CIPHERLANE_TRY(std::string block, header.build(version, 2 * (size + mac_size)));
    const auto space = byte_span(memory.expose());
    const auto head = space.first(block.size());
    const auto inner = space.subspan(block.size(), size);
    const wiped_after cleared(inner);
    std::copy(block.begin(), block.end(), head.begin());
    store_be16(inner.data(), static_cast<std::uint16_t>(8 * key.size()));
    std::copy(key.begin(), key.end(), inner.begin() + length_field);
    std::copy(fill.begin(), fill.end(), inner.end() - static_cast<std::ptrdiff_t>(fill.size()));
    const byte_view all(head.data(), head.size() + inner.size());
    mac_value mac;
    if (binds_clear_key(version)) {
        CIPHERLANE_TRY(mac, mac_of(all));
        CIPHERLANE_CHECK(encryption.encrypt_cbc(initial_value(head, mac.view()), inner, inner));
    } else {
        CIPHERLANE_CHECK(encryption.encrypt_cbc(initial_value(head, {}), inner, inner));
        CIPHERLANE_TRY(mac, mac_of(all));
    }
    return block.append(to_hex(inner)).append(to_hex(mac.view()));
}

result<std::string> key_block_protector::wrap_with_fill(
    const key_block_header_builder& header, byte_view key, byte_view fill) {
    const auto cipher = cipher_of(header.algorithm(), key.size());
    const bool fits = cipher ? key_size_fits(*cipher, key.size()) : !key.empty();
    if (!fits || key.size() > longest_block / 2) return crypto_error(crypto_errc::bad_key_length, "key block");
    const std::size_t size = length_field + key.size() + fill.size();
    if (size % key_block_unit(version()) != 0 || fill.size() > longest_block / 2) {
        return crypto_error(crypto_errc::bad_fill, "key block");
    }
    return state_->seal(header, key, fill);
}

result<std::string> key_block_protector::wrap(
    const key_block_header_builder& header, byte_view key, key_length_hiding hiding) {
    if (key.size() > longest_block / 2) return crypto_error(crypto_errc::bad_key_length, "key block");
    const std::size_t hidden = hiding == key_length_hiding::padded ? hidden_size(header.algorithm()) : 0;
    const std::size_t used = length_field + key.size();
    const std::size_t size =
        round_up(std::max(used, hidden == 0 ? used : length_field + hidden), key_block_unit(version()));
    CIPHERLANE_TRY(const secret_bytes fill, random_secret(size - used));
    return wrap_with_fill(header, key, fill.expose());
}

result<void> check_key_block_shape(std::string_view block) {
    CIPHERLANE_TRY(const auto header, key_block_header::parse(block));
    CIPHERLANE_TRY(const auto at, lay_out(header, block));
    const auto is_hex = [](char c) { return hex_value(c) >= 0; };
    const auto digits = block.substr(at.header);
    const auto odd =
        static_cast<std::size_t>(std::find_if_not(digits.begin(), digits.end(), is_hex) - digits.begin());
    if (odd == digits.size()) return {};
    return bad_block(odd < at.cryptogram ? "cryptogram" : "MAC", at.header + odd);
}

namespace {

bool mode_allows(char mode, key_block_use use) noexcept {
    switch (use) {
    case key_block_use::both: return mode == 'B' || mode == 'C' || mode == 'N';
    case key_block_use::forward: return mode == 'B' || mode == 'C' || mode == 'N' || mode == 'E' || mode == 'G';
    case key_block_use::reverse: return mode == 'B' || mode == 'C' || mode == 'N' || mode == 'D' || mode == 'V';
    case key_block_use::derive: return mode == 'X' || mode == 'N';
    }
    return false;
}

error use_refused(std::string_view field, std::size_t offset) noexcept {
    return crypto_error(crypto_errc::key_use_refused, "key block").in_field(field).at_offset(offset);
}

char letter_of(algorithm cipher) noexcept {
    switch (cipher) {
    case algorithm::des: return 'D';
    case algorithm::tdes: return 'T';
    case algorithm::aes: return 'A';
    case algorithm::sm4: return 0;
    }
    return 0;
}

} // namespace

template <purpose Use>
result<key<Use>> unwrap_key(
    key_block_protector& protector, std::string_view block, key_block_use use, const key_policy& policy) {
    // A key of this length fits every algorithm that a handle can have; more is no key of ours.
    secret_bytes clear(std::min<std::size_t>(block.size() / 2, longest_block));
    CIPHERLANE_TRY(const auto opened, protector.unwrap(block, clear.expose()));
    if (purpose_of_key_usage(opened.header.usage()) != Use) return use_refused("usage", 5);
    if (!mode_allows(opened.header.mode_of_use(), use)) return use_refused("mode of use", 8);
    const auto cipher = cipher_of(opened.header.algorithm(), opened.key_size);
    if (!cipher) return crypto_error(crypto_errc::unsupported_algorithm, "key block");
    CIPHERLANE_CHECK(check_strength(protector, *cipher, opened.key_size, policy));
    return key<Use>::create(*cipher, std::as_const(clear).expose().first(opened.key_size), policy);
}

template <purpose Use>
result<std::string> wrap_key(key_block_protector& protector, const key_block_header_builder& header,
    const key<Use>& inner, const key_policy& policy) {
    const char letter = letter_of(inner.cipher());
    if (letter == 0) return crypto_error(crypto_errc::unsupported_algorithm, "key block");
    if (purpose_of_key_usage(header.usage()) != Use) return use_refused("usage", 5);
    const bool single_as_tdes = letter == 'D' && header.algorithm() == 'T'; // older blocks carry it so
    if (header.algorithm() != letter && !single_as_tdes) return use_refused("algorithm", 7);
    CIPHERLANE_CHECK(check_strength(protector, inner.cipher(), inner.size(), policy));
    return protector.wrap(header, key_access::material(inner));
}

result<std::string> rewrap_key_block(
    key_block_protector& from, std::string_view block, key_block_protector& to, const key_policy& policy) {
    secret_bytes clear(std::min<std::size_t>(block.size() / 2, longest_block));
    CIPHERLANE_TRY(const auto opened, from.unwrap(block, clear.expose()));
    if (opened.header.exportability() == 'N') return use_refused("exportability", 11);
    const auto cipher = cipher_of(opened.header.algorithm(), opened.key_size);
    if (cipher) CIPHERLANE_CHECK(check_strength(to, *cipher, opened.key_size, policy));
    return to.wrap(key_block_header_builder(opened.header), std::as_const(clear).expose().first(opened.key_size));
}

#define CIPHERLANE_FOR_PURPOSE(use)                                                                                  \
    template result<key<use>> unwrap_key<use>(                                                                       \
        key_block_protector&, std::string_view, key_block_use, const key_policy&);                                   \
    template result<std::string> wrap_key<use>(                                                                      \
        key_block_protector&, const key_block_header_builder&, const key<use>&, const key_policy&)
CIPHERLANE_FOR_PURPOSE(purpose::pin_encryption);
CIPHERLANE_FOR_PURPOSE(purpose::mac);
CIPHERLANE_FOR_PURPOSE(purpose::data_encryption);
CIPHERLANE_FOR_PURPOSE(purpose::key_encryption);
CIPHERLANE_FOR_PURPOSE(purpose::key_block_protection);
CIPHERLANE_FOR_PURPOSE(purpose::base_derivation);
CIPHERLANE_FOR_PURPOSE(purpose::initial_derivation);
CIPHERLANE_FOR_PURPOSE(purpose::pin_verification);
CIPHERLANE_FOR_PURPOSE(purpose::card_verification);
CIPHERLANE_FOR_PURPOSE(purpose::emv_ac_master);
CIPHERLANE_FOR_PURPOSE(purpose::emv_smi_master);
CIPHERLANE_FOR_PURPOSE(purpose::emv_smc_master);
#undef CIPHERLANE_FOR_PURPOSE

} // namespace cipherlane::crypto
