#include "../refusals.hpp"

#include <cipherlane/core/utf8.hpp>
#include <cipherlane/drivers/charset/latin_page.hpp>
#include <cipherlane/drivers/driver_family.hpp>

#include <array>
#include <cstdio>

namespace cipherlane::drivers {
namespace {

constexpr char32_t no_letter = 0xFFFD;
constexpr std::uint8_t first_upper = 0x80;

constexpr std::array pages{
    latin_page{"cp437", "United States; many printers start with it",
        U"ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ"
        U"áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
        U"└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
        U"αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0"},
    latin_page{"cp850", "Western Europe",
        U"ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ"
        U"áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐"
        U"└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀"
        U"ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00AD±‗¾¶§÷¸°¨·¹³²■\u00A0"},
    latin_page{"cp852", "Central Europe",
        U"ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×č"
        U"áíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐"
        U"└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀"
        U"ÓßÔŃńňŠšŔÚŕŰýÝţ´\u00AD˝˛ˇ˘§÷¸°¨˙űŘř■\u00A0"},
    latin_page{"cp858", "cp850 with the euro sign",
        U"ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ"
        U"áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐"
        U"└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀"
        U"ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00AD±‗¾¶§÷¸°¨·¹³²■\u00A0"},
    latin_page{"cp860", "Portuguese",
        U"ÇüéâãàÁçêÊèÍÔìÃÂÉÀÈôõòÚùÌÕÜ¢£Ù₧Ó"
        U"áíóúñÑªº¿Ò¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
        U"└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
        U"αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0"},
    latin_page{"cp863", "Canadian French",
        U"ÇüéâÂà¶çêëèïî‗À§ÉÈÊôËÏûù¤ÔÜ¢£ÙÛƒ"
        U"¦´óú¨¸³¯Î⌐¬½¼¾«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
        U"└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
        U"αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0"},
    latin_page{"cp865", "Nordic",
        U"ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø₧ƒ"
        U"áíóúñÑªº¿⌐¬½¼¡«¤░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
        U"└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
        U"αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0"},
    latin_page{"cp1252", "Windows, Western Europe",
        U"€\uFFFD‚ƒ„…†‡ˆ‰Š‹Œ\uFFFDŽ\uFFFD\uFFFD‘’“”•–—˜™š›œ\uFFFDžŸ"
        U"\u00A0¡¢£¤¥¦§¨©ª«¬\u00AD®¯°±²³´µ¶·¸¹º»¼½¾¿"
        U"ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß"
        U"àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ"},
    latin_page{"iso8859-15", "Latin 9",
        U"\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"
        U"\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"
        U"\u00A0¡¢£€¥Š§š©ª«¬\u00AD®¯°±²³Žµ¶·ž¹º»ŒœŸ¿"
        U"ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß"
        U"àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ"},
};

constexpr bool all_whole() {
    for (const auto& page : pages) {
        if (page.upper.size() != 128) return false;
    }
    return true;
}
static_assert(all_whole());

struct plain_row {
    std::string_view plain;
    std::u32string_view of;
};
/// What is left of a letter without its marks, and of a sign without its shape.
constexpr std::array<plain_row, 54> plain_letters{{
    {"A", U"ÀÁÂÃÄÅĀĂĄ"},
    {"a", U"ªàáâãäåāăą"},
    {"AE", U"Æ"},
    {"ae", U"æ"},
    {"C", U"ÇĆĈĊČ"},
    {"c", U"çćĉċč"},
    {"D", U"ĎĐÐ"},
    {"d", U"ďđð"},
    {"E", U"ÈÉÊËĒĔĖĘĚ"},
    {"e", U"èéêëēĕėęě"},
    {"EUR", U"€"},
    {"G", U"ĜĞĠĢ"},
    {"g", U"ĝğġģ"},
    {"H", U"ĤĦ"},
    {"h", U"ĥħ"},
    {"I", U"ÌÍÎÏĨĪĬĮİ"},
    {"i", U"ìíîïĩīĭįı"},
    {"IJ", U"Ĳ"},
    {"ij", U"ĳ"},
    {"J", U"Ĵ"},
    {"j", U"ĵ"},
    {"K", U"Ķ"},
    {"k", U"ķ"},
    {"L", U"ĹĻĽŁ"},
    {"l", U"ĺļľł"},
    {"N", U"ÑŃŅŇ"},
    {"n", U"ñńņň"},
    {"O", U"ÒÓÔÕÖŌŎŐØ"},
    {"o", U"ºòóôõöōŏőø"},
    {"OE", U"Œ"},
    {"oe", U"œ"},
    {"R", U"ŔŖŘ"},
    {"r", U"ŕŗř"},
    {"S", U"ŚŜŞŠȘ"},
    {"s", U"śŝşšſș"},
    {"SS", U"ẞ"},
    {"ss", U"ß"},
    {"T", U"ŢŤȚŦ"},
    {"t", U"ţťțŧ"},
    {"TH", U"Þ"},
    {"th", U"þ"},
    {"U", U"ÙÚÛÜŨŪŬŮŰŲ"},
    {"u", U"ùúûüũūŭůűų"},
    {"W", U"Ŵ"},
    {"w", U"ŵ"},
    {"Y", U"ÝŶŸ"},
    {"y", U"ýÿŷ"},
    {"Z", U"ŹŻŽ"},
    {"z", U"źżž"},
    {" ", U"\u00A0"},
    {"'", U"‘’‚"},
    {"-", U"–—−"},
    {"...", U"…"},
    {"\"", U"“”„«»"},
}};

/// The byte of a character; nothing if the page does not have it.
std::optional<std::uint8_t> byte_of(char32_t point, const latin_page& page) noexcept {
    if (point >= 0x20 && point < 0x7F) return static_cast<std::uint8_t>(point);
    const auto at = point == no_letter ? std::u32string_view::npos : page.upper.find(point);
    if (at == std::u32string_view::npos) return std::nullopt;
    return static_cast<std::uint8_t>(first_upper + at);
}

std::string_view plain_of(char32_t point) noexcept {
    for (const auto& row : plain_letters) {
        if (row.of.find(point) != std::u32string_view::npos) return row.plain;
    }
    return {};
}

error missing(std::string_view shown, char32_t point, const latin_page& page) {
    char number[16];
    std::snprintf(number, sizeof number, "U+%04X", static_cast<unsigned>(point));
    const bool control = point < 0x20 || (point >= 0x7F && point < 0xA0);
    const auto what = control ? std::string(number) : std::string(number) + " (" + std::string(shown) + ")";
    return refused(drivers_errc::unsendable_text).with_hint(what + " is not in " + std::string(page.name));
}

void append(std::string& to, char32_t point) {
    if (point < 0x80) {
        to.push_back(static_cast<char>(point));
    } else if (point < 0x800) {
        to.push_back(static_cast<char>(0xC0U | (point >> 6U)));
        to.push_back(static_cast<char>(0x80U | (point & 0x3FU)));
    } else {
        to.push_back(static_cast<char>(0xE0U | (point >> 12U)));
        to.push_back(static_cast<char>(0x80U | ((point >> 6U) & 0x3FU)));
        to.push_back(static_cast<char>(0x80U | (point & 0x3FU)));
    }
}

} // namespace

std::span<const latin_page> latin_pages() noexcept {
    return pages;
}

const latin_page* find_latin_page(std::string_view name) noexcept {
    return find_driver(latin_pages(), name);
}

result<bytes> to_latin(std::string_view text, const latin_page& page, missing_letter how, std::string_view field) {
    bytes out;
    out.reserve(text.size());
    for (auto rest = text; !rest.empty();) {
        const auto before = rest;
        const auto offset = text.size() - rest.size();
        const auto point = take_code_point(rest);
        if (!point) return refused(drivers_errc::unsendable_text).in_field(field).at_offset(offset);
        if (const auto byte = byte_of(*point, page)) {
            out.push_back(*byte);
            continue;
        }
        const auto plain = how == missing_letter::plain ? plain_of(*point) : std::string_view();
        if (plain.empty()) {
            return missing(before.substr(0, before.size() - rest.size()), *point, page)
                .in_field(field)
                .at_offset(offset);
        }
        out.insert(out.end(), plain.begin(), plain.end());
    }
    return out;
}

std::string from_latin(byte_view text, const latin_page& page) {
    std::string out;
    for (const auto byte : text)
        append(out, byte < first_upper ? byte : page.upper[byte - first_upper]);
    return out;
}

} // namespace cipherlane::drivers
