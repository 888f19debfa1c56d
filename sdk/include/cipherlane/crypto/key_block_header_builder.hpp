#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/key_block_header.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::crypto {

/// Puts the header of a new key block together (ANSI X9.143:2021 clause 6).
///
/// Optional blocks keep the order in which they were added; lengths above 255 characters are written in the extended
/// form with four digits; a padding block (PB) is added at the end where the header would not fill whole cipher
/// blocks. Nothing is checked before `build`. One thread at a time.
class key_block_header_builder {
  public:
    /// `usage` and the letters as in `key_block_check.hpp`. Key version 00 and not exportable unless said otherwise.
    key_block_header_builder(std::string_view usage, char algorithm, char mode_of_use);

    /// Everything of a header that was read but its version, length and padding, to wrap the key anew.
    explicit key_block_header_builder(const key_block_header& header);

    key_block_header_builder& set_key_version(std::string_view two_characters);
    key_block_header_builder& set_exportability(char code);
    key_block_header_builder& set_reserved(std::string_view two_characters);
    /// Data in printable ASCII.
    key_block_header_builder& add_option(std::string_view id, std::string_view data);

    [[nodiscard]] std::string_view usage() const noexcept { return usage_; }
    [[nodiscard]] char algorithm() const noexcept { return algorithm_; }

    /// The header of a key block with `payload` characters behind it.
    /// @return `crypto_errc::bad_key_block` with the field: what `check_key_block_header` finds, more than 99
    /// optional blocks, or more than 9999 characters.
    [[nodiscard]] result<std::string> build(key_block_version version, std::size_t payload) const;

  private:
    struct option {
        std::string id;
        std::string data;
    };
    std::string usage_;
    char algorithm_;
    char mode_of_use_;
    std::string key_version_ = "00";
    char exportability_ = 'N';
    std::string reserved_ = "00";
    std::vector<option> options_;
};

} // namespace cipherlane::crypto
