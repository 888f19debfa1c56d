// Key pairs of payShields: EI (RSA) and FY (elliptic curves). What a unit keeps inside the cryptogram of a private
// key is not published; here it is PKCS 8's PrivateKeyInfo, padded.
#include "hsm-sim/keys/ciphers.hpp"
#include "hsm-sim/racal/command.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>

namespace cipherlane::hsm_sim {
namespace {

constexpr status bad_encoding{'0', '3'};
constexpr status bad_length{'0', '4'};
constexpr status bad_use{'0', '5'};
constexpr status bad_exponent_length{'0', '6'};
constexpr status even_exponent{'0', '8'};
constexpr status weak_master_key{'4', '8'};
constexpr status bad_exportability{'A', 'A'};

constexpr std::size_t least_bits = 512; ///< units go down to 320; OpenSSL does not
constexpr std::size_t most_bits = 2048; ///< under variant keys
constexpr std::size_t most_block_bits = 4096;
constexpr std::size_t longest_exponent = 64; ///< bits

template <auto Free>
struct freeing {
    template <class T>
    void operator()(T* what) const noexcept {
        Free(what);
    }
};
using pkey_ptr = std::unique_ptr<EVP_PKEY, freeing<EVP_PKEY_free>>;
using pkey_context = std::unique_ptr<EVP_PKEY_CTX, freeing<EVP_PKEY_CTX_free>>;
using number_ptr = std::unique_ptr<BIGNUM, freeing<BN_clear_free>>;

/// What `write(key, to)` makes: asked for its length first, as OpenSSL's i2d functions are.
template <class Write>
bytes encoded(Write write) {
    const int size = write(nullptr);
    bytes made(size > 0 ? static_cast<std::size_t>(size) : 0);
    auto* at = made.data();
    if (size <= 0 || write(&at) != size) made.clear();
    return made;
}

bytes private_info(const EVP_PKEY* key) {
    const std::unique_ptr<PKCS8_PRIV_KEY_INFO, freeing<PKCS8_PRIV_KEY_INFO_free>> info(EVP_PKEY2PKCS8(key));
    if (info == nullptr) return {};
    return encoded([&](std::uint8_t** to) { return i2d_PKCS8_PRIV_KEY_INFO(info.get(), to); });
}

pkey_ptr generate_rsa(std::size_t bits, byte_view exponent) {
    const pkey_context context(EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nullptr));
    EVP_PKEY* made = nullptr;
    bool good = context != nullptr && EVP_PKEY_keygen_init(context.get()) == 1 &&
                EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), static_cast<int>(bits)) == 1;
    if (good && !exponent.empty()) {
        const number_ptr number(BN_bin2bn(exponent.data(), static_cast<int>(exponent.size()), nullptr));
        good = number != nullptr && EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), number.get()) == 1;
    }
    if (good) (void)EVP_PKEY_keygen(context.get(), &made);
    return pkey_ptr(made);
}

/// The four digits of a length in bits and as many bytes as hold it.
bytes public_exponent(command& c) {
    const std::size_t bits = c.in.decimal(4, bad_exponent_length);
    if (!c.failed() && (bits < 2 || bits > longest_exponent)) c.fail(bad_exponent_length);
    const auto text = as_bytes(c.in.text((bits + 7) / 8, bad_exponent_length));
    if (!c.failed() && (text.back() & 1U) == 0) c.fail(even_exponent);
    return {text.begin(), text.end()};
}

/// Behind '#': version of the key, no optional blocks; perhaps '&' and the exportability.
void block_fields(command& c, block_attributes& what) {
    if (!c.in.take_if('#')) c.fail(code::input_data);
    what.version = c.in.text(2);
    if (c.in.digits(2) != "00") c.fail(code::input_data);
    if (c.in.take_if('&')) what.exportability = c.in.one_of("NES", bad_exportability);
}

