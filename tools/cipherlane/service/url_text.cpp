#include "cipherlane/service/url_text.hpp"

#include <cipherlane/core/hex.hpp>

namespace cipherlane::service {

std::optional<std::string> decoded(std::string_view text, char blank) {
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == blank) {
            made += ' ';
            continue;
        }
        if (text[i] != '%') {
            made += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = hex_value(text[i + 1]);
        const int low = hex_value(text[i + 2]);
        if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
        made += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return made;
}

std::vector<std::pair<std::string, std::string>> query_of(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> made;
    while (!text.empty()) {
        const auto end = text.find('&');
        const auto one = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (one.empty()) continue;
        const auto is = one.find('=');
        const auto read = [](std::string_view part) { return decoded(part, '+').value_or(std::string(part)); };
        made.emplace_back(
            read(one.substr(0, is)), is == std::string_view::npos ? std::string() : read(one.substr(is + 1)));
    }
    return made;
}

std::optional<std::vector<std::string>> segments_of(std::string_view path) {
    if (!path.starts_with('/')) return std::nullopt;
    std::vector<std::string> made;
    for (path.remove_prefix(1);;) {
        const auto end = path.find('/');
        auto one = decoded(path.substr(0, end));
        if (!one) return std::nullopt;
        made.push_back(*std::move(one));
        if (end == std::string_view::npos) return made;
        path.remove_prefix(end + 1);
    }
}

} // namespace cipherlane::service
