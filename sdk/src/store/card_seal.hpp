#pragma once

#include "journal_mark.hpp"

#include <cipherlane/crypto/aes_gcm.hpp>
#include <cipherlane/crypto/hmac.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <cstdint>
#include <string_view>

namespace cipherlane::store {

/// Seals card data for the journal with AES-256-GCM, bound to its journal, record and terminal. Belongs to the
/// journal's thread.
class card_seal {
  public:
    /// @param key 32 bytes. @return what crypto says of the key.
    [[nodiscard]] static result<card_seal> create(byte_view key);

    /// Before anything is sealed: no seal opens in another journal, though the key be the same.
    void belongs_to(const journal_id& journal) { journal_ = journal; }

    [[nodiscard]] result<bytes> seal(std::uint64_t id, std::string_view terminal_id, const ports::stored_card& card);
    /// @return `store_errc::seal_broken`.
    [[nodiscard]] result<ports::stored_card> open(std::uint64_t id, std::string_view terminal_id, byte_view sealed);

    /// By which a number is known again, also once its card has been erased: 16 bytes, keyed, and of this record
    /// alone, so that two of the same card have nothing in common. @return `crypto_errc::library_failed`.
    [[nodiscard]] result<bytes> digest(std::uint64_t id, std::string_view terminal_id, const pan& number);

    /// A card that was sealed before journals had names.
    /// @return `store_errc::seal_broken`.
    [[nodiscard]] result<ports::stored_card> open_nameless(
        std::uint64_t id, std::string_view terminal_id, byte_view sealed);

    /// A sealed constant, by which a journal knows its key again.
    [[nodiscard]] result<bytes> seal_mark();
    /// @return `store_errc::wrong_key`.
    [[nodiscard]] result<void> check_mark(byte_view sealed);

  private:
    card_seal(crypto::data_key key, crypto::hmac_key digests) noexcept
        : key_(std::move(key))
        , digests_(std::move(digests)) {}
    [[nodiscard]] result<ports::stored_card> open_bound(std::string_view binding, byte_view sealed);
    crypto::data_key key_;
    crypto::hmac_key digests_; ///< a key of its own, made from that one
    journal_id journal_{};
};

} // namespace cipherlane::store
