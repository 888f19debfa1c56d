#pragma once

#include "hsm-sim/keys/clear_key.hpp"
#include "hsm-sim/keys/status.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::hsm_sim {

/// What a key block's header says of its key (X9.143 table 1): usage "P0", algorithm 'T', mode of use 'E', version
/// "00", exportability 'E'.
struct block_attributes {
    std::string usage = "00";
    char algorithm = 'T';
    char mode_of_use = 'N';
    std::string version = "00";
    char exportability = 'E';
};

/// Key blocks of X9.143 methods B (under a TDES key) and D (under AES): encryption and MAC keys derived by CMAC, the
/// header bound by the MAC. Thales blocks (`S`) have no public body; the simulator's are method D with another first
/// character and the local master key's number at the end of the header, so they mean something to it alone.
enum class block_kind : std::uint8_t { tr31, thales };

/// The block without its scheme tag. Key lengths are hidden: DES keys fill 24 bytes, AES keys 32.
[[nodiscard]] std::string wrap_block(
    block_kind kind, const clear_key& protection, const block_attributes& what, const clear_key& key);

/// A Thales block whose body is bytes, as of private keys: header, cryptogram, MAC in hex. What is inside is the
/// simulator's own.
[[nodiscard]] std::string wrap_private_block(
    const clear_key& protection, const block_attributes& what, byte_view secret);

struct opened_block {
    status verdict;
    block_attributes what;
    clear_key key;
};
/// Opens a block of either kind, optional blocks skipped. `verdict` tells what is wrong: header, length, MAC.
[[nodiscard]] opened_block open_block(block_kind kind, const clear_key& protection, std::string_view block);

/// The length in a block's header, or 0 if it is not there.
[[nodiscard]] std::size_t block_length(std::string_view block) noexcept;

/// CMAC of SP 800-38B, one block of the key's cipher.
[[nodiscard]] std::array<std::uint8_t, 16> cmac(const clear_key& key, byte_view data) noexcept;

} // namespace cipherlane::hsm_sim
