#include "verification_methods.hpp"

#include <cipherlane/core/hex.hpp>

#include <array>

namespace cipherlane::emv::detail {
namespace {

constexpr std::array<std::string_view, 16> methods{"verification fails", "plaintext PIN checked by the card",
    "enciphered PIN checked online", "plaintext PIN checked by the card, and signature",
    "enciphered PIN checked by the card", "enciphered PIN checked by the card, and signature",
    "face checked by the card", "face checked online", "finger checked by the card", "finger checked online",
    "palm checked by the card", "palm checked online", "iris checked by the card", "iris checked online",
    "voice checked by the card", "voice checked online"};
constexpr std::array<std::string_view, 10> conditions{"always", "if unattended cash", "if neither cash nor cashback",
    "if the terminal supports it", "if manual cash", "if cashback", "if in the application's currency and under X",
    "if in the application's currency and over X", "if in the application's currency and under Y",
    "if in the application's currency and over Y"};

} // namespace

std::string method_text(std::uint8_t code) {
    const auto method = static_cast<std::uint8_t>(code & 0x3FU);
    if (method < methods.size()) return std::string(methods[method]);
    if (method == 0x1E) return "signature on paper";
    if (method == 0x1F) return "no verification required";
    return "method " + to_hex({&method, 1});
}

std::string_view method_condition(std::uint8_t code) noexcept {
    return code < conditions.size() ? conditions[code] : "condition unknown";
}

} // namespace cipherlane::emv::detail
