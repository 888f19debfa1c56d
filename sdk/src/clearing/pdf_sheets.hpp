#pragma once

#include <cipherlane/core/result.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace cipherlane::clearing {

/// On which side of its place a text stands.
enum class side : std::uint8_t { right_of, left_of };

/// A4 pages in a PDF file, with text of one font and rules: the one place that knows Cairo. Places are points
/// (1/72 inch) from the upper left corner; that of a text is its base line. The file appears when `finish` says so.
class pdf_sheets {
  public:
    static constexpr double width = 595;
    static constexpr double height = 842;

    [[nodiscard]] static result<pdf_sheets> create(
        const std::filesystem::path& file, const std::string& font_file, const std::string& title);
    pdf_sheets(pdf_sheets&&) noexcept;
    pdf_sheets& operator=(pdf_sheets&&) noexcept;
    ~pdf_sheets();

    /// Text that is longer than `most` loses its end to "…".
    void text(
        double x, double y, double size, std::string_view what, side stands = side::right_of, double most = width);
    void rule(double from, double to, double y, double thickness);
    void next_page();
    [[nodiscard]] result<void> finish();

  private:
    struct state;
    explicit pdf_sheets(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::clearing
