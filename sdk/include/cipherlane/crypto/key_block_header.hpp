#pragma once

#include <cipherlane/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cipherlane::crypto {

/// How a key block is protected (ANSI X9.143:2021 and TR-31:2018, "key block version ID").
enum class key_block_version : char {
    a = 'A', ///< TDES, keys as variants of the protection key, 4-byte MAC over the cryptogram (2005; deprecated)
    b = 'B', ///< TDES, keys derived by CMAC, 8-byte MAC over the clear key
    c = 'C', ///< TDES, as A (2010)
    d = 'D', ///< AES, keys derived by CMAC, 16-byte MAC over the clear key
    // Read and explained; `key_block_protector` makes and opens none of these.
    e = 'E',           ///< AES in counter mode, 16-byte MAC over the clear key (ISO 20038)
    thales_tdes = '0', ///< a payShield's own format under a TDES local master key: scheme tag S
    thales_aes = '1',  ///< the same under an AES one
};

/// Whether the format is Thales' own: the same 16 characters in front, with usages of its own and the number of the
/// local master key in the place of `reserved`.
[[nodiscard]] constexpr bool is_thales_block(key_block_version version) noexcept {
    return version == key_block_version::thales_tdes || version == key_block_version::thales_aes;
}

/// One optional block of a header: the views live as long as the key block's text.
struct key_block_option {
    std::string_view id;    ///< two characters
    std::string_view data;  ///< printable ASCII
    std::size_t offset = 0; ///< of the identifier, from the start of the key block
    std::size_t size = 0;   ///< characters with identifier and length
    friend bool operator==(const key_block_option&, const key_block_option&) = default;
};

/// The header of a key block (ANSI X9.143:2021 clause 6, TR-31:2018 annex A.5; 密钥块头): 16 characters that bind the
/// key to its use, and up to 99 optional blocks.
///
/// A view: it lives as long as the text. Takes every header that keeps to the syntax; whether its values are those of
/// the standard says `check_key_block_header`. Allocates nothing. Thread safe.
class key_block_header {
  public:
    static constexpr std::size_t fixed_size = 16;

    /// Reads the header at the beginning of `text`, be it a whole key block or a header alone. The length field is
    /// read, but not held against the text: `key_block_protector` does that.
    ///
    /// Lengths of optional blocks count characters; so does the count of digits in front of an extended length (`00`,
    /// two digits, length).
    /// @return `crypto_errc::bad_key_block` with field and offset.
    [[nodiscard]] static result<key_block_header> parse(std::string_view text);

    [[nodiscard]] key_block_version version() const noexcept { return static_cast<key_block_version>(text_[0]); }
    /// Characters of the whole key block, as its length field says.
    [[nodiscard]] std::size_t block_length() const noexcept { return block_length_; }
    [[nodiscard]] std::string_view usage() const noexcept { return text_.substr(5, 2); }
    [[nodiscard]] char algorithm() const noexcept { return text_[7]; }
    [[nodiscard]] char mode_of_use() const noexcept { return text_[8]; }
    /// Version of the key, or `c` and the number of a component; `00` where it is not used.
    [[nodiscard]] std::string_view key_version() const noexcept { return text_.substr(9, 2); }
    [[nodiscard]] char exportability() const noexcept { return text_[11]; }
    /// `00`; some units put the number of a local master key here.
    [[nodiscard]] std::string_view reserved() const noexcept { return text_.substr(14, 2); }

    /// The header with its optional blocks, as it stands in the key block.
    [[nodiscard]] std::string_view text() const noexcept { return text_; }

    /// Walks the optional blocks in their order.
    class option_iterator {
      public:
        using value_type = key_block_option;
        using difference_type = std::ptrdiff_t;
        option_iterator() noexcept = default;
        [[nodiscard]] const key_block_option& operator*() const noexcept { return current_; }
        [[nodiscard]] const key_block_option* operator->() const noexcept { return &current_; }
        option_iterator& operator++() noexcept;
        option_iterator operator++(int) noexcept;
        friend bool operator==(const option_iterator& a, const option_iterator& b) noexcept {
            return a.current_.offset == b.current_.offset;
        }

      private:
        friend class key_block_header;
        option_iterator(std::string_view text, std::size_t at) noexcept;
        std::string_view text_;
        key_block_option current_;
    };
    [[nodiscard]] option_iterator begin() const noexcept { return {text_, fixed_size}; }
    [[nodiscard]] option_iterator end() const noexcept { return {text_, text_.size()}; }
    [[nodiscard]] std::size_t option_count() const noexcept { return option_count_; }
    /// The first optional block with this identifier.
    [[nodiscard]] std::optional<key_block_option> find_option(std::string_view id) const noexcept;

  private:
    key_block_header() noexcept = default;
    std::string_view text_;
    std::size_t block_length_ = 0;
    std::size_t option_count_ = 0;
};

/// Bytes of a cipher block of this version: 8, or 16 with AES; 1 with E, whose counter mode needs no whole blocks.
[[nodiscard]] constexpr std::size_t key_block_unit(key_block_version version) noexcept {
    if (version == key_block_version::e) return 1;
    return version == key_block_version::d || version == key_block_version::thales_aes ? 16 : 8;
}

/// Bytes of the MAC at the end of a key block: 4 with A and C, 8 with B, 16 with D and E; with Thales' own 4 and 8.
[[nodiscard]] constexpr std::size_t key_block_mac_size(key_block_version version) noexcept {
    if (version == key_block_version::d || version == key_block_version::e) return 16;
    return version == key_block_version::b || version == key_block_version::thales_aes ? 8 : 4;
}

} // namespace cipherlane::crypto
