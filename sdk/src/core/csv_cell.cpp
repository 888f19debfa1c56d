#include <cipherlane/core/csv_cell.hpp>

namespace cipherlane {

std::string csv_cell(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string made = "\"";
    for (const char c : text)
        made.append(c == '"' ? 2U : 1U, c);
    return made + "\"";
}

} // namespace cipherlane
