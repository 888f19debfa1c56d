#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace cipherlane::sim {

/// The pad's master keys by slot.
using master_keys = std::map<int, secret_bytes>;

/// What a PIN is encrypted with: as GPN and GOC give it.
struct pin_cipher {
    int method = 1; ///< 0 DES, 1 3DES
    int slot = 0;
    secret_bytes working_key; ///< 16 bytes under the master key; DES uses the first 8
    std::string account;
};

/// Digits that are being entered at the pad.
class pin_entry {
  public:
    enum class state : std::uint8_t { entering, entered, cancelled };

    pin_entry(int least, int most)
        : least_(static_cast<std::size_t>(least))
        , most_(static_cast<std::size_t>(most))
        , digits_(static_cast<std::size_t>(most)) {}

    /// '0' to '9', 'E' enter (too early: ignored), 'C' cancel, '<' clear.
    [[nodiscard]] state press(char key);
    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] std::string_view digits() const noexcept { return as_text(digits_.expose().first(count_)); }

  private:
    std::size_t least_;
    std::size_t most_;
    std::size_t count_ = 0;
    secret_bytes digits_;
};

/// Decrypts the working key under its master key, forms the ISO 9564 format 0 block and encrypts it; a PAN of fewer
/// than 13 digits gets zeros on the left, as ABECS 6.5.11 says.
/// @return 8 bytes
[[nodiscard]] result<secret_bytes> encrypt_pin(
    const pin_cipher& how, const secret_bytes& master, std::string_view digits);

} // namespace cipherlane::sim