/// Under pair 34-35, which has the private keys of SM2, too.
bytes under_pair(const command& c, byte_view secret) {
    constexpr std::size_t unit = 8;
    secret_bytes clear(secret.size() / unit * unit + unit); // as ISO 9797-1 method 2 fills it
    std::copy(secret.begin(), secret.end(), clear.expose().begin());
    clear.expose()[secret.size()] = 0x80;
    const std::array<std::uint8_t, unit> start{};
    bytes hidden(clear.size());
    run_chained(clear_key(c.lmks.pair(slots::sm2_private.pair)), chain_mode::cbc, direction::encrypt, start,
        std::as_const(clear).expose(), hidden);
    return hidden;
}

void put_private_block(command& c, const block_attributes& what, byte_view secret) {
    c.put('S');
    c.put(wrap_private_block(c.lmks.block_key(), what, secret));
}

/// EI: use, bits, encoding of the public key, perhaps the public exponent.
void generate_rsa_pair(command& c) {
    const bool blocks = c.on.settings().dialect == family::payshield_kb;
    const char use = c.in.one_of("012", bad_use);
    const std::size_t bits = c.in.decimal(4, bad_length);
    const std::size_t most = blocks ? most_block_bits : most_bits;
    if (!c.failed() && (bits < least_bits || bits > most_block_bits)) c.fail(bad_length);
    if (!c.failed() && bits > most) c.fail(weak_master_key);
    const auto encoding = c.in.digits(2, bad_encoding);
    if (!c.failed() && encoding != "01" && encoding != "02") c.fail(bad_encoding);
    const bool given = c.in.peek() >= '0' && c.in.peek() <= '9';
    const auto exponent = given ? public_exponent(c) : bytes();
    block_attributes what{"03", 'R', use == '0' ? 'S' : use == '1' ? 'D' : 'N', "00", 'N'};
    if (blocks) block_fields(c, what);
    c.end();
    if (c.failed()) return;
    const auto made = generate_rsa(bits, exponent);
    if (made == nullptr) return c.fail(given ? bad_exponent_length : code::hardware);
    c.put_bytes(encoded([&](std::uint8_t** to) { return i2d_PublicKey(made.get(), to); }));
    auto secret = private_info(made.get());
    if (blocks) {
        c.put("FFFF");
        put_private_block(c, what, secret);
    } else {
        const auto hidden = under_pair(c, secret);
        c.put_decimal(hidden.size(), 4);
        c.put_bytes(hidden);
    }
    wipe(secret);
}

/// FY: algorithm, curve, encoding of the public key, and what the private key's block says of it.
void generate_curve_pair(command& c) {
    constexpr const char* curves[] = {"P-256", "P-384", "P-521"};
    if (c.in.digits(2) != "01") c.fail(code::input_data);
    const std::size_t curve = c.in.decimal(2);
    if (c.in.digits(2) != "03" || curve >= std::size(curves)) c.fail(code::input_data);
    if (!c.in.take_if('#')) c.fail(code::input_data);
    block_attributes what{"03", 'E', c.in.one_of("SXN", code::block_mode), std::string(c.in.digits(2)),
        c.in.one_of("NES", bad_exportability)};
    if (c.in.digits(2) != "00") c.fail(code::input_data);
    c.end();
    if (c.failed()) return;
    const pkey_ptr made(EVP_EC_gen(curves[curve]));
    if (made == nullptr) return c.fail(code::hardware);
    const auto open = encoded([&](std::uint8_t** to) { return i2d_PUBKEY(made.get(), to); });
    c.put_decimal(open.size(), 4);
    c.put_bytes(open);
    auto secret = private_info(made.get());
    put_private_block(c, what, secret);
    wipe(secret);
}

constexpr command_row rows[] = {
    {"EI", generate_rsa_pair, payshields, true},
    {"FY", generate_curve_pair, static_cast<std::uint8_t>(family::payshield_kb)},
};

} // namespace

std::span<const command_row> asymmetric_commands() noexcept {
    return rows;
}

} // namespace cipherlane::hsm_sim
