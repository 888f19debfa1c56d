#include "cipherlane/kat/kat.hpp"
#include "cipherlane/kat/kat_support.hpp"

#include <cipherlane/crypto/data_cipher.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/crypto/errc.hpp>
#include <cipherlane/crypto/sm2_encryption.hpp>
#include <cipherlane/crypto/sm2_for_vectors_only.hpp>
#include <cipherlane/crypto/sm2_signature.hpp>

#include <algorithm>
#include <charconv>

// Known answers for SM2, SM3 and SM4.
namespace cipherlane::cli {
namespace {

using namespace cipherlane::crypto; // NOLINT(google-build-using-namespace): this file is about nothing else
using for_vectors_only::sm2_curve;

/// Hex, or REPEAT(hex,count).
result<bytes> repeated(std::string_view text) {
    constexpr std::string_view head = "REPEAT(";
    if (!text.starts_with(head)) return from_hex(text);
    const auto comma = text.find(',');
    const auto close = text.find(')');
    if (comma == std::string_view::npos || close == std::string_view::npos || close < comma) {
        return unknown_word("message", text, "hex, or REPEAT(hex,count)");
    }
    std::size_t count = 0;
    std::from_chars(text.data() + comma + 1, text.data() + close, count);
    CIPHERLANE_TRY(const bytes piece, from_hex(text.substr(head.size(), comma - head.size())));
    bytes data;
    for (; count != 0; --count)
        data.insert(data.end(), piece.begin(), piece.end());
    return data;
}

kat_outcome sm3_of(const kat_row& row) {
    CIPHERLANE_TRY(const bytes data, repeated(row["data"]));
    CIPHERLANE_TRY(const auto value, digest(digest_algorithm::sm3, data));
    return to_hex(value.view());
}

std::optional<std::string> run_sm3(const kat_row& row, const kat_target& /*target*/) {
    return judge(row, sm3_of(row), row["digest"]);
}

/// "ECB x1000" is ECB, each output the next input, a thousand times.
struct sm4_mode {
    block_mode mode;
    unsigned rounds;
};

result<sm4_mode> mode_of(const std::string& text) {
    const auto space = text.find(' ');
    auto name = std::string_view(text).substr(0, space);
    if (name == "CFB128" || name == "OFB128") name.remove_suffix(3); // feedback of whole blocks, as there is no other
    CIPHERLANE_TRY(const auto mode, find_block_mode(name));
    unsigned rounds = 1;
    if (space != std::string::npos) {
        const char* digits = text.data() + std::min(space + 2, text.size());
        std::from_chars(digits, text.data() + text.size(), rounds);
    }
    return sm4_mode{mode, rounds};
}

using data_operation = result<void> (*)(data_key&, block_mode, byte_view, byte_view, byte_span);

kat_outcome sm4_of(const kat_row& row, const std::string& input, data_operation operation) {
    CIPHERLANE_TRY(const auto mode, mode_of(row["mode"]));
    CIPHERLANE_TRY(const bytes material, from_hex(row["key"]));
    CIPHERLANE_TRY(auto key, data_key::create(algorithm::sm4, material, legacy_policy));
    CIPHERLANE_TRY(const bytes iv, from_hex(row["iv"]));
    CIPHERLANE_TRY(bytes data, from_hex(input));
    for (unsigned round = 0; round < mode.rounds; ++round) {
        CIPHERLANE_CHECK(operation(key, mode.mode, iv, data, data));
    }
    return to_hex(data);
}

std::optional<std::string> run_sm4(const kat_row& row, const kat_target& /*target*/) {
    const bool only_back = row.must_be_rejected() && !row.has("plaintext");
    if (!only_back) {
        auto why = judge(row, sm4_of(row, row["plaintext"], encrypt_data), row["ciphertext"]);
        if (why || row.must_be_rejected()) return why;
    }
    return judge(row, sm4_of(row, row["ciphertext"], decrypt_data), row["plaintext"]);
}

result<sm2_curve> curve_of(const std::string& name) {
    if (name == "sm2p256v1") return sm2_curve::sm2p256v1;
    if (name == "sample Fp-256") return sm2_curve::sample_fp_256;
    return unknown_word("curve", name, "sm2p256v1 or sample Fp-256");
}

result<sm2_signature> signature_of(const kat_row& row) {
    CIPHERLANE_TRY(const bytes r, from_hex(row["r"]));
    CIPHERLANE_TRY(const bytes s, from_hex(row["s"]));
    sm2_signature both;
    if (r.size() != both.size() / 2 || s.size() != r.size()) return crypto_refused(crypto_errc::verification_failed);
    std::copy(s.begin(), s.end(), std::copy(r.begin(), r.end(), both.begin()));
    return both;
}

/// The arithmetic of the standard, on any curve.
kat_outcome verified(const kat_row& row) {
    CIPHERLANE_TRY(const auto signature, signature_of(row));
    CIPHERLANE_TRY(const auto curve, curve_of(row["curve"]));
    CIPHERLANE_TRY(const bytes id, from_hex(row["user_id"]));
    CIPHERLANE_TRY(const bytes message, from_hex(row["message"]));
    CIPHERLANE_TRY(const bytes point, from_hex(row["public_x"] + row["public_y"]));
    CIPHERLANE_CHECK(for_vectors_only::verify(curve, point, id, message, signature));
    return std::string("valid");
}

/// The keys that applications use, on their only curve.
kat_outcome verified_in_use(const kat_row& row) {
    CIPHERLANE_TRY(const auto signature, signature_of(row));
    CIPHERLANE_TRY(const bytes id, from_hex(row["user_id"]));
    CIPHERLANE_TRY(const bytes message, from_hex(row["message"]));
    CIPHERLANE_TRY(const bytes point, from_hex(row["public_x"] + row["public_y"]));
    CIPHERLANE_TRY(const auto known, sm2_public_point::from_raw(point));
    CIPHERLANE_TRY(const auto key, sm2_verification_key::create(known));
    CIPHERLANE_CHECK(key.verify(id, message, signature));
    return std::string("valid");
}

kat_outcome signed_by(const kat_row& row) {
    CIPHERLANE_TRY(const auto curve, curve_of(row["curve"]));
    CIPHERLANE_TRY(const bytes scalar, from_hex(row["private"]));
    CIPHERLANE_TRY(const bytes id, from_hex(row["user_id"]));
    CIPHERLANE_TRY(const bytes message, from_hex(row["message"]));
    CIPHERLANE_TRY(const bytes k, from_hex(row["k"]));
    CIPHERLANE_TRY(const auto signature, for_vectors_only::sign_with_k(curve, scalar, id, message, k));
    return to_hex(signature);
}

kat_outcome decrypted(const kat_row& row) {
    CIPHERLANE_TRY(const auto curve, curve_of(row["curve"]));
    CIPHERLANE_TRY(const bytes raw, from_hex(row["private"]));
    CIPHERLANE_TRY(const bytes cryptogram, from_hex(row["c1c3c2"]));
    CIPHERLANE_TRY(const bytes clear, for_vectors_only::decrypt(curve, raw, cryptogram));
    return to_hex(clear);
}

kat_outcome decrypted_in_use(const kat_row& row) {
    CIPHERLANE_TRY(const bytes raw, from_hex(row["private"]));
    CIPHERLANE_TRY(const bytes cryptogram, from_hex(row["c1c3c2"]));
    CIPHERLANE_TRY(auto scalar, sm2_private_scalar::from_raw(raw));
    CIPHERLANE_TRY(const auto key, sm2_decryption_key::create(std::move(scalar)));
    CIPHERLANE_TRY(const auto clear, key.decrypt(cryptogram));
    return to_hex(clear.expose());
}

std::optional<std::string> run_sm2(const kat_row& row, const kat_target& /*target*/) {
    const auto& op = row["op"];
    const bool in_use = row["curve"] == "sm2p256v1";
    if (op == "decrypt") {
        auto why = judge(row, decrypted(row), row["message"]);
        return why || !in_use ? why : judge(row, decrypted_in_use(row), row["message"]);
    }
    if (op != "sign" && op != "verify") return "no operation " + op;
    if (op == "sign") {
        auto why = judge(row, signed_by(row), row["r"] + row["s"]);
        if (why || row.must_be_rejected() || !row.has("public_x")) return why;
    }
    auto why = judge(row, verified(row), "valid");
    return why || !in_use ? why : judge(row, verified_in_use(row), "valid");
}

constexpr kat_entry crypto_sm_entries[] = {
    {"sm2", run_sm2},
    {"sm3", run_sm3},
    {"sm4", run_sm4},
};

} // namespace

std::span<const kat_entry> crypto_sm_kats() {
    return crypto_sm_entries;
}

} // namespace cipherlane::cli
