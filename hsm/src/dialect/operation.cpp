#include <cipherlane/hsm/operation.hpp>

#include <array>

namespace cipherlane::hsm {
namespace {

constexpr std::array<std::string_view, operation_count> names{"diagnose", "echo", "random", "generate_key",
    "generate_and_export_key", "import_key", "export_key", "form_key", "check_value", "store_key", "find_key",
    "translate_pin", "verify_pin_pvv", "verify_pin_ibm", "make_offset", "make_mac", "verify_mac", "encrypt",
    "decrypt", "reencrypt", "make_cvv", "verify_cvv", "verify_arqc", "dukpt_translate_pin", "dukpt_mac", "sm2_sign",
    "sm2_verify", "sm3"};

} // namespace

std::string_view to_string(operation value) noexcept {
    return names[static_cast<std::size_t>(value)];
}

std::optional<operation> parse_operation(std::string_view name) noexcept {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) return static_cast<operation>(i);
    }
    return std::nullopt;
}

} // namespace cipherlane::hsm
