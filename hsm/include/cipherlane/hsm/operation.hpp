#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cipherlane::hsm {

/// The typed operations, the same for all dialects. `docs/09-dialects.md` says which profile can do which.
enum class operation : std::uint8_t {
    diagnose,
    echo,
    random,
    generate_key,
    generate_and_export_key,
    import_key,
    export_key,
    form_key,
    check_value,
    store_key,
    find_key,
    translate_pin,
    verify_pin_pvv,
    verify_pin_ibm,
    make_offset,
    make_mac,
    verify_mac,
    encrypt,
    decrypt,
    reencrypt,
    make_cvv,
    verify_cvv,
    verify_arqc,
    dukpt_translate_pin,
    dukpt_mac,
    sm2_sign,
    sm2_verify,
    sm3,
};
inline constexpr std::size_t operation_count = static_cast<std::size_t>(operation::sm3) + 1;

/// "translate_pin"
[[nodiscard]] std::string_view to_string(operation value) noexcept;
[[nodiscard]] std::optional<operation> parse_operation(std::string_view name) noexcept;

} // namespace cipherlane::hsm
