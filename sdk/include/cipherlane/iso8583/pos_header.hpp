#pragma once

#include <cipherlane/core/fixed_text.hpp>
#include <cipherlane/core/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cipherlane::iso8583 {

/// What the host asks of the terminal in its header (处理要求), to be done before the next transaction.
enum class processing_request : std::uint8_t {
    none = 0,
    download_parameters = 1,
    upload_status = 2,
    sign_in = 3,
    download_ca_keys = 4,
    download_ic_parameters = 5,
    remote_update = 6,
};

/// The header of `cup-pos` messages: 12 digits.
///
/// Layout: application class 2, main version 2, terminal status 1, processing request 1, sub-version 6. The order
/// of the parts is general knowledge (doubtful); the processing request as the sixth digit has a second source.
class pos_header {
  public:
    pos_header() noexcept
        : digits_("603100310000") {}
    /// @return `iso8583_errc::bad_header` if these are not twelve digits.
    [[nodiscard]] static result<pos_header> parse(std::string_view digits);

    [[nodiscard]] std::string_view digits() const noexcept { return digits_.view(); }
    [[nodiscard]] std::string_view application_class() const noexcept { return digits().substr(0, 2); }
    [[nodiscard]] std::string_view version() const noexcept { return digits().substr(2, 2); }
    [[nodiscard]] char terminal_status() const noexcept { return digits()[4]; }
    /// The sixth digit; a value above 6 is given as it is.
    [[nodiscard]] processing_request request() const noexcept {
        return static_cast<processing_request>(digits()[5] - '0');
    }
    [[nodiscard]] std::string_view sub_version() const noexcept { return digits().substr(6); }
    /// The same header with another request: what a host sends.
    [[nodiscard]] pos_header with_request(processing_request what) const noexcept;

  private:
    fixed_text<12> digits_;
};

} // namespace cipherlane::iso8583
