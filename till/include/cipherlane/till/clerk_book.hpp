#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/password_hash.hpp>
#include <cipherlane/till/clerk.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace cipherlane {

/// The operators of a till, in a TOML file of mode 0600: number, name, rights, and what is kept of each one's secret
/// (`crypto::hash_password`). A plain value; any thread may read it.
class clerk_book {
  public:
    /// @return what `judge_private_file` says, `till_errc::not_toml`, `bad_setting` with file, line and key
    [[nodiscard]] static result<clerk_book> load(const std::string& file);
    [[nodiscard]] static result<clerk_book> parse(std::string_view text, std::string_view file = {});

    [[nodiscard]] const std::vector<clerk>& clerks() const noexcept { return clerks_; }
    /// Null where there is none of that number.
    [[nodiscard]] const clerk* find(std::string_view id) const noexcept;
    /// Takes the same time for an operator who is not there, and says no.
    [[nodiscard]] result<bool> is_secret_of(std::string_view id, byte_view secret) const;

    /// A new operator, or another secret, name and rights of one who is there.
    /// @param secret 4 to 128 bytes.
    /// @return `till_errc::bad_setting`
    [[nodiscard]] result<void> put(clerk who, byte_view secret, crypto::scrypt_cost cost = {});
    /// False where there was none.
    bool remove(std::string_view id);

    [[nodiscard]] std::string to_toml() const;
    /// Durable, in the place of what was there: a reader finds the old file or the new one.
    [[nodiscard]] result<void> save(const std::string& file) const;

  private:
    std::vector<clerk> clerks_;
    std::vector<std::string> secrets_; ///< of each, in the same order
};

} // namespace cipherlane
