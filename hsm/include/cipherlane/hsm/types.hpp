#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/pan.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace cipherlane::hsm {

/// What a key is for. Which code a dialect gives it is the profile's matter.
enum class key_type : std::uint8_t {
    zmk,    ///< zone master key (BMK, 区域主密钥)
    zpk,    ///< zone PIN key (PIK between banks)
    tpk,    ///< terminal PIN key (PIK, 终端 PIN 密钥)
    tmk,    ///< terminal master key (终端主密钥)
    pvk,    ///< PIN verification key
    tak,    ///< terminal authentication key (MAK, 终端 MAC 密钥)
    zak,    ///< zone authentication key
    bdk,    ///< DUKPT base derivation key
    zek,    ///< zone data key
    dek,    ///< data key
    cvk,    ///< card verification key
    mk_ac,  ///< issuer master key for application cryptograms
    mk_smi, ///< issuer master key for script MACs
    mk_smc, ///< issuer master key for script encryption
};
[[nodiscard]] std::string_view to_string(key_type value) noexcept;

/// A key's size and how it stays under the local master key.
enum class key_scheme_name : std::uint8_t {
    single,     ///< 8 bytes
    double_,    ///< 16 bytes, halves varianted where the dialect does so
    triple,     ///< 24 bytes, likewise
    double_ecb, ///< 16 bytes, plain ECB: what terminals understand
    triple_ecb,
    sm4,
    block, ///< a key block
};
[[nodiscard]] std::string_view to_string(key_scheme_name value) noexcept;
/// Bytes of a key of that scheme; 0 for blocks.
[[nodiscard]] std::size_t key_size(key_scheme_name value) noexcept;

enum class pin_format : std::uint8_t { iso0, iso1, iso2, iso3, iso4, docutel, diebold, plus, mastercard };
[[nodiscard]] std::string_view to_string(pin_format value) noexcept;

enum class mac_algorithm : std::uint8_t {
    x99,      ///< ISO 9797-1 algorithm 1: CBC-MAC with the whole key in every block
    x919,     ///< ISO 9797-1 algorithm 3: the retail MAC
    unionpay, ///< the POS ECB MAC, where the unit makes it by itself
    xor_fold, ///< XOR, then one encryption
    sm4,      ///< CBC-MAC with SM4
};
[[nodiscard]] std::string_view to_string(mac_algorithm value) noexcept;

/// How data is filled up to whole blocks.
enum class padding : std::uint8_t {
    none,  ///< the data must be whole blocks
    zeros, ///< ISO 9797-1 method 1
    mark,  ///< ISO 9797-1 method 2: 80, then zeros
};
[[nodiscard]] std::string_view to_string(padding value) noexcept;

enum class cipher_mode : std::uint8_t { ecb, cbc, cfb, ofb };
[[nodiscard]] std::string_view to_string(cipher_mode value) noexcept;

/// A key as a cipher machine hands it out: a cryptogram under its local master key or under a transport key, as text
/// with the dialect's scheme tag, in plain hex where the dialect has no tags, a key block, or a storage index
/// ("K0012"). No secret without the machine that made it.
class key {
  public:
    key() = default;
    explicit key(std::string_view text)
        : text_(text) {}
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
    friend bool operator==(const key& a, const key& b) = default;

  private:
    std::string text_;
};

/// Up to 16 bytes held in place and wiped: an encrypted PIN block, a MAC, a check value, a cryptogram. Never
/// allocates.
class short_bytes {
  public:
    short_bytes() noexcept = default;
    /// Cuts what is longer than 16 bytes.
    explicit short_bytes(byte_view data) noexcept
        : size_(static_cast<std::uint8_t>(std::min(data.size(), data_.size()))) {
        std::copy_n(data.begin(), size_, data_.begin());
    }
    short_bytes(const short_bytes&) noexcept = default;
    short_bytes& operator=(const short_bytes&) noexcept = default;
    ~short_bytes() { wipe(data_); }

    /// Lives as long as this object.
    [[nodiscard]] byte_view view() const noexcept { return byte_view(data_).first(size_); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    /// In constant time.
    friend bool operator==(const short_bytes& a, const short_bytes& b) noexcept {
        return equal_in_constant_time(a.view(), b.view());
    }

  private:
    std::array<std::uint8_t, 16> data_{};
    std::uint8_t size_ = 0;
};

/// The account digits of PIN commands: of a PAN the rightmost ones without the check digit, as many as the profile
/// says; or digits given as they are. Move-only and wiped.
class account {
  public:
    account(const pan& card) // NOLINT(google-explicit-constructor): a PAN is an account
        : account(card.expose(), source::pan) {}
    [[nodiscard]] static account digits(std::string_view exact) { return {exact, source::exact}; }

    account(account&& other) noexcept
        : digits_(other.digits_)
        , size_(other.size_)
        , from_(other.from_) {
        wipe(other.digits_);
    }
    account& operator=(account&&) = delete;
    account(const account&) = delete;
    account& operator=(const account&) = delete;
    ~account() { wipe(digits_); }

    [[nodiscard]] bool is_pan() const noexcept { return from_ == source::pan; }
    [[nodiscard]] byte_view expose() const noexcept { return byte_view(digits_).first(size_); }

  private:
    enum class source : std::uint8_t { pan, exact };
    account(std::string_view digits, source from) noexcept
        : size_(static_cast<std::uint8_t>(std::min(digits.size(), digits_.size())))
        , from_(from) {
        std::copy_n(digits.begin(), size_, digits_.begin());
    }

    std::array<std::uint8_t, 19> digits_{};
    std::uint8_t size_ = 0;
    source from_;
};

} // namespace cipherlane::hsm
