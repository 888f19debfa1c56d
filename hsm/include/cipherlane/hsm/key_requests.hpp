#pragma once

#include <cipherlane/hsm/operation_request.hpp>
#include <cipherlane/hsm/reply.hpp>

#include <span>

namespace cipherlane::hsm {

/// Keys that a key command gave.
struct key_result {
    key under_lmk;
    key exported;            ///< under the zone or terminal master key
    short_bytes check_value; ///< as long as the unit gave it; empty if it gave none
    fixed_text<4> warning;   ///< the unit's code, "01": imported although its parity is not odd; empty if all is well
    [[nodiscard]] static result<key_result> from(const reply& of);
};

/// A new key under the local master key (A0, D1 06). Never repeated by itself.
class generate_key_request final : public operation_request {
  public:
    using response = key_result;
    explicit generate_key_request(key_type type, key_scheme_name scheme = key_scheme_name::double_);
};

/// A new key under the local master key and under a zone or terminal master key (A0, HC, HA, D1 07). Keys for a
/// terminal leave in plain ECB (`double_ecb`), which is the default.
class generate_and_export_key_request final : public operation_request {
  public:
    using response = key_result;
    /// `wrapping_type` is zmk or tmk.
    generate_and_export_key_request(key_type type, key_type wrapping_type, const key& wrapping_key,
        key_scheme_name scheme = key_scheme_name::double_, key_scheme_name exported_as = key_scheme_name::double_ecb);
};

/// From a zone master key to the local master key (A6, D1 02). A parity warning is no error: the result has it as
/// `warning`.
class import_key_request final : public operation_request {
  public:
    using response = key_result;
    import_key_request(key_type type, const key& wrapping_key, const key& wrapped_key,
        key_scheme_name scheme = key_scheme_name::double_);
    /// The check value that came with the key: the unit (or, where it cannot, the client) compares.
    import_key_request& expect(byte_view check_value);
};

/// From the local master key to a zone or terminal master key (A8, AE, AG, D1 04).
class export_key_request final : public operation_request {
  public:
    using response = key_result;
    export_key_request(key_type type, const key& wrapping_key, const key& under_lmk,
        key_scheme_name exported_as = key_scheme_name::double_, key_type wrapping_type = key_type::zmk);
};

/// XOR of two to nine components under the local master key (A4, D0 0C).
class form_key_request final : public operation_request {
  public:
    using response = key_result;
    form_key_request(
        key_type type, std::span<const key> components, key_scheme_name scheme = key_scheme_name::double_);
};

/// The check value of a key (BU), or whether an expected one is right (D0 0A, which needs it).
class check_value_request final : public operation_request {
  public:
    using response = key_result;
    check_value_request(key_type type, const key& under_lmk);
    check_value_request& expect(byte_view check_value);
};

/// Puts a key into the unit's own storage.
class store_key_request final : public operation_request {
  public:
    using response = key_result;
    store_key_request(key_type type, const key& under_lmk, std::size_t index, std::string_view label = {});
};

/// What lies in the unit's storage at an index.
struct stored_key {
    std::string type;
    std::string scheme;
    std::string label;
    short_bytes check_value;
    [[nodiscard]] static result<stored_key> from(const reply& of);
};

class find_key_request final : public operation_request {
  public:
    using response = stored_key;
    explicit find_key_request(std::size_t index);
};

} // namespace cipherlane::hsm
