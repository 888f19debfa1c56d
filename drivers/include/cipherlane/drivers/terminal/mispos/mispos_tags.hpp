#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace cipherlane::drivers {

/// An element of a MIS-POS message: a tag of two bytes, whatever their bits say, and a value. The value is a view of
/// the message.
struct mispos_tag {
    std::uint16_t tag = 0;
    byte_view value;
    std::size_t offset = 0; ///< of its tag
};

/// Reads elements one after the other: lengths up to 7F, 81 n, 82 high low.
class mispos_tag_reader {
  public:
    explicit mispos_tag_reader(byte_view content) noexcept
        : content_(content) {}
    /// Nothing at the end. @return `bad_content` with the tag and the offset of what is cut off.
    [[nodiscard]] result<std::optional<mispos_tag>> next();

  private:
    byte_view content_;
    std::size_t at_ = 0;
};

/// Writes elements, in the order in which it is called. What it holds is wiped.
class mispos_tag_writer {
  public:
    mispos_tag_writer() = default;
    mispos_tag_writer(const mispos_tag_writer&) = delete;
    mispos_tag_writer& operator=(const mispos_tag_writer&) = delete;
    ~mispos_tag_writer();

    mispos_tag_writer& put(std::uint16_t tag, byte_view value);
    [[nodiscard]] secret_bytes data() const { return secret_bytes(byte_view(data_)); }

  private:
    bytes data_;
};

/// "DF03".
[[nodiscard]] std::string mispos_tag_text(std::uint16_t tag);

} // namespace cipherlane::drivers
