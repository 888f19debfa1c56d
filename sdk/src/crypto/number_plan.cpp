#include "provider.hpp"

#include <cipherlane/crypto/ff1.hpp>
#include <cipherlane/crypto/number_plan.hpp>

#include <array>
#include <utility>

namespace cipherlane::crypto {
namespace {

constexpr std::string_view characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

using numeral_room = std::array<std::uint16_t, number_layout::max_size>;

} // namespace

number_plan::number_plan(
    numbering_key key, const number_layout& layout, const ff1_alphabet& alphabet, std::string_view tenant)
    : key_(std::move(key))
    , layout_(layout)
    , alphabet_(alphabet)
    , tweak_(tenant)
    , tenant_size_(tenant.size()) {
    tweak_.push_back('\0');
    tweak_.append(layout.text());
}

result<number_plan> number_plan::create(numbering_key key, const number_layout& layout, std::string_view tenant) {
    if (tenant.empty() || tenant.size() > max_tenant || tenant.find('\0') != std::string_view::npos) {
        return crypto_error(crypto_errc::bad_layout, "number plan").in_field("tenant");
    }
    if (block_size_of(key.cipher()) != 16) return crypto_error(crypto_errc::unsupported_algorithm, "number plan");
    CIPHERLANE_TRY(const auto alphabet, ff1_alphabet::create(characters.substr(0, layout.radix())));
    return number_plan(std::move(key), layout, alphabet, tenant);
}

number_plan number_plan::clone() const {
    return number_plan(key_.clone(), layout_, alphabet_, tenant());
}

result<issued_number> number_plan::compute(std::uint64_t counter) {
    numeral_room room;
    const auto numerals = std::span(room).first(layout_.hidden_places());
    for (std::size_t at = numerals.size(); at-- != 0; counter /= layout_.radix())
        numerals[at] = static_cast<std::uint16_t>(counter % layout_.radix());
    CIPHERLANE_CHECK(ff1_encrypt(key_, layout_.radix(), as_bytes(tweak_), numerals));
    std::array<char, number_layout::max_size> text;
    CIPHERLANE_CHECK(alphabet_.to_text(numerals, std::span(text).first(numerals.size())));
    return layout_.compose({text.data(), numerals.size()});
}

result<issued_number> number_plan::number_at(std::uint64_t counter) {
    if (counter >= layout_.capacity()) return crypto_error(crypto_errc::numbers_used_up, "number plan");
    return compute(counter);
}

result<void> number_plan::numbers_from(std::uint64_t first, std::span<issued_number> out) {
    if (first > layout_.capacity() || out.size() > layout_.capacity() - first) {
        return crypto_error(crypto_errc::numbers_used_up, "number plan");
    }
    for (auto& place : out) {
        CIPHERLANE_TRY(place, compute(first++));
    }
    return {};
}

result<std::uint64_t> number_plan::counter_of(std::string_view number) {
    CIPHERLANE_TRY(const auto hidden, layout_.hidden_of(number));
    numeral_room room;
    const auto numerals = std::span(room).first(layout_.hidden_places());
    CIPHERLANE_CHECK(alphabet_.to_numerals(hidden.view(), numerals));
    CIPHERLANE_CHECK(ff1_decrypt(key_, layout_.radix(), as_bytes(tweak_), numerals));
    std::uint64_t counter = 0;
    for (const auto numeral : numerals)
        counter = counter * layout_.radix() + numeral;
    return counter;
}

} // namespace cipherlane::crypto
