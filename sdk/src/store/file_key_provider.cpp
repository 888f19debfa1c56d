#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_file.hpp>
#include <cipherlane/crypto/random.hpp>
#include <cipherlane/store/file_key_provider.hpp>

namespace cipherlane::store {
namespace {

constexpr std::size_t key_size = 32;

} // namespace

result<void> file_key_provider::create(const std::string& path) {
    CIPHERLANE_TRY(const auto key, crypto::random_secret(key_size));
    secret_bytes text(2 * key_size + 1);
    const auto out = text.expose();
    to_hex(key.expose(), {reinterpret_cast<char*>(out.data()), 2 * key_size});
    out[2 * key_size] = '\n';
    return secret_file::create(path, out);
}

result<secret_bytes> file_key_provider::journal_key(const call& /*bounds*/) {
    CIPHERLANE_TRY(auto file, secret_file::open(path_));
    return file.read_hex_key(key_size);
}

} // namespace cipherlane::store
