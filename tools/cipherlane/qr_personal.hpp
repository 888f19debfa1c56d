#pragma once

#include <cipherlane/qr/mpm.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::cli {

/// What of a payment code may be printed. Codes between persons carry a phone number, a mail address or the number of
/// an identity card as the account, and a person's name as the payee's.
class qr_personal {
  public:
    explicit qr_personal(const qr::mpm_payload& payload);

    /// A value as it may be shown: masked where it is personal, else as it is.
    [[nodiscard]] std::string shown(std::uint8_t id, std::optional<std::uint8_t> sub, std::string_view value) const;
    [[nodiscard]] bool any() const noexcept { return any_; }

  private:
    bool any_ = false; ///< an account is a person's
};

} // namespace cipherlane::cli
