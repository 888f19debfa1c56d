#include "dukpt_aes_steps.hpp"

#include "des_core.hpp"

#include <cipherlane/core/secret_bytes.hpp>

#include <algorithm>
#include <cassert>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t block = 16;
constexpr std::size_t largest_key = 32;
constexpr std::size_t counter_at = 8; // of a serial number
constexpr std::uint8_t derivation_version = 1;

// Strength as SP 800-57 counts it.
constexpr std::array rows{
    dukpt_key_type_row{0, 16, 80},
    dukpt_key_type_row{1, 24, 112},
    dukpt_key_type_row{2, 16, 128},
    dukpt_key_type_row{3, 24, 192},
    dukpt_key_type_row{4, 32, 256},
    dukpt_key_type_row{5, 16, 128},
    dukpt_key_type_row{5, 24, 192},
    dukpt_key_type_row{5, 32, 256},
};

void store_be32(std::uint8_t* at, std::uint32_t value) noexcept {
    store_be16(at, static_cast<std::uint16_t>(value >> 16));
    store_be16(at + 2, static_cast<std::uint16_t>(value));
}

dukpt_key_type aes_type_of(std::size_t key_size) noexcept {
    if (key_size == 16) return dukpt_key_type::aes_128;
    return key_size == 24 ? dukpt_key_type::aes_192 : dukpt_key_type::aes_256;
}

} // namespace

const dukpt_key_type_row& row_of(dukpt_key_type type) noexcept {
    return rows[static_cast<std::size_t>(type)];
}

std::uint32_t counter_of(const aes_serial_number& serial_number) noexcept {
    return (std::uint32_t{load_be16(&serial_number[counter_at])} << 16) | load_be16(&serial_number[counter_at + 2]);
}

aes_serial_number with_counter(aes_serial_number serial_number, std::uint32_t counter) noexcept {
    store_be32(&serial_number[counter_at], counter);
    return serial_number;
}

result<aes_serial_number> serial_number_of(byte_view identifier) noexcept {
    if (identifier.size() != initial_identifier_size) return crypto_error(crypto_errc::bad_ksn, "DUKPT");
    aes_serial_number made{};
    std::copy(identifier.begin(), identifier.end(), made.begin());
    return made;
}

result<aes_key_generation> aes_key_generation::create(std::size_t key_size) {
    const std::array<std::uint8_t, largest_key> no_key{};
    auto context =
        keyed_context(fetched_cipher(algorithm::aes, cipher_mode::ecb, key_size), direction::encrypt, no_key.data());
    if (!context) return crypto_error(crypto_errc::unsupported_algorithm, "DUKPT");
    return aes_key_generation(std::move(context), aes_type_of(key_size));
}

aes_key_generation::derivation_data aes_key_generation::data_for(
    std::uint16_t usage, dukpt_key_type type) const noexcept {
    derivation_data data{derivation_version, 1};
    store_be16(&data[2], usage);
    data[5] = row_of(type).indicator;
    store_be16(&data[6], static_cast<std::uint16_t>(8 * row_of(type).size));
    // The derivation identifier, and the counter that the caller sets.
    std::copy(serial_number_.begin() + 4, serial_number_.end(), data.begin() + 8);
    return data;
}

result<void> aes_key_generation::run(byte_view parent, derivation_data data, byte_span key) {
    if (!context_ || EVP_CipherInit_ex2(context_.get(), nullptr, parent.data(), nullptr, -1, nullptr) != 1) {
        return crypto_error(crypto_errc::library_failed, "DUKPT");
    }
    // Both blocks at once: `key` may be `parent`, and the context has its own copy by now.
    std::array<std::uint8_t, 2 * block> blocks;
    const std::size_t used = key.size() > block ? blocks.size() : block;
    std::copy(data.begin(), data.end(), blocks.begin());
    std::copy(data.begin(), data.end(), blocks.begin() + block);
    blocks[block + 1] = 2; // the block counter
    const auto work = byte_span(blocks).first(used);
    const bool done = run_cipher(context_.get(), work, work);
    if (done) std::copy_n(blocks.begin(), key.size(), key.begin());
    wipe(blocks);
    if (!done) return crypto_error(crypto_errc::library_failed, "DUKPT");
    return {};
}

void aes_key_generation::forget() noexcept {
    const std::array<std::uint8_t, largest_key> no_key{};
    if (context_ && EVP_CipherInit_ex2(context_.get(), nullptr, no_key.data(), nullptr, -1, nullptr) != 1) {
        context_.reset(); // it is of no use any more, and cleansed
    }
}

result<void> aes_key_generation::derive(byte_view parent, std::uint32_t counter, byte_span child) {
    auto data = data_for(dukpt_usage::derivation, own_type_);
    store_be32(&data[12], counter);
    return run(parent, data, child);
}

result<void> aes_key_generation::derive_initial(byte_view base, byte_span initial) {
    auto data = data_for(dukpt_usage::initial, own_type_);
    std::copy_n(serial_number_.begin(), initial_identifier_size, data.begin() + 8);
    return run(base, data, initial);
}

result<void> aes_key_generation::derive_working(
    byte_view transaction, std::uint16_t usage, dukpt_key_type type, byte_span key) {
    assert(key.size() == row_of(type).size);
    if (row_of(type).strength > row_of(own_type_).strength) {
        return crypto_error(crypto_errc::refused_by_policy, "DUKPT");
    }
    return run(transaction, data_for(usage, type), key);
}

} // namespace cipherlane::crypto
