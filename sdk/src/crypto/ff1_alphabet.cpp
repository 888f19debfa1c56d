#include "provider.hpp"

#include <cipherlane/core/printable_ascii.hpp>
#include <cipherlane/crypto/ff1_alphabet.hpp>

#include <cassert>

namespace cipherlane::crypto {
namespace {

constexpr std::string_view digits_and_letters = "0123456789abcdefghijklmnopqrstuvwxyz";

error bad_numeral(std::size_t at) {
    return crypto_error(crypto_errc::bad_numeral, "alphabet").at_offset(at);
}

} // namespace

result<ff1_alphabet> ff1_alphabet::create(std::string_view characters) {
    if (characters.size() < 2 || characters.size() > max_size) {
        return crypto_error(crypto_errc::bad_radix, "alphabet");
    }
    ff1_alphabet made;
    for (const char character : characters) {
        const auto code = static_cast<unsigned char>(character);
        if (!is_printable_ascii(character) || made.numerals_[code] != 0) return bad_numeral(made.size_);
        made.characters_[made.size_++] = character;
        made.numerals_[code] = static_cast<std::uint8_t>(made.size_);
    }
    return made;
}

result<ff1_alphabet> ff1_alphabet::alphanumeric(std::uint32_t radix) {
    if (radix > digits_and_letters.size()) return crypto_error(crypto_errc::bad_radix, "alphabet");
    return create(digits_and_letters.substr(0, radix));
}

result<void> ff1_alphabet::to_numerals(std::string_view text, std::span<std::uint16_t> out) const {
    assert(out.size() == text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto code = static_cast<unsigned char>(text[i]);
        if (code >= numerals_.size() || numerals_[code] == 0) return bad_numeral(i);
        out[i] = static_cast<std::uint16_t>(numerals_[code] - 1);
    }
    return {};
}

result<void> ff1_alphabet::to_text(std::span<const std::uint16_t> numerals, std::span<char> out) const {
    assert(out.size() == numerals.size());
    for (std::size_t i = 0; i < numerals.size(); ++i) {
        if (numerals[i] >= size_) return bad_numeral(i);
        out[i] = characters_[numerals[i]];
    }
    return {};
}

} // namespace cipherlane::crypto
