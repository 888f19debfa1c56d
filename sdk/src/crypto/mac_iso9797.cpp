#include "key_access.hpp"
#include "mac_check.hpp"
#include "retail_core.hpp"

#include <cipherlane/crypto/mac_iso9797.hpp>

#include <algorithm>

namespace cipherlane::crypto {
namespace {

using block16 = std::array<std::uint8_t, 16>;
constexpr std::size_t des_block = 8;

/// The data cut as the padding methods want it: a leading length block, whole blocks, a padded last block.
struct padded {
    block16 first{}; ///< method 3: the length in bits, right-aligned
    byte_view whole; ///< the blocks before the last one
    block16 last{};  ///< the last block; every method has one
    bool has_first = false;
};

padded pad(byte_view data, mac_padding padding, std::size_t block) noexcept {
    padded cut;
    if (padding == mac_padding::method_3) {
        cut.has_first = true;
        std::uint64_t bits = std::uint64_t{data.size()} * 8;
        for (std::size_t at = block; bits != 0; bits >>= 8)
            cut.first[--at] = static_cast<std::uint8_t>(bits);
    }
    // Methods 1 and 3 add nothing to whole blocks; method 2 always adds its one bit.
    const bool full_last = padding != mac_padding::method_2 && !data.empty() && data.size() % block == 0;
    const std::size_t tail = full_last ? block : data.size() % block;
    cut.whole = data.first(data.size() - tail);
    std::copy(data.end() - static_cast<std::ptrdiff_t>(tail), data.end(), cut.last.begin());
    if (padding == mac_padding::method_2) cut.last[tail] = 0x80;
    return cut;
}

/// The last step of X9.19 on one block: E_K(D_K'(E_K(block))) is what TDES does with the whole key, and with three
/// keys the third stands in the place of the last K.
result<mac_value> finish_retail(block_cipher& whole, byte_span chain, byte_view last) {
    for (std::size_t i = 0; i < des_block; ++i)
        chain[i] ^= last[i];
    CIPHERLANE_CHECK(whole.encrypt_ecb(chain, chain));
    return mac_value(chain);
}

result<void> check_retail_key(const mac_key& key) {
    if (key.cipher() != algorithm::tdes || key.size() < 2 * des_block) {
        return crypto_error(crypto_errc::bad_key_length, "retail MAC");
    }
    return {};
}

} // namespace

result<mac_padding> mac_padding_of(int method) {
    if (method < 1 || method > 3) return crypto_error(crypto_errc::unsupported_algorithm, "MAC padding");
    return static_cast<mac_padding>(method);
}

result<mac_value> mac_algorithm_1(mac_key& key, mac_padding padding, byte_view data) {
    const std::size_t block = block_size_of(key.cipher());
    const auto cut = pad(data, padding, block);
    block16 state{};
    const auto chain = byte_span(state).first(block);
    CIPHERLANE_TRY(auto* whole, key_access::cipher(key));
    if (cut.has_first) CIPHERLANE_CHECK(whole->encrypt_ecb(byte_view(cut.first).first(block), chain));
    CIPHERLANE_CHECK(whole->cbc_checksum(chain, cut.whole));
    CIPHERLANE_CHECK(whole->cbc_checksum(chain, byte_view(cut.last).first(block)));
    return mac_value(chain);
}

result<mac_value> retail_mac_core(des_core& left, block_cipher& whole, mac_padding padding, byte_view data) {
    const auto cut = pad(data, padding, des_block);
    std::array<std::uint8_t, des_block> chain{};
    if (cut.has_first) CIPHERLANE_CHECK(left.encrypt(byte_view(cut.first).first(des_block), chain));
    CIPHERLANE_CHECK(left.cbc_checksum(chain, cut.whole));
    return finish_retail(whole, chain, byte_view(cut.last).first(des_block));
}

result<mac_value> retail_mac(mac_key& key, mac_padding padding, byte_view data) {
    CIPHERLANE_CHECK(check_retail_key(key));
    CIPHERLANE_TRY(auto* left, key_access::left_des(key));
    CIPHERLANE_TRY(auto* whole, key_access::cipher(key));
    return retail_mac_core(*left, *whole, padding, data);
}

result<mac_value> mac_algorithm_3(mac_key& key, mac_key& key2, mac_padding padding, byte_view data) {
    if (key.cipher() != key2.cipher()) return crypto_error(crypto_errc::unsupported_algorithm, "MAC algorithm 3");
    CIPHERLANE_TRY(const mac_value inner, mac_algorithm_1(key, padding, data));
    block16 state{};
    const auto chain = byte_span(state).first(inner.size());
    CIPHERLANE_TRY(auto* second, key_access::cipher(key2));
    CIPHERLANE_CHECK(second->decrypt_ecb(inner.view(), chain));
    CIPHERLANE_TRY(auto* first, key_access::cipher(key));
    CIPHERLANE_CHECK(first->encrypt_ecb(chain, chain));
    return mac_value(chain);
}

result<void> verify_mac_algorithm_1(
    mac_key& key, mac_padding padding, byte_view data, byte_view mac, std::size_t length) {
    CIPHERLANE_TRY(const mac_value computed, mac_algorithm_1(key, padding, data));
    return check_mac(computed, mac, length, "MAC algorithm 1");
}

result<void> verify_retail_mac(mac_key& key, mac_padding padding, byte_view data, byte_view mac, std::size_t length) {
    CIPHERLANE_TRY(const mac_value computed, retail_mac(key, padding, data));
    return check_mac(computed, mac, length, "retail MAC");
}

mac_stream::mac_stream(mac_key& key, kind which, mac_padding padding, std::uint64_t total_size) noexcept
    : key_(&key)
    , which_(which)
    , padding_(padding)
    , promised_(total_size)
    , block_(block_size_of(key.cipher())) {}

mac_stream::~mac_stream() {
    wipe(chain_);
    wipe(partial_);
}

result<mac_stream> mac_stream::algorithm_1(mac_key& key, mac_padding padding, std::uint64_t total_size) {
    return mac_stream(key, kind::algorithm_1, padding, total_size);
}

result<mac_stream> mac_stream::retail(mac_key& key, mac_padding padding, std::uint64_t total_size) {
    CIPHERLANE_CHECK(check_retail_key(key));
    return mac_stream(key, kind::retail, padding, total_size);
}

result<void> mac_stream::absorb(byte_view blocks) {
    const auto chain = byte_span(chain_).first(block_);
    if (which_ == kind::retail) {
        CIPHERLANE_TRY(auto* left, key_access::left_des(*key_));
        return left->cbc_checksum(chain, blocks);
    }
    CIPHERLANE_TRY(auto* whole, key_access::cipher(*key_));
    return whole->cbc_checksum(chain, blocks);
}

// The last block is always held back: only finish knows that it is the last.
result<void> mac_stream::update(byte_view data) {
    if (started_ == 0) CIPHERLANE_CHECK(start());
    seen_ += data.size();
    while (!data.empty()) {
        if (held_ == block_) {
            CIPHERLANE_CHECK(absorb(byte_view(partial_).first(block_)));
            held_ = 0;
        }
        if (held_ == 0 && data.size() > block_) {
            const auto whole = data.first((data.size() - 1) / block_ * block_);
            CIPHERLANE_CHECK(absorb(whole));
            data = data.subspan(whole.size());
        }
        const std::size_t taken = std::min(block_ - held_, data.size());
        std::copy_n(data.begin(), taken, partial_.begin() + static_cast<std::ptrdiff_t>(held_));
        held_ += taken;
        data = data.subspan(taken);
    }
    return {};
}

result<void> mac_stream::start() {
    started_ = 1;
    if (padding_ != mac_padding::method_3) return {};
    const auto cut = pad({}, padding_, block_);
    partial_ = cut.first;
    std::uint64_t bits = promised_ * 8;
    for (std::size_t at = block_; bits != 0; bits >>= 8)
        partial_[--at] = static_cast<std::uint8_t>(bits);
    held_ = block_;
    return {};
}

result<mac_value> mac_stream::finish() {
    if (started_ == 0) CIPHERLANE_CHECK(start());
    if (padding_ == mac_padding::method_3 && seen_ != promised_) {
        return crypto_error(crypto_errc::bad_data_length, "MAC");
    }
    // Method 2 always adds its bit; method 3 pads empty data to one block of zeros behind the length.
    const bool one_more = padding_ == mac_padding::method_2 || (padding_ == mac_padding::method_3 && seen_ == 0);
    if (one_more && held_ == block_) {
        CIPHERLANE_CHECK(absorb(byte_view(partial_).first(block_)));
        held_ = 0;
    }
    if (padding_ == mac_padding::method_2) partial_[held_++] = 0x80;
    std::fill(partial_.begin() + static_cast<std::ptrdiff_t>(held_), partial_.end(), std::uint8_t{0});
    const auto chain = byte_span(chain_).first(block_);
    const auto last = byte_view(partial_).first(block_);
    mac_value value;
    if (which_ == kind::retail) {
        CIPHERLANE_TRY(auto* whole, key_access::cipher(*key_));
        CIPHERLANE_TRY(value, finish_retail(*whole, chain, last));
    } else {
        CIPHERLANE_CHECK(absorb(last));
        value = mac_value(chain);
    }
    chain_.fill(0);
    partial_.fill(0);
    held_ = 0;
    seen_ = 0;
    started_ = 0;
    return value;
}

} // namespace cipherlane::crypto
