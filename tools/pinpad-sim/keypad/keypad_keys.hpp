#pragma once

#include "pinpad-sim/pin_entry.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/algorithm.hpp>

#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace cipherlane::sim {

/// The keys of a keypad: master keys by slot, working keys by master key and slot of their own, in clear as in the
/// hardware. 3DES and DES by a key's length, or SM4.
class keypad_keys {
  public:
    enum class family : std::uint8_t { des, sm4 };

    keypad_keys(family of, master_keys masters)
        : of_(of)
        , masters_(std::move(masters)) {}

    [[nodiscard]] bool has_master(int slot) const { return masters_.contains(slot); }
    [[nodiscard]] const secret_bytes* working(int master, int slot) const;
    void put_master(int slot, byte_view clear);
    /// Keys of the master key are gone with it.
    [[nodiscard]] bool replace_master(int slot, byte_view cryptogram, byte_view check);
    /// An empty check value proves nothing and is no fault.
    [[nodiscard]] bool put_working(int master, int slot, byte_view cryptogram, byte_view check = {});

    [[nodiscard]] std::optional<secret_bytes> unwrap(int master, byte_view cryptogram) const;
    [[nodiscard]] bytes encipher(const secret_bytes& key, byte_view data) const; ///< ECB
    [[nodiscard]] bytes encipher_by_master(int slot, byte_view data) const;
    [[nodiscard]] bytes check_value(const secret_bytes& key) const; ///< a whole block
    /// The chained MAC of whole blocks (CBC, zero IV): its last block.
    [[nodiscard]] bytes chain(const secret_bytes& key, byte_view data) const;
    /// ISO 9564 format 0 with a PAN, or with the twelve digits before its check digit; 16 bytes with SM4.
    [[nodiscard]] bytes pin_block(const secret_bytes& key, std::string_view pin, std::string_view pan) const;
    [[nodiscard]] std::size_t block_size() const noexcept { return of_ == family::sm4 ? 16 : 8; }

  private:
    [[nodiscard]] crypto::algorithm cipher_for(byte_view key) const noexcept;

    family of_;
    master_keys masters_;
    std::map<std::pair<int, int>, secret_bytes> working_;
};

} // namespace cipherlane::sim
