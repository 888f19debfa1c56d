#include "key_file.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/secret_file.hpp>

#include <algorithm>

namespace cipherlane::assembly {
namespace {

constexpr std::size_t key_size = 16;

result<secret_file> open_key_file(const std::string& path, std::string_view field) {
    auto file = secret_file::open(path);
    if (!file) return error(file.error()).in_field(field);
    return file;
}

} // namespace

result<void> check_key_file(const std::string& path, std::string_view field) {
    CIPHERLANE_TRY([[maybe_unused]] const auto file, open_key_file(path, field));
    return {};
}

result<secret_bytes> read_master_key(const std::string& path, std::string_view field) {
    CIPHERLANE_TRY(auto file, open_key_file(path, field));
    auto key = file.read_hex_key(key_size);
    if (!key) return error(key.error()).in_field(field);
    return key;
}

result<std::string> read_wrapped_key(const std::string& path, std::string_view field) {
    constexpr std::size_t shortest = 16;
    constexpr std::size_t longest = 1'024;
    CIPHERLANE_TRY(auto file, open_key_file(path, field));
    const auto read = file.read(longest);
    if (!read) return error(read.error()).in_field(field);
    std::string text(as_text(read->expose()));
    if (text.ends_with('\n')) text.pop_back();
    const bool one_line = std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
    if (one_line && text.size() >= shortest) return text;
    return error(core_errc::file_content, layer::till)
        .during("key file")
        .at_endpoint(path)
        .in_field(field)
        .with_hint("expected the key as the cipher machine writes it, as U and 32 digits");
}

result<wiped_text> read_password(const std::string& path, std::string_view field) {
    constexpr std::size_t longest = 1'024;
    CIPHERLANE_TRY(auto file, open_key_file(path, field));
    const auto content = file.read(longest);
    if (!content) return error(content.error()).in_field(field);
    const auto text = as_text(content->expose());
    return wiped_text(text.substr(0, text.find_first_of("\r\n")));
}

} // namespace cipherlane::assembly
