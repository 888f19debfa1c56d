// The only file that calls deprecated functions.
#ifdef CIPHERLANE_DES_DIRECT
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/des.h>
#endif

#include "des_core.hpp"

#include <cipherlane/core/secret_bytes.hpp>

#include <algorithm>
#include <cassert>
#include <cstring>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t block = 8;

#ifdef CIPHERLANE_DES_DIRECT
static_assert(sizeof(DES_key_schedule) <= 128 && alignof(DES_key_schedule) <= 16);

DES_key_schedule* as_schedule(std::array<std::uint8_t, 128>& storage) noexcept {
    return reinterpret_cast<DES_key_schedule*>(storage.data());
}
DES_cblock* as_block(std::uint8_t* data) noexcept {
    return reinterpret_cast<DES_cblock*>(data);
}
const_DES_cblock* as_block(const std::uint8_t* data) noexcept {
    return reinterpret_cast<const_DES_cblock*>(const_cast<std::uint8_t*>(data));
}
#endif

error failed() noexcept {
    return crypto_error(crypto_errc::library_failed, "des");
}

} // namespace

des_core::path des_core::fastest() noexcept {
#ifdef CIPHERLANE_DES_DIRECT
    return path::direct;
#else
    return path::evp;
#endif
}

result<des_core> des_core::create(byte_view key, path way) {
    if (key.size() != block) return crypto_error(crypto_errc::bad_key_length, "des");
    des_core made;
    made.path_ = way;
#ifdef CIPHERLANE_DES_DIRECT
    if (way == path::direct) {
        DES_set_key_unchecked(as_block(key.data()), as_schedule(made.schedule_));
        return made;
    }
#endif
    if (way == path::direct) return crypto_error(crypto_errc::unsupported_algorithm, "des");
    std::array<std::uint8_t, 3 * block> thrice;
    for (std::size_t part = 0; part < 3; ++part)
        std::copy(key.begin(), key.end(), thrice.begin() + part * block);
    bool ready = true;
    for (auto direction_ : {direction::decrypt, direction::encrypt}) {
        const auto at = static_cast<std::size_t>(direction_);
        made.ecb_[at] =
            keyed_context(fetched_cipher(algorithm::tdes, cipher_mode::ecb, 24), direction_, thrice.data());
        made.cbc_[at] =
            keyed_context(fetched_cipher(algorithm::tdes, cipher_mode::cbc, 24), direction_, thrice.data());
        ready = ready && made.ecb_[at] && made.cbc_[at];
    }
    wipe(thrice);
    if (!ready) return crypto_error(crypto_errc::unsupported_algorithm, "des");
    return made;
}

des_core::des_core(des_core&& other) noexcept
    : schedule_(other.schedule_)
    , ecb_(std::move(other.ecb_))
    , cbc_(std::move(other.cbc_))
    , path_(other.path_) {
    wipe(other.schedule_);
}

des_core& des_core::operator=(des_core&& other) noexcept {
    if (this != &other) {
        schedule_ = other.schedule_;
        ecb_ = std::move(other.ecb_);
        cbc_ = std::move(other.cbc_);
        path_ = other.path_;
        wipe(other.schedule_);
    }
    return *this;
}

des_core::~des_core() {
    wipe(schedule_);
}

// EVP_Cipher, not EVP_CipherUpdate: with whole blocks and no padding there is nothing to buffer, and 3.0 spends a
// fifth of a DES block on finding that out.
bool run_cipher(EVP_CIPHER_CTX* context, byte_view in, byte_span out) noexcept {
    constexpr std::size_t largest = std::size_t{1} << 30; // OpenSSL counts in int
    while (!in.empty()) {
        const std::size_t size = std::min(in.size(), largest);
        if (EVP_Cipher(context, out.data(), in.data(), static_cast<unsigned>(size)) <= 0) return false;
        in = in.subspan(size);
        out = out.subspan(size);
    }
    return true;
}

result<void> des_core::evp_ecb(direction way, byte_view in, byte_span out) noexcept {
    if (!run_cipher(ecb_[static_cast<std::size_t>(way)].get(), in, out)) return failed();
    return {};
}

result<void> des_core::evp_cbc(direction way, byte_view iv, byte_view in, byte_span out) noexcept {
    auto* context = cbc_[static_cast<std::size_t>(way)].get();
    if (EVP_CipherInit_ex2(context, nullptr, nullptr, iv.data(), -1, nullptr) != 1) return failed();
    if (!run_cipher(context, in, out)) return failed();
    return {};
}

result<void> des_core::encrypt(byte_view in, byte_span out) noexcept {
    assert(in.size() % block == 0 && out.size() >= in.size());
#ifdef CIPHERLANE_DES_DIRECT
    if (path_ == path::direct) {
        for (std::size_t at = 0; at < in.size(); at += block) {
            DES_ecb_encrypt(as_block(&in[at]), as_block(&out[at]), as_schedule(schedule_), DES_ENCRYPT);
        }
        return {};
    }
#endif
    return evp_ecb(direction::encrypt, in, out);
}

result<void> des_core::decrypt(byte_view in, byte_span out) noexcept {
    assert(in.size() % block == 0 && out.size() >= in.size());
#ifdef CIPHERLANE_DES_DIRECT
    if (path_ == path::direct) {
        for (std::size_t at = 0; at < in.size(); at += block) {
            DES_ecb_encrypt(as_block(&in[at]), as_block(&out[at]), as_schedule(schedule_), DES_DECRYPT);
        }
        return {};
    }
#endif
    return evp_ecb(direction::decrypt, in, out);
}

