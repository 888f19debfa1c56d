// Bytes of a file as they are, and what editors and transfers have made of them on their way.
#include "cipherlane/people_input_forms.hpp"

#include <cipherlane/core/utf8.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::cli {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

input_reading raw_of(std::string_view data) {
    return {.form = input_form::raw, .whole = bytes(as_bytes(data).begin(), as_bytes(data).end()), .parts = {}};
}

/// How many bytes the last line end has, or the mark by which DOS ends a file; 0: there is none.
std::size_t line_end_of(std::string_view data) {
    if (data.ends_with("\r\n")) return 2;
    return data.ends_with('\n') || data.ends_with('\x1A') ? 1 : 0;
}

/// The data before a transfer as text has made "\r\n" of each "\n"; empty: none has.
std::string without_added_returns(std::string_view data) {
    std::string made;
    bool any = false;
    for (std::size_t at = 0; at < data.size(); ++at) {
        const bool pair = data.substr(at, 2) == "\r\n";
        if (data[at] == '\n' && (at == 0 || data[at - 1] != '\r')) return {};
        any = any || pair;
        if (!pair) made += data[at];
    }
    return any ? made : std::string();
}

/// The data before somebody has taken its bytes for characters of Latin-1 and written them as UTF-8; empty: nobody
/// has.
std::string from_utf8(std::string_view data) {
    std::string made;
    bool any = false;
    while (!data.empty()) {
        const auto code = take_code_point(data);
        if (!code || *code > 0xFF) return {};
        any = any || *code > 0x7F;
        made += static_cast<char>(*code);
    }
    return any ? made : std::string();
}

} // namespace

std::vector<input_reading> read_raw(std::string_view given) {
    std::vector<input_reading> all;
    auto data = given;
    std::string without;
    if (data.starts_with(byte_order_mark)) {
        data.remove_prefix(byte_order_mark.size());
        without = "without the byte order mark in front";
    }
    // The line end that an editor puts behind everything; where a length counts it the next reading is right.
    auto rest = data;
    for (const char* words : {"without the line end of the file", "without the empty line at the end of the file"}) {
        const auto size = line_end_of(rest);
        if (size == 0 || size >= rest.size()) break;
        rest.remove_suffix(size);
        auto bare = raw_of(rest);
        bare.without = (without.empty() ? "" : without + ", ") + words;
        all.insert(all.begin(), std::move(bare)); // what takes most away first: it is whole or it is none
    }
    all.push_back(raw_of(data));
    all.back().without = without;
    if (!without.empty()) all.push_back(raw_of(given));
    const auto add_restored = [&](const std::string& restored, const char* note) {
        if (restored.empty()) return;
        all.push_back(raw_of(restored));
        all.back().note = note;
        all.back().damaged = true;
    };
    const auto bare = std::string(as_text(all.front().whole));
    add_restored(without_added_returns(bare),
        "every 0A has a 0D in front, as a transfer as text puts it there; read without these");
    add_restored(
        from_utf8(bare), "the bytes were taken for characters and written as UTF-8; read as they were before");
    return all;
}

} // namespace cipherlane::cli
