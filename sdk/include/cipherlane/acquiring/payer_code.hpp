#pragma once

#include <cipherlane/core/monotonic_clock.hpp>
#include <cipherlane/core/wiped_text.hpp>

#include <optional>
#include <string_view>
#include <utility>

namespace cipherlane::acquiring {

/// A payer's payment code (付款码), and when it was scanned: such a code lives about a minute, and the flow refuses
/// one that is too old before anything leaves. The text is wiped and never printed.
class payer_code {
  public:
    payer_code() noexcept = default;
    /// A code as it came, without an age: its caller sees to that.
    payer_code(wiped_text text) noexcept
        : text_(std::move(text)) {}
    payer_code(wiped_text text, monotonic_clock::time_point scanned) noexcept
        : text_(std::move(text))
        , scanned_(scanned) {}
    /// Copies `text`; the caller sees to its own copy.
    payer_code& operator=(std::string_view text) {
        text_ = text;
        scanned_.reset();
        return *this;
    }

    /// In clear; the view lives as long as this object is neither changed nor destroyed.
    [[nodiscard]] std::string_view expose() const noexcept { return text_.expose(); }
    [[nodiscard]] const wiped_text& text() const noexcept { return text_; }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
    /// Nothing where nobody has told.
    [[nodiscard]] std::optional<monotonic_clock::time_point> scanned() const noexcept { return scanned_; }

    template <class Stream>
    friend Stream& operator<<(Stream&, const payer_code&) = delete;

  private:
    wiped_text text_;
    std::optional<monotonic_clock::time_point> scanned_;
};

} // namespace cipherlane::acquiring
