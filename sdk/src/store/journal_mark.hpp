#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/logger.hpp>
#include <cipherlane/core/result.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::store {

/// Names one journal for good: random, made with it.
using journal_id = std::array<std::uint8_t, 16>;

/// How far a journal has come.
struct journal_mark {
    struct terminal {
        std::string id;
        std::uint32_t trace = 0;
        std::uint32_t batch = 0;
    };
    journal_id journal{};
    std::uint64_t commits = 0; ///< since it was begun
    std::vector<terminal> terminals;
};

/// The mark as text, with its checksum.
[[nodiscard]] std::string to_text(const journal_mark& mark);
/// @return nothing where the text is no mark, was cut or changed.
[[nodiscard]] std::optional<journal_mark> parse_mark(std::string_view text);

/// A second small file that remembers which journal a till has and how far it has come, so that a journal that was
/// lost, exchanged or taken back from a copy is noticed. It is written after each commit and not waited for: it may
/// be behind the journal, and only a journal that is not the one of the till, or an old one, is behind it.
///
/// Two slots are written in turn, so that a power cut spoils one at most. Text, so that a person can read it.
class mark_file {
  public:
    /// @param vfs the SQLite file system in which it is; empty: the system's.
    explicit mark_file(std::string path, logger log = logger::none(), std::string vfs = {})
        : path_(std::move(path))
        , vfs_(std::move(vfs))
        , log_(std::move(log)) {}

    enum class state : std::uint8_t { absent, unreadable, read };
    /// @param to set with `read`.
    [[nodiscard]] state read(journal_mark& to) const;

    /// Makes the file (mode 0600), or a new one in the place of another, and waits for the disk.
    /// @return what `secret_file::create` says; `core_errc::no_file`.
    [[nodiscard]] result<void> begin(const journal_mark& mark) const;
    /// Writes the next slot. That it cannot be written is logged once, and no reason to stop.
    void write(const journal_mark& mark);

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

  private:
    /// Both slots as text; nothing where it cannot be read.
    [[nodiscard]] std::optional<std::string> content() const;
    [[nodiscard]] bool is_there() const;
    [[nodiscard]] bool write_at(std::size_t at, std::string_view slot) const;

    std::string path_;
    std::string vfs_;
    logger log_;
    bool complained_ = false;
};

} // namespace cipherlane::store
