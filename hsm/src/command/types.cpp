#include <cipherlane/hsm/card_requests.hpp>
#include <cipherlane/hsm/operation_request.hpp>
#include <cipherlane/hsm/types.hpp>

#include <charconv>

namespace cipherlane::hsm {
namespace {

template <class Enum, std::size_t N>
constexpr std::string_view name_in(const std::array<std::string_view, N>& names, Enum value) {
    return names[static_cast<std::size_t>(value)];
}

} // namespace

std::string_view to_string(key_type value) noexcept {
    static constexpr std::array<std::string_view, 14> names{
        "zmk", "zpk", "tpk", "tmk", "pvk", "tak", "zak", "bdk", "zek", "dek", "cvk", "mk_ac", "mk_smi", "mk_smc"};
    return name_in(names, value);
}

std::string_view to_string(key_scheme_name value) noexcept {
    static constexpr std::array<std::string_view, 7> names{
        "single", "double", "triple", "double_ecb", "triple_ecb", "sm4", "block"};
    return name_in(names, value);
}

std::size_t key_size(key_scheme_name value) noexcept {
    static constexpr std::array<std::size_t, 7> sizes{8, 16, 24, 16, 24, 16, 0};
    return sizes[static_cast<std::size_t>(value)];
}

std::string_view to_string(emv_session value) noexcept {
    static constexpr std::array<std::string_view, 3> names{"common", "common_option_b", "unionpay"};
    return name_in(names, value);
}

std::string_view to_string(pin_format value) noexcept {
    static constexpr std::array<std::string_view, 9> names{
        "iso0", "iso1", "iso2", "iso3", "iso4", "docutel", "diebold", "plus", "mastercard"};
    return name_in(names, value);
}

std::string_view to_string(mac_algorithm value) noexcept {
    static constexpr std::array<std::string_view, 5> names{"x99", "x919", "unionpay", "xor", "sm4"};
    return name_in(names, value);
}

std::string_view to_string(padding value) noexcept {
    static constexpr std::array<std::string_view, 3> names{"none", "zeros", "mark"};
    return name_in(names, value);
}

std::string_view to_string(cipher_mode value) noexcept {
    static constexpr std::array<std::string_view, 4> names{"ecb", "cbc", "cfb", "ofb"};
    return name_in(names, value);
}

void operation_request::put(field_name name, std::size_t number) {
    std::array<char, 20> figures{};
    auto end = std::to_chars(figures.data(), figures.data() + figures.size(), number).ptr;
    values_.set(name, std::string_view(figures.data(), static_cast<std::size_t>(end - figures.data())));
}

void operation_request::put_account(const account& whose) {
    // The profile knows how many digits count; exact digits win where both were set.
    values_.set(whose.is_pan() ? field_name("card") : field_name("account"), whose.expose());
    values_.set(whose.is_pan() ? field_name("account") : field_name("card"), byte_view{});
}

} // namespace cipherlane::hsm
