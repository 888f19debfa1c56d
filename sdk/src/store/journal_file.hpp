#pragma once

#include <cipherlane/core/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>

namespace cipherlane::store {

/// A file as the system knows it, whatever its names are.
struct file_identity {
    dev_t device = 0;
    ino_t number = 0;
    friend auto operator<=>(const file_identity&, const file_identity&) = default;
};

/// Nothing where there is no such file.
[[nodiscard]] std::optional<file_identity> identity_of(const std::string& path);

enum class file_use : std::uint8_t {
    writer, ///< one at a time, of all processes
    reader, ///< any number, beside a writer
};

/// A journal's database file in use by this process.
///
/// The writer's lock (`flock`) is on the file itself, not on a name: neither a symbolic or hard link nor the removal
/// of anything beside it lets a second one in. SQLite loses its own locks when a descriptor of the file is closed in
/// the process, so the one that carries ours stays open until nobody in this process uses the file.
class journal_file {
  public:
    /// @param path of a file that is there; links are followed to the file itself.
    /// @return `local_fault`: what `judge_private_file` says (a writer's file is for this user alone), and
    /// `store_errc::in_use` with another writer, in this process or in another; `cannot_open`.
    [[nodiscard]] static result<journal_file> take(const std::string& path, file_use use);
    journal_file(journal_file&& other) noexcept
        : path_(std::move(other.path_))
        , file_(other.file_)
        , use_(other.use_)
        , log_(std::exchange(other.log_, std::nullopt))
        , log_descriptor_(std::exchange(other.log_descriptor_, -1))
        , held_(std::exchange(other.held_, false)) {}
    journal_file& operator=(journal_file&&) = delete;
    ~journal_file();

    /// Of the file itself, without links.
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    /// Remembers the write-ahead log that lies beside the file now.
    /// @return `store_errc::cannot_open` where there is none.
    [[nodiscard]] result<void> watch_log();
    /// Whether file and log are still the ones that lie under their names. What is written after somebody removed or
    /// replaced them is written into nothing.
    /// @return `store_errc::journal_gone`.
    [[nodiscard]] result<void> still_there() const;
    /// Sees to it that the log can grow by so much, whatever else fills the disk: blocks are allocated behind its
    /// end.
    /// @return `store_errc::disk_full`.
    [[nodiscard]] result<void> reserve(std::size_t size);

  private:
    journal_file(std::string path, file_identity file, file_use use) noexcept
        : path_(std::move(path))
        , file_(file)
        , use_(use) {}
    std::string path_;
    file_identity file_;
    file_use use_;
    std::optional<file_identity> log_;
    int log_descriptor_ = -1;
    bool held_ = true;
};

/// Gives a whole new file its name; never over one that is there. On the disk when it returns.
/// @return `local_fault`: `store_errc::in_use` if there is one by now, `cannot_open`.
[[nodiscard]] result<void> name_new_file(const std::string& made, const std::string& path);

} // namespace cipherlane::store
