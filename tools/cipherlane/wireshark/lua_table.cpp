#include "cipherlane/wireshark/lua_table.hpp"

#include <cipherlane/core/zero_padded.hpp>

#include <algorithm>
#include <cstdint>

namespace cipherlane::cli {
namespace {

/// What stands deeper than this goes on one line.
constexpr int deepest_with_lines = 2;

bool is_name(const std::string& key) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
    // Lua's own words that a key of ours could be.
    return key != "end" && !key.empty() && std::all_of(key.begin(), key.end(), letter);
}

std::string quoted(const std::string& text) {
    std::string made = "\"";
    for (const char c : text) {
        const auto byte = static_cast<std::uint8_t>(c);
        if (c == '"' || c == '\\') {
            made.append("\\").push_back(c);
        } else if (byte < 0x20 || byte > 0x7E) {
            made.append("\\").append(zero_padded(byte, 3));
        } else {
            made.push_back(c);
        }
    }
    return made.append("\"");
}

void write(std::string& out, const nlohmann::ordered_json& what, int depth) {
    if (what.is_string()) {
        out += quoted(what.get_ref<const std::string&>());
        return;
    }
    if (!what.is_structured()) {
        out += what.is_null() ? "nil" : what.dump();
        return;
    }
    const bool lines = depth < deepest_with_lines && !what.empty();
    const std::string indent(lines ? 2 * static_cast<std::size_t>(depth) + 2 : 0, ' ');
    out += "{";
    bool first = true;
    for (const auto& [key, value] : what.items()) {
        out += first ? "" : lines ? "," : ", ";
        if (lines) out.append("\n").append(indent);
        first = false;
        if (what.is_object()) out += (is_name(key) ? key : "[" + quoted(key) + "]") + " = ";
        write(out, value, depth + 1);
    }
    if (lines) out.append("\n").append(indent.substr(2));
    out += "}";
}

} // namespace

std::string to_lua(const nlohmann::ordered_json& what) {
    std::string out;
    write(out, what, 0);
    return out;
}

} // namespace cipherlane::cli
