#include "support/secret_search.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace cipherlane::tests {
namespace {

std::string base64(const std::string& data) {
    static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i + 2 < data.size(); i += 3) {
        const auto value = static_cast<unsigned>(static_cast<unsigned char>(data[i]) << 16U |
                                                 static_cast<unsigned char>(data[i + 1]) << 8U |
                                                 static_cast<unsigned char>(data[i + 2]));
        for (const unsigned shift : {18U, 12U, 6U, 0U})
            text += digits[value >> shift & 63U];
    }
    return text;
}

std::string packed(std::string_view nibbles) {
    std::string data;
    for (std::size_t i = 0; i + 1 < nibbles.size(); i += 2) {
        data += static_cast<char>(hex_value(nibbles[i]) << 4 | hex_value(nibbles[i + 1]));
    }
    return data;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
        [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

} // namespace

void secret_search::add(std::string form, std::string data) {
    if (data.size() >= 3) patterns_.push_back({std::move(form), std::move(data)});
}

void secret_search::add_text_forms(const std::string& form, std::string_view text) {
    const std::string plain(text);
    add(form, plain);
    std::string little;
    std::string big;
    for (const char c : plain) {
        little.append({c, '\0'});
        big.append({'\0', c});
    }
    add(form + " in UTF-16LE", little);
    add(form + " in UTF-16BE", big);
}

void secret_search::add_base64(const std::string& form, byte_view data) {
    // The characters that depend on this data alone, for each place it may begin within a group of three.
    for (std::size_t skip = 0; skip < 3 && skip < data.size(); ++skip) {
        const auto part = data.subspan(skip);
        const auto text = base64(std::string(as_text(part.first(part.size() / 3 * 3))));
        if (text.size() >= 8) add(form + " in base64", text);
    }
}

void secret_search::add_digits(std::string_view digits) {
    add_text_forms("digits", digits);
    const auto hex = to_hex(as_bytes(digits));
    add_text_forms("digits in hex", hex);
    add_text_forms("digits in hex", lower(hex));
    add_base64("digits", as_bytes(digits));
    for (const auto nibbles : {digits, digits.substr(1)}) {
        const auto data = packed(nibbles);
        add("packed digits", data);
        add_base64("packed digits", as_bytes(data));
    }
}

void secret_search::add_bytes(byte_view secret) {
    add("bytes", std::string(as_text(secret)));
    const auto hex = to_hex(secret);
    add_text_forms("bytes in hex", hex);
    add_text_forms("bytes in hex", lower(hex));
    add_base64("bytes", secret);
}

std::vector<std::string> secret_search::find(byte_view data) const {
    const auto text = as_text(data);
    std::vector<std::string> found;
    for (const auto& one : patterns_) {
        if (text.find(one.data) != std::string_view::npos) found.push_back(one.form);
    }
    return found;
}

std::vector<std::string> secret_search::find_in_folder(const std::string& folder) const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string content(std::istreambuf_iterator<char>(file), {});
        for (const auto& form : find(as_bytes(content)))
            found.push_back(entry.path().filename().string() + ": " + form);
    }
    return found;
}

} // namespace cipherlane::tests
