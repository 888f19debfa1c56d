#pragma once

#include <cipherlane/core/result.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace cipherlane::store {

/// A small file beside a journal in a file system that SQLite knows by name. One thread at a time.
class vfs_file {
  public:
    [[nodiscard]] static bool is_there(const std::string& vfs, const std::string& path);
    /// Makes it where it is not there. @return `store_errc::cannot_open`.
    [[nodiscard]] static result<vfs_file> open(const std::string& vfs, const std::string& path);
    vfs_file(vfs_file&&) noexcept;
    vfs_file& operator=(vfs_file&&) = delete;
    ~vfs_file();

    /// The first bytes; what is not there is zeros. @return `store_errc::io_failed`, as the others.
    [[nodiscard]] result<std::string> read(std::size_t size);
    [[nodiscard]] result<void> write(std::size_t at, std::string_view data);
    [[nodiscard]] result<void> sync();

  private:
    struct state;
    explicit vfs_file(std::unique_ptr<state> opened) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::store
