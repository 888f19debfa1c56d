#include <cipherlane/core/hex.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/gateway/parameters.hpp>

#include <algorithm>

namespace cipherlane::hostlink {
namespace {

error no_form(std::string_view name) {
    return error(hostlink_errc::unreadable_notice, layer::hostlink).during("form").in_field(name);
}

result<std::string> form_decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        if (text.size() - i < 3 || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) return no_form("%");
        out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
        i += 2;
    }
    return out;
}

void append_encoded(std::string& out, std::string_view text) {
    constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (const char c : text) {
        if (plain.find(c) != std::string_view::npos) {
            out += c;
        } else {
            out.append("%").append(to_hex(as_bytes(std::string_view(&c, 1))));
        }
    }
}

/// Of a text of them all. What grows leaves copies behind, and a payment code may be in it.
std::size_t room_for(const parameters& all, std::size_t characters_each) {
    std::size_t room = 0;
    for (const auto& [name, value] : all)
        room += (name.size() + value.size()) * characters_each + 2;
    return room;
}

} // namespace

std::string_view value_of(const parameters& all, std::string_view name) {
    const auto found = all.find(name);
    return found == all.end() ? std::string_view() : std::string_view(found->second);
}

std::string joined(const parameters& all, std::initializer_list<std::string_view> left_out, empty_values empties) {
    std::string text;
    text.reserve(room_for(all, 1));
    for (const auto& [name, value] : all) {
        if (value.empty() && empties == empty_values::dropped) continue;
        if (std::find(left_out.begin(), left_out.end(), name) != left_out.end()) continue;
        if (!text.empty()) text += '&';
        text.append(name).append("=").append(value);
    }
    return text;
}

result<parameters> read_form(std::string_view body) {
    parameters all;
    while (!body.empty()) {
        const auto end = std::min(body.find('&'), body.size());
        const auto pair = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (pair.empty()) continue;
        const auto sign = std::min(pair.find('='), pair.size());
        CIPHERLANE_TRY(auto name, form_decoded(pair.substr(0, sign)));
        CIPHERLANE_TRY(auto value, form_decoded(pair.substr(std::min(sign + 1, pair.size()))));
        if (!all.emplace(name, std::move(value)).second) return no_form(name);
    }
    return all;
}

std::string write_form(const parameters& all) {
    std::string text;
    text.reserve(room_for(all, 3));
    for (const auto& [name, value] : all) {
        if (!text.empty()) text += '&';
        append_encoded(text, name);
        text += '=';
        append_encoded(text, value);
    }
    return text;
}

} // namespace cipherlane::hostlink
