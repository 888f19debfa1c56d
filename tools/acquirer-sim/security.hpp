#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/iso8583/sign_in_keys.hpp>

#include <array>
#include <memory>
#include <string>

namespace cipherlane::sim {

/// Working keys of one sign-in: under the LMK for the host's own use, under the terminal's TMK for field 62.
struct working_keys {
    std::string tpk; ///< under the LMK, as the profile writes keys
    std::string tak;
    iso8583::sign_in_keys for_terminal;
};

/// A master key for a terminal: under the LMK, and under the terminal's present one for field 62.
struct new_master_key {
    std::string tmk;
    iso8583::sign_in_key for_terminal;
};

/// An error of the cipher machine with what its code means, where the dialect says so.
[[nodiscard]] std::string words_of(const error& why);

/// What the simulated host asks of its cipher machine (place F of the design): it never sees a clear key or PIN.
/// Any thread: each call has a connection to the machine of its own while it lasts.
class security {
  public:
    /// Connects at the first call. `profile` is a name or a TOML file.
    [[nodiscard]] static result<std::unique_ptr<security>> create(
        const std::string& endpoint, const std::string& profile, const std::string& zpk);
    security(const security&) = delete;
    security& operator=(const security&) = delete;
    ~security();

    /// Whether a key under the LMK is one of SM4, by its scheme. With such a master key all that is made for the
    /// terminal is SM4's; a machine that has no such scheme knows TDES alone.
    [[nodiscard]] bool is_sm4(const std::string& one) const;
    /// New TPK and TAK of 16 bytes, of the master key's cipher, wrapped for the terminal in plain ECB.
    [[nodiscard]] result<working_keys> sign_in(const std::string& tmk, const call& bounds);
    /// A new TMK of 16 bytes, of the cipher of the one in force, wrapped under that in plain ECB.
    [[nodiscard]] result<new_master_key> new_master(const std::string& tmk, const call& bounds);
    /// True if field 64 fits the message.
    [[nodiscard]] result<bool> verify_mac(
        const std::string& tak, byte_view mab, byte_view field64, const call& bounds);
    [[nodiscard]] result<std::array<std::uint8_t, 8>> make_mac(
        const std::string& tak, byte_view mab, const call& bounds);
    /// The PIN block under the zone key that the issuer shares: from 8 bytes, or with an SM4 key 16. `account` is the
    /// whole PAN.
    [[nodiscard]] result<std::array<std::uint8_t, 8>> translate_pin(
        const std::string& tpk, byte_view block, std::string_view account, const call& bounds);

    /// Asks the machine at the start whether it takes the zone key and whether its check value is that of the key in
    /// clear. @return what `words_of` tells: no machine there, a key of another local master key, two unlike keys.
    [[nodiscard]] result<void> check_zone_key(byte_view clear, const call& bounds);
    /// Whether the machine takes a terminal's master key.
    [[nodiscard]] result<void> check_terminal_key(const std::string& tmk, const call& bounds);

    /// Commands sent to the cipher machine for terminals so far.
    [[nodiscard]] std::uint64_t round_trips() const noexcept;

  private:
    struct impl;
    explicit security(std::unique_ptr<impl> body);
    std::unique_ptr<impl> impl_;
};

} // namespace cipherlane::sim
