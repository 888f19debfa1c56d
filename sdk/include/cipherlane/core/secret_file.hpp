#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace cipherlane {

/// Judges an open file that holds what is not for others: a regular file, of this user, with no right for group or
/// others. The one rule for journals, journal keys, master keys and the keys of TLS.
/// @param path for the error alone.
/// @return `local_fault`: `core_errc::no_file`, `file_kind`, `file_owner`, `file_mode`, with what is expected.
[[nodiscard]] result<void> judge_private_file(int descriptor, std::string_view path);

/// A file that holds a secret, open to be read. It was judged (`judge_private_file`) when it was opened, on the open
/// file: nothing can be put in its place afterwards, and a FIFO or a device is refused without being waited for.
/// Movable; one thread at a time.
class secret_file {
  public:
    /// @return what `judge_private_file` says.
    [[nodiscard]] static result<secret_file> open(const std::string& path);

    /// Makes a new file of mode 0600, never over another and never through a symbolic link. It and its name in its
    /// folder are on the disk before this returns; where that fails nothing is left behind.
    /// @return `local_fault`: `core_errc::no_file` (it is there already, or cannot be written).
    [[nodiscard]] static result<void> create(const std::string& path, byte_view content);

    secret_file(secret_file&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1))
        , path_(std::move(other.path_)) {}
    secret_file& operator=(secret_file&& other) noexcept;
    ~secret_file();

    /// All that is in it.
    /// @return `local_fault`: `core_errc::file_content` where it is longer than `limit`, `no_file`.
    [[nodiscard]] result<secret_bytes> read(std::size_t limit);

    /// A key of so many bytes in hex, at most one line end behind it.
    /// @return `local_fault`: `core_errc::file_content`, `no_file`.
    [[nodiscard]] result<secret_bytes> read_hex_key(std::size_t key_size);

  private:
    secret_file(int descriptor, std::string path) noexcept
        : descriptor_(descriptor)
        , path_(std::move(path)) {}
    int descriptor_ = -1;
    std::string path_;
};

/// Puts the entries of the folder that `path` is in on the disk: until then a new or renamed file may be gone after a
/// power cut.
/// @return `local_fault`: `core_errc::no_file`.
[[nodiscard]] result<void> sync_folder_of(const std::string& path);

} // namespace cipherlane