result<void> des_core::encrypt_cbc(byte_view iv, byte_view in, byte_span out) noexcept {
    assert(iv.size() == block && in.size() % block == 0 && out.size() >= in.size());
#ifdef CIPHERLANE_DES_DIRECT
    if (path_ == path::direct) {
        DES_cblock chain;
        std::copy_n(iv.begin(), block, chain);
        DES_ncbc_encrypt(
            in.data(), out.data(), static_cast<long>(in.size()), as_schedule(schedule_), &chain, DES_ENCRYPT);
        return {};
    }
#endif
    return evp_cbc(direction::encrypt, iv, in, out);
}

result<void> des_core::decrypt_cbc(byte_view iv, byte_view in, byte_span out) noexcept {
    assert(iv.size() == block && in.size() % block == 0 && out.size() >= in.size());
#ifdef CIPHERLANE_DES_DIRECT
    if (path_ == path::direct) {
        DES_cblock chain;
        std::copy_n(iv.begin(), block, chain);
        DES_ncbc_encrypt(
            in.data(), out.data(), static_cast<long>(in.size()), as_schedule(schedule_), &chain, DES_DECRYPT);
        return {};
    }
#endif
    return evp_cbc(direction::decrypt, iv, in, out);
}

result<void> des_core::cbc_checksum(byte_span chain, byte_view in) noexcept {
    assert(chain.size() == block && in.size() % block == 0);
    if (in.empty()) return {};
#ifdef CIPHERLANE_DES_DIRECT
    if (path_ == path::direct) {
        DES_cblock iv;
        std::copy_n(chain.begin(), block, iv);
        DES_cbc_cksum(in.data(), as_block(chain.data()), static_cast<long>(in.size()), as_schedule(schedule_), &iv);
        return {};
    }
#endif
    std::array<std::uint8_t, 512> scratch;
    while (!in.empty()) {
        const auto piece = in.first(std::min(in.size(), scratch.size()));
        CIPHERLANE_CHECK(evp_cbc(direction::encrypt, chain, piece, scratch));
        std::copy_n(scratch.begin() + static_cast<std::ptrdiff_t>(piece.size() - block), block, chain.begin());
        in = in.subspan(piece.size());
    }
    wipe(scratch);
    return {};
}

result<des_once> des_once::create(des_core::path way) {
    des_once made;
    made.path_ = way;
    if (way == des_core::path::direct) {
        if (des_core::fastest() == way) return made;
        return crypto_error(crypto_errc::unsupported_algorithm, "des");
    }
    const auto* cipher = fetched_cipher(algorithm::tdes, cipher_mode::ecb, 24);
    const std::array<std::uint8_t, 24> no_key{};
    for (auto each : {direction::decrypt, direction::encrypt}) {
        auto& context = made.contexts_[static_cast<std::size_t>(each)];
        context = keyed_context(cipher, each, no_key.data());
        if (!context) return crypto_error(crypto_errc::unsupported_algorithm, "des");
    }
    return made;
}

void des_once::forget() noexcept {
    const std::array<std::uint8_t, 3 * block> no_key{};
    for (auto& context : contexts_) {
        if (context && EVP_CipherInit_ex2(context.get(), nullptr, no_key.data(), nullptr, -1, nullptr) != 1) {
            context.reset(); // it is of no use any more, and cleansed
        }
    }
}

result<void> des_once::encrypt(byte_view key, byte_view in, byte_span out) noexcept {
    return run(direction::encrypt, key, in, out);
}
result<void> des_once::decrypt(byte_view key, byte_view in, byte_span out) noexcept {
    return run(direction::decrypt, key, in, out);
}

result<void> des_once::run(direction way, byte_view key, byte_view in, byte_span out) noexcept {
    assert((key.size() == block || key.size() == 2 * block) && in.size() == block && out.size() >= block);
    const std::uint8_t* second = key.data() + (key.size() - block);
#ifdef CIPHERLANE_DES_DIRECT
    if (path_ == des_core::path::direct) {
        const int to = way == direction::encrypt ? DES_ENCRYPT : DES_DECRYPT;
        std::array<DES_key_schedule, 2> schedules;
        DES_set_key_unchecked(as_block(key.data()), &schedules[0]);
        if (key.size() == block) {
            DES_ecb_encrypt(as_block(in.data()), as_block(out.data()), &schedules[0], to);
        } else {
            DES_set_key_unchecked(as_block(second), &schedules[1]);
            DES_ecb3_encrypt(
                as_block(in.data()), as_block(out.data()), &schedules[0], &schedules[1], &schedules[0], to);
        }
        wipe({reinterpret_cast<std::uint8_t*>(schedules.data()), sizeof schedules});
        return {};
    }
#endif
    std::array<std::uint8_t, 3 * block> whole;
    std::copy_n(key.begin(), block, whole.begin());
    std::copy_n(second, block, whole.begin() + block);
    std::copy_n(key.begin(), block, whole.begin() + 2 * block);
    auto* context = contexts_[static_cast<std::size_t>(way)].get();
    const bool done = context != nullptr &&
                      EVP_CipherInit_ex2(context, nullptr, whole.data(), nullptr, -1, nullptr) == 1 &&
                      run_cipher(context, in.first(block), out);
    wipe(whole);
    if (!done) return failed();
    return {};
}

} // namespace cipherlane::crypto
