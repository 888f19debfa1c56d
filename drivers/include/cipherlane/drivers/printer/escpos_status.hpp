#pragma once

#include <cipherlane/ports/printer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace cipherlane::drivers {

/// A question that an ESC/POS printer answers at once, whatever it is doing (DLE EOT n).
enum class escpos_question : std::uint8_t { printer = 1, off_line = 2, paper = 4 };

/// What one printer has told of itself so far.
class escpos_status {
  public:
    /// The answer to a question.
    void take(escpos_question what, std::uint8_t answer) noexcept;
    /// The four bytes that a printer sends unasked (automatic status back, GS a).
    void take(const std::array<std::uint8_t, 4>& unasked) noexcept;
    /// The answer to GS r 1, which comes when all before it has been printed.
    void take_processed(std::uint8_t answer) noexcept;

    [[nodiscard]] ports::printer_status now() const noexcept;

  private:
    void note_paper(unsigned near_end, unsigned out) noexcept;

    ports::paper_level paper_ = ports::paper_level::unknown;
    bool off_line_ = false;
    bool cover_open_ = false;
    bool stopped_by_paper_ = false;
    bool fault_ = false;
};

/// Tells the printer's kinds of answers apart, byte by byte, by the bits that are fixed in each: answers to DLE EOT
/// are 0xx1xx10, to GS r 0xx0xxxx; four bytes sent unasked begin with 0xx1xx00; XON and XOFF mean nothing here.
class escpos_status_reader {
  public:
    struct told {
        enum class kind : std::uint8_t { answer, processed, unasked } what = kind::answer;
        std::uint8_t value = 0;
        std::array<std::uint8_t, 4> all{}; ///< of `unasked`
    };
    /// Nothing where the byte ends nothing.
    [[nodiscard]] std::optional<told> take(std::uint8_t byte) noexcept;

  private:
    std::array<std::uint8_t, 4> unasked_{};
    std::size_t held_ = 0;
};

} // namespace cipherlane::drivers
