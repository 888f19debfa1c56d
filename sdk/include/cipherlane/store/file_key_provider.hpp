#pragma once

#include <cipherlane/ports/key_provider.hpp>

#include <string>

namespace cipherlane::store {

/// The sealing key from a file: 64 hex digits, owned by the user, mode 0600. Keep it on another medium than the
/// journal and out of its backups, or the seal protects nothing.
class file_key_provider final : public ports::key_provider {
  public:
    explicit file_key_provider(std::string path)
        : path_(std::move(path)) {}

    /// Makes a new file with a random key. @return as `secret_file::create`.
    [[nodiscard]] static result<void> create(const std::string& path);

    /// @return as `secret_file::open` and `read_hex_key`.
    [[nodiscard]] result<secret_bytes> journal_key(const call& bounds) override;

  private:
    std::string path_;
};

} // namespace cipherlane::store
