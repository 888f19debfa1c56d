#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/algorithm.hpp>
#include <cipherlane/crypto/kcv.hpp>
#include <cipherlane/crypto/key_policy.hpp>

#include <memory>
#include <utility>

namespace cipherlane::crypto {

class key_access; // inside the library only: how its algorithms reach the bytes and contexts of a handle

/// What a key handle holds, whatever its purpose. Not for use by itself.
class key_material {
  public:
    [[nodiscard]] static result<key_material> create(
        algorithm cipher, byte_view material, purpose use, const key_policy& policy);
    key_material(key_material&&) noexcept;
    key_material& operator=(key_material&&) noexcept;
    ~key_material();
    [[nodiscard]] key_material clone() const;
    [[nodiscard]] algorithm cipher() const noexcept;
    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] byte_view expose() const noexcept;

  private:
    friend class key_access;
    struct state;
    explicit key_material(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

/// A key and what it is for. Keys of different purposes are different types: a MAC key does not compile where a PIN
/// key is asked for (PCI PIN requirement 19).
///
/// Made once from bytes under a policy; keeps its bytes in memory for secrets and its prepared contexts beside them,
/// wipes both, is moved but never copied by accident. The contexts belong to the thread that uses the handle: one
/// handle, one thread at a time; `clone()` gives the next thread its own. Distinct handles are independent.
template <purpose Use>
class key {
  public:
    static constexpr purpose use = Use;

    /// Copies `material`; the caller wipes its own copy. Errors: see `check_key`.
    [[nodiscard]] static result<key> create(algorithm cipher, byte_view material, const key_policy& policy) {
        CIPHERLANE_TRY(auto made, key_material::create(cipher, material, Use, policy));
        return key(std::move(made));
    }

    /// The same key with contexts of its own.
    [[nodiscard]] key clone() const { return key(material_.clone()); }

    [[nodiscard]] algorithm cipher() const noexcept { return material_.cipher(); }
    /// Bytes of the key.
    [[nodiscard]] std::size_t size() const noexcept { return material_.size(); }

    /// Errors: see `key_check_value`.
    [[nodiscard]] result<bytes> check_value(kcv_method method, std::size_t length) const {
        return key_check_value(cipher(), material_.expose(), method, length);
    }

  private:
    friend class key_access;
    explicit key(key_material&& made) noexcept
        : material_(std::move(made)) {}
    key_material material_;
};

using pin_key = key<purpose::pin_encryption>;
using mac_key = key<purpose::mac>;
using data_key = key<purpose::data_encryption>;
using key_encryption_key = key<purpose::key_encryption>;
using key_block_protection_key = key<purpose::key_block_protection>;
using base_derivation_key = key<purpose::base_derivation>;
using dukpt_initial_key = key<purpose::initial_derivation>;
using pin_verification_key = key<purpose::pin_verification>;
using card_verification_key = key<purpose::card_verification>;
using numbering_key = key<purpose::numbering>;

} // namespace cipherlane::crypto
