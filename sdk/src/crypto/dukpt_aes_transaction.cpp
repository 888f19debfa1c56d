#include "dukpt_aes_steps.hpp"

#include <optional>

namespace cipherlane::crypto {
namespace {

std::uint16_t usage_for(std::uint16_t request, dukpt_message way) noexcept {
    return static_cast<std::uint16_t>(request + static_cast<unsigned>(way));
}

std::optional<algorithm> cipher_of(dukpt_key_type type) noexcept {
    switch (type) {
    case dukpt_key_type::tdes_2key:
    case dukpt_key_type::tdes_3key: return algorithm::tdes;
    case dukpt_key_type::aes_128:
    case dukpt_key_type::aes_192:
    case dukpt_key_type::aes_256: return algorithm::aes;
    case dukpt_key_type::hmac_128:
    case dukpt_key_type::hmac_192:
    case dukpt_key_type::hmac_256: return std::nullopt;
    }
    return std::nullopt;
}

} // namespace

dukpt_aes_transaction::dukpt_aes_transaction(dukpt_aes_transaction&& other) noexcept
    : serial_number_(other.serial_number_)
    , key_(other.key_)
    , size_(other.size_) {
    wipe(other.key_);
}

dukpt_aes_transaction& dukpt_aes_transaction::operator=(dukpt_aes_transaction&& other) noexcept {
    if (this != &other) {
        serial_number_ = other.serial_number_;
        key_ = other.key_;
        size_ = other.size_;
        wipe(other.key_);
    }
    return *this;
}

dukpt_aes_transaction::~dukpt_aes_transaction() {
    wipe(key_);
}

result<secret_bytes> dukpt_aes_transaction::working_key(std::uint16_t usage, dukpt_key_type type) const {
    CIPHERLANE_TRY(auto steps, aes_key_generation::create(size_));
    steps.set_serial_number(serial_number_);
    secret_bytes made(row_of(type).size);
    CIPHERLANE_CHECK(steps.derive_working(expose(), usage, type, made.expose()));
    return made;
}

// Derived keys come without parity: no policy of imported keys is for them.
template <purpose Use>
result<key<Use>> dukpt_aes_transaction::cipher_key(std::uint16_t usage, dukpt_key_type type) const {
    const auto cipher = cipher_of(type);
    if (!cipher) return crypto_error(crypto_errc::unsupported_algorithm, "DUKPT");
    CIPHERLANE_TRY(const auto material, working_key(usage, type));
    return crypto::key<Use>::create(*cipher, material.expose(), legacy_policy);
}

result<pin_key> dukpt_aes_transaction::pin(dukpt_key_type type) const {
    return cipher_key<purpose::pin_encryption>(dukpt_usage::pin, type);
}

result<mac_key> dukpt_aes_transaction::mac(dukpt_message way, dukpt_key_type type) const {
    return cipher_key<purpose::mac>(usage_for(dukpt_usage::mac, way), type);
}

result<hmac_key> dukpt_aes_transaction::hmac(dukpt_message way, dukpt_key_type type, digest_algorithm hash) const {
    if (cipher_of(type)) return crypto_error(crypto_errc::unsupported_algorithm, "DUKPT");
    CIPHERLANE_TRY(const auto material, working_key(usage_for(dukpt_usage::mac, way), type));
    return hmac_key::create(hash, material.expose());
}

result<data_key> dukpt_aes_transaction::data(dukpt_message way, dukpt_key_type type) const {
    return cipher_key<purpose::data_encryption>(usage_for(dukpt_usage::data, way), type);
}

result<key_encryption_key> dukpt_aes_transaction::key_encryption(dukpt_key_type type) const {
    return cipher_key<purpose::key_encryption>(dukpt_usage::key_encryption, type);
}

result<key_block_protection_key> dukpt_aes_transaction::key_block_protection(dukpt_key_type type) const {
    return cipher_key<purpose::key_block_protection>(dukpt_usage::key_encryption, type);
}

} // namespace cipherlane::crypto
