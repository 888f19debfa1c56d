#include "dukpt_tdes_steps.hpp"

#include <cipherlane/crypto/block_cipher.hpp>
#include <cipherlane/crypto/dukpt_tdes_transaction.hpp>

namespace cipherlane::crypto {
namespace {

secret_bytes variant_of(byte_view key, tdes_variant which) {
    secret_bytes made(key);
    apply_variant(which, made.expose());
    return made;
}

} // namespace

dukpt_tdes_transaction::dukpt_tdes_transaction(dukpt_tdes_transaction&& other) noexcept
    : serial_number_(other.serial_number_)
    , key_(other.key_) {
    wipe(other.key_);
}

dukpt_tdes_transaction& dukpt_tdes_transaction::operator=(dukpt_tdes_transaction&& other) noexcept {
    if (this != &other) {
        serial_number_ = other.serial_number_;
        key_ = other.key_;
        wipe(other.key_);
    }
    return *this;
}

dukpt_tdes_transaction::~dukpt_tdes_transaction() {
    wipe(key_);
}

// Derived keys come without parity, and their halves are as random as the cipher makes them: no policy of imported
// keys is for them.
result<pin_key> dukpt_tdes_transaction::pin() const {
    const auto material = variant_of(key_, tdes_variant::pin);
    return pin_key::create(algorithm::tdes, material.expose(), legacy_policy);
}

result<mac_key> dukpt_tdes_transaction::mac(dukpt_message way) const {
    const bool response = way == dukpt_message::response;
    const auto material = variant_of(key_, response ? tdes_variant::mac_response : tdes_variant::mac_request);
    return mac_key::create(algorithm::tdes, material.expose(), legacy_policy);
}

result<data_key> dukpt_tdes_transaction::data(dukpt_message way) const {
    const bool response = way == dukpt_message::response;
    auto material = variant_of(key_, response ? tdes_variant::data_response : tdes_variant::data_request);
    // The one-way function (A.4.1): each half encrypted under the whole variant.
    CIPHERLANE_TRY(auto cipher, block_cipher::create(algorithm::tdes, material.expose()));
    CIPHERLANE_CHECK(cipher.encrypt_ecb(material.expose(), material.expose()));
    return data_key::create(algorithm::tdes, material.expose(), legacy_policy);
}

result<data_key> dukpt_tdes_transaction::data_by_pin_variant() const {
    const auto material = variant_of(key_, tdes_variant::pin);
    return data_key::create(algorithm::tdes, material.expose(), legacy_policy);
}

} // namespace cipherlane::crypto
