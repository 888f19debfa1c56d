#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/fixed_text.hpp>

#include <string>

namespace cipherlane::hsm {

/// A command as bytes, code included, header and length excluded: for what is not typed.
///
/// In dialects without lengths its code must be in the profile, since only the table says where the answer ends.
class raw_command {
  public:
    explicit raw_command(bytes body)
        : body_(std::move(body)) {}
    explicit raw_command(std::string_view text)
        : body_(text.begin(), text.end()) {}
    [[nodiscard]] byte_view body() const noexcept { return body_; }

  private:
    bytes body_;
};

/// Its whole answer. A refusal is no error here.
struct raw_answer {
    /// Answer code, status and fields, as they came; of a command that answers twice the second answer behind them.
    bytes body;
    fixed_text<4> status; ///< "00", the refusal's code; of flag dialects the error byte in hex; of two the worse
    std::string meaning;  ///< of the status, in this dialect
};

} // namespace cipherlane::hsm
