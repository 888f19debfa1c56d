#include "cipherlane/kat/kat.hpp"
#include "cipherlane/kat/kat_support.hpp"

#include <cipherlane/crypto/errc.hpp>
#include <cipherlane/crypto/ff1.hpp>

#include <charconv>

// Known answers for format-preserving encryption.
namespace cipherlane::cli {
namespace {

using namespace cipherlane::crypto; // NOLINT(google-build-using-namespace): this file is about nothing else

using numeral_list = std::vector<std::uint16_t>;

template <class Number>
result<Number> number_of(std::string_view text) {
    Number value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size()) return crypto_refused(crypto_errc::bad_numeral);
    return value;
}

/// Numbers with spaces or commas between.
result<numeral_list> split(std::string_view text) {
    constexpr std::string_view between = " ,";
    numeral_list numerals;
    while (true) {
        const auto begin = text.find_first_not_of(between);
        if (begin == std::string_view::npos) return numerals;
        const auto word = text.substr(begin, text.find_first_of(between, begin) - begin);
        CIPHERLANE_TRY(const auto numeral, number_of<std::uint16_t>(word));
        numerals.push_back(numeral);
        text.remove_prefix(begin + word.size());
    }
}

std::string join(const numeral_list& numerals) {
    std::string text;
    for (const auto numeral : numerals) {
        if (!text.empty()) text += ' ';
        text += std::to_string(numeral);
    }
    return text;
}

enum class way : std::uint8_t { encrypt, decrypt };

kat_outcome run_list(way which, numbering_key& key, std::uint32_t radix, byte_view tweak, std::string_view text) {
    CIPHERLANE_TRY(auto numerals, split(text));
    CIPHERLANE_CHECK(
        which == way::encrypt ? ff1_encrypt(key, radix, tweak, numerals) : ff1_decrypt(key, radix, tweak, numerals));
    return join(numerals);
}

kat_outcome run_text(way which, numbering_key& key, std::uint32_t radix, byte_view tweak, std::string_view text) {
    CIPHERLANE_TRY(const auto alphabet, ff1_alphabet::alphanumeric(radix));
    return which == way::encrypt ? ff1_encrypt(key, alphabet, tweak, text) : ff1_decrypt(key, alphabet, tweak, text);
}

kat_outcome run(way which, const kat_row& row, const std::string& text) {
    CIPHERLANE_TRY(const bytes material, from_hex(row["key"]));
    CIPHERLANE_TRY(auto key, numbering_key::create(algorithm::aes, material, legacy_policy));
    CIPHERLANE_TRY(const auto radix, number_of<std::uint32_t>(row["radix"]));
    CIPHERLANE_TRY(const bytes tweak, from_hex(row["tweak"]));
    return row["numerals"] == "alnum" ? run_text(which, key, radix, tweak, text)
                                      : run_list(which, key, radix, tweak, text);
}

/// A column as the operations write it: lists with one space between.
std::string written(const kat_row& row, const std::string& text) {
    if (row["numerals"] == "alnum") return text;
    const auto numerals = split(text);
    return numerals ? join(*numerals) : text;
}

std::optional<std::string> run_ff1(const kat_row& row, const kat_target& /*target*/) {
    if (row["numerals"] != "alnum" && row["numerals"] != "decimal list") return "no numerals " + row["numerals"];
    // A row may be rejected for what stands on either side.
    if (row.must_be_rejected() && !row.has("plaintext")) {
        return judge(row, run(way::decrypt, row, row["ciphertext"]), "");
    }
    if (auto why = judge(row, run(way::encrypt, row, row["plaintext"]), written(row, row["ciphertext"]))) return why;
    if (row.must_be_rejected()) return std::nullopt;
    return judge(row, run(way::decrypt, row, row["ciphertext"]), written(row, row["plaintext"]));
}

constexpr kat_entry ff1_entries[] = {{"ff1", run_ff1}};

} // namespace

std::span<const kat_entry> ff1_kats() {
    return ff1_entries;
}

} // namespace cipherlane::cli
