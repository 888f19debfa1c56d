#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/core/utf8.hpp>

namespace cipherlane {
namespace {

/// Controls, separators of lines, and what turns the direction of reading.
constexpr bool steers(char32_t point) noexcept {
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x061C || point == 0x200E || point == 0x200F ||
           (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF;
}

} // namespace

std::string printable_text(std::string_view text, std::size_t most) {
    constexpr std::string_view cut = "...";
    std::string made;
    std::size_t room = 0; ///< how long `made` was when "..." still had room behind it
    while (!text.empty()) {
        const auto before = text;
        const auto point = take_code_point(text);
        if (!point) text.remove_prefix(1);
        const auto piece =
            point && !steers(*point) ? before.substr(0, before.size() - text.size()) : std::string_view("?");
        if (made.size() + piece.size() > most) {
            made.resize(room);
            return made.append(cut.substr(0, most));
        }
        made.append(piece);
        if (made.size() + cut.size() <= most) room = made.size();
    }
    return made;
}

} // namespace cipherlane
