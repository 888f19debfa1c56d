#include "key_file.hpp"

#include <cipherlane/core/secret_file.hpp>

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

} // namespace cipherlane::assembly
