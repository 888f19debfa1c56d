#include "cipherlane/key_input.hpp"

#include "cipherlane/tool_door.hpp"

#include <cipherlane/core/core_dumps.hpp>
#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_file.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <unistd.h>

namespace cipherlane::cli {
namespace {

constexpr std::size_t longest = 4096; ///< characters

bool is_hex(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return hex_value(c) >= 0; });
}

/// One line, byte by byte: what is behind it stays for others.
result<secret_bytes> first_line() {
    secret_bytes text(longest);
    std::size_t size = 0;
    std::uint8_t one = 0;
    while (::read(STDIN_FILENO, &one, 1) == 1 && one != '\n') {
        if (size == longest) return error(core_errc::wrong_length, layer::tools).during("read key");
        text.expose()[size++] = one;
    }
    return secret_bytes(byte_view(text.expose().first(size)));
}

/// Blanks between groups and at the end are left out.
result<secret_bytes> from_digits(byte_view text) {
    secret_bytes digits(text.size());
    std::size_t size = 0;
    for (const auto c : text) {
        if (c > ' ') digits.expose()[size++] = c;
    }
    if (size == 0) return error(core_errc::wrong_length, layer::tools).during("read key");
    secret_bytes key(size / 2);
    CIPHERLANE_CHECK(from_hex(as_text(byte_view(digits.expose().first(size))), key.expose()));
    return key;
}

result<secret_bytes> read_from(const std::string& given) {
    if (is_hex(given)) return from_digits(as_bytes(given));
    if (given == "-") {
        CIPHERLANE_TRY(const auto line, first_line());
        return from_digits(line.expose());
    }
    CIPHERLANE_TRY(auto file, secret_file::open(given));
    CIPHERLANE_TRY(const auto text, file.read(longest));
    return from_digits(text.expose());
}

[[noreturn]] void fail(std::string_view subcommand, const error& why) {
    throw CLI::RuntimeError(static_cast<int>(tell(subcommand, why, {}, output_form::text)));
}

} // namespace

void keep_secrets(std::string_view subcommand) {
    if (const auto done = forbid_core_dumps(); !done) fail(subcommand, done.error());
}

secret_bytes read_key(std::string_view subcommand, std::string_view option, const std::string& given) {
    keep_secrets(subcommand);
    auto key = read_from(given);
    if (!key) fail(subcommand, error(key.error()).in_field(option));
    return *std::move(key);
}

} // namespace cipherlane::cli
