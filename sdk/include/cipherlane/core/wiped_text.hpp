#pragma once

#include <cipherlane/core/secret_bytes.hpp>

#include <string_view>

namespace cipherlane {

/// Text of a request that must not stay in memory, such as a payment code: wiped on destruction and before it is
/// replaced, never printed. Unlike `secret_bytes` it is filled as a string is, and copied with its request.
class wiped_text {
  public:
    wiped_text() noexcept = default;
    explicit wiped_text(std::string_view text)
        : bytes_(as_bytes(text)) {}
    wiped_text(const wiped_text& other)
        : bytes_(other.bytes_.clone()) {}
    wiped_text(wiped_text&& other) noexcept = default;
    wiped_text& operator=(const wiped_text& other) {
        if (this != &other) bytes_ = other.bytes_.clone();
        return *this;
    }
    wiped_text& operator=(wiped_text&& other) noexcept = default;
    /// Copies `text`; the caller sees to its own copy.
    wiped_text& operator=(std::string_view text) {
        bytes_ = secret_bytes(as_bytes(text));
        return *this;
    }
    ~wiped_text() = default;

    /// In clear; the view lives as long as this object is neither changed nor destroyed.
    [[nodiscard]] std::string_view expose() const noexcept { return as_text(bytes_.expose()); }
    [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }

    template <class Stream>
    friend Stream& operator<<(Stream&, const wiped_text&) = delete;

  private:
    secret_bytes bytes_;
};

} // namespace cipherlane
