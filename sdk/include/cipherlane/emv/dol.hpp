#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/emv/tag_dictionary.hpp>
#include <cipherlane/emv/tlv.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace cipherlane::emv {

/// One entry of a data object list: a tag and how many bytes of it are wanted.
struct dol_entry {
    tag_number tag = 0;
    std::size_t length = 0;
    std::size_t offset = 0; ///< of the tag in the list
};

/// Reads a data object list (EMV 4.4 Book 3, 5.4): tags with lengths of one byte, no values. Allocates nothing.
class dol_reader {
  public:
    explicit dol_reader(byte_view list) noexcept
        : list_(list) {}

    /// Goes to the next entry; false at the end and at a fault.
    [[nodiscard]] bool next() noexcept;
    [[nodiscard]] const dol_entry& entry() const noexcept { return entry_; }
    /// @return `emv_errc::cut_tag`, `tag_too_long`, `cut_length`, `bad_length` (above 252), `too_large` (a list of
    /// more than 255 bytes), with tag and offset.
    [[nodiscard]] result<void> finish() const;

  private:
    bool fail(emv_errc why, tag_number tag) noexcept;

    byte_view list_;
    std::size_t at_ = 0;
    dol_entry entry_;
    int fault_ = 0;
    tag_number fault_tag_ = 0;
};

/// Whether a list is sound. @return errors of `dol_reader::finish`.
[[nodiscard]] result<void> check_dol(byte_view list);

/// Bytes that the values of a list take together.
[[nodiscard]] result<std::size_t> dol_data_size(byte_view list);

/// Gives the value of a tag, or nothing where there is none.
using dol_source = std::function<std::optional<byte_view>(tag_number)>;

/// The values that a list asks for, in its order, as a card expects them: cut or filled by the rules for their format
/// (Book 3, 5.4: numbers lose their leftmost and gain leading zeros; cn gains trailing F; everything else loses its
/// rightmost and gains trailing zeros); tags without a value, and templates, as zeros.
/// @return the part of `out` written; errors of `dol_reader::finish`; `emv_errc::buffer_too_small`.
[[nodiscard]] result<byte_view> build_dol(byte_view list, const dol_source& source, byte_span out);

/// "9F02 (6), 9F03 (6), …"; what can be read, then the fault.
[[nodiscard]] std::string describe_dol(byte_view list);

} // namespace cipherlane::emv
