#include "gateway/md5.hpp"

#include <openssl/evp.h>

namespace cipherlane::hostlink {

std::array<std::uint8_t, 16> md5(byte_view data) noexcept {
    std::array<std::uint8_t, 16> out{};
    std::size_t size = out.size();
    if (EVP_Q_digest(nullptr, "MD5", nullptr, data.data(), data.size(), out.data(), &size) != 1) out.fill(0);
    return out;
}

} // namespace cipherlane::hostlink
