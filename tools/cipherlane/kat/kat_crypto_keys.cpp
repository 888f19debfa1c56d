#include "cipherlane/kat/kat.hpp"
#include "cipherlane/kat/kat_support.hpp"

#include <cipherlane/crypto/errc.hpp>
#include <cipherlane/crypto/key_block.hpp>
#include <cipherlane/crypto/key_block_keys.hpp>

// Known answers for key blocks.
namespace cipherlane::cli {
namespace {

using namespace cipherlane::crypto; // NOLINT(google-build-using-namespace): this file is about nothing else

/// Versions of the `version` column: one letter, or `A/C` where both do the same.
result<key_block_version> version_of(const std::string& text) {
    if (text.empty() || text[0] < 'A' || text[0] > 'D') {
        return error(crypto_errc::unsupported_algorithm, layer::tools);
    }
    return static_cast<key_block_version>(text[0]);
}

algorithm protection_cipher(key_block_version version, std::size_t size) {
    if (version == key_block_version::d) return algorithm::aes;
    return size == 8 ? algorithm::des : algorithm::tdes;
}

/// Control characters stand in the file as `\x03`.
std::string with_control_characters(const std::string& text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool escaped = text.compare(at, 2, "\\x") == 0 && at + 3 < text.size();
        const auto byte = escaped ? from_hex(std::string_view(text).substr(at + 2, 2)) : result<bytes>(bytes());
        if (byte && !byte->empty()) {
            plain.push_back(static_cast<char>((*byte)[0]));
            at += 3;
        } else {
            plain.push_back(text[at]);
        }
    }
    return plain;
}

kat_outcome unwrapped(const kat_row& row) {
    CIPHERLANE_TRY(const auto version, version_of(row["version"]));
    CIPHERLANE_TRY(const bytes material, from_hex(row["kbpk"]));
    CIPHERLANE_TRY(const auto protection,
        key_block_protection_key::create(protection_cipher(version, material.size()), material, legacy_policy));
    CIPHERLANE_TRY(auto protector, key_block_protector::create(protection, version));
    const std::string block = with_control_characters(row["key_block"]);
    secret_bytes key(block.size() / 2);
    CIPHERLANE_TRY(const auto opened, protector.unwrap(block, key.expose()));
    return to_hex(std::as_const(key).expose().first(opened.key_size));
}

kat_outcome parsed(const kat_row& row) {
    const std::string block = with_control_characters(row["key_block"]);
    CIPHERLANE_TRY(const auto header, key_block_header::parse(block));
    return std::string(header.text());
}

std::optional<std::string> run_key_block(const kat_row& row, const kat_target& /*target*/) {
    const auto& op = row["op"];
    if (op == "unwrap") return judge(row, unwrapped(row), row["key"]);
    if (op == "parse_header") return judge(row, parsed(row), with_control_characters(row["key_block"]));
    return "no operation " + op;
}

kat_outcome derived(const kat_row& row) {
    CIPHERLANE_TRY(const auto version, version_of(row["version"]));
    CIPHERLANE_TRY(const bytes material, from_hex(row["kbpk"]));
    CIPHERLANE_TRY(
        const auto keys, derive_key_block_keys(version, protection_cipher(version, material.size()), material));
    return to_hex(keys.encryption.expose()) + " " + to_hex(keys.authentication.expose());
}

std::optional<std::string> run_derived_keys(const kat_row& row, const kat_target& /*target*/) {
    return judge(row, derived(row), row["kbek"] + " " + row["kbak"]);
}

constexpr kat_entry entries[] = {
    {"tr31", run_key_block},
    {"tr31_derived_keys", run_derived_keys},
};

} // namespace

std::span<const kat_entry> crypto_keys_kats() {
    return entries;
}

} // namespace cipherlane::cli
