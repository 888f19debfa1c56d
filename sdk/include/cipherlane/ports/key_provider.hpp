#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>

namespace cipherlane::ports {

/// Gives the key that seals stored card data (AES-256): a file of mode 0600, a PIN pad, a cipher machine, a test.
class key_provider {
  public:
    key_provider() = default;
    key_provider(const key_provider&) = delete;
    key_provider& operator=(const key_provider&) = delete;
    virtual ~key_provider() = default;
    /// 32 bytes. `local_fault` if it cannot be had.
    [[nodiscard]] virtual result<secret_bytes> journal_key(const call& bounds) = 0;
};

} // namespace cipherlane::ports
