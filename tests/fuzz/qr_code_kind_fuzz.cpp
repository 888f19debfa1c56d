// Scanned texts: each kind is named once, white space around does not matter, and a rule never fits a text that is
// shorter or longer than it says.
#include <cipherlane/qr/code_kind.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cipherlane;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto kinds = qr::kinds_of(text);
    require(qr::kinds_of("\n " + std::string(text) + "\t\r\n") == kinds);
    for (const auto kind : kinds) {
        require(std::count(kinds.begin(), kinds.end(), kind) == 1 && !qr::to_string(kind).empty());
        (void)qr::shown_by_payer(kind);
        if (kind == qr::code_kind::alipay_plus_url) continue; // of any domain, so by no rule
        const auto fits = [&](const qr::code_rule& rule) { return rule.kind == kind && rule.least <= size; };
        require(std::any_of(qr::code_rules().begin(), qr::code_rules().end(), fits));
    }
    // A rule of the caller's own, cut from the input.
    const auto half = text.substr(0, size / 2);
    constexpr std::array chars{qr::code_chars::digits, qr::code_chars::digits_with_check_digit, qr::code_chars::any};
    const std::array rules{qr::code_rule{
        qr::code_kind::ecny_payment_code, half, half, 0, size, chars[size % 3], qr::code_rule::letter_case::ignored}};
    (void)qr::kinds_of(text, rules);
    return 0;
}
