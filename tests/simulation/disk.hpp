#pragma once

#include "simulation/chance.hpp"
#include "simulation/fingerprint.hpp"
#include "simulation/steps.hpp"

#include <cipherlane/core/bytes.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherlane::simulation {

/// What a disk can be told that it must not do: the faults of its own that a judge must find (`mutants.hpp`).
enum class disk_fault : std::uint8_t {
    none,
    never_syncs,      ///< says that it has
    forgets_one_sync, ///< of three
    loses_names,      ///< a new file's name is never on the disk
    breaks_synced,    ///< a power cut tears what was synced, too
};

/// One file: what a program reads of it, and what of that a power cut can still take back. What many runs begin with
/// is theirs together until one of them writes to it.
class disk_file {
  public:
    struct change {
        std::size_t at = 0;
        std::size_t size = 0; ///< of what was written
        std::size_t size_before = 0;
        std::size_t size_after = 0;
        bytes before; ///< what was overwritten
    };
    /// What runs begin with, and the fingerprint of each of its blocks.
    struct common {
        bytes content;
        std::vector<std::uint64_t> prints;
        std::uint64_t print = 0;
    };
    disk_file() = default;
    explicit disk_file(std::shared_ptr<const common> from) noexcept
        : common_(std::move(from)) {}

    [[nodiscard]] byte_view content() const noexcept { return common_ ? byte_view(common_->content) : own_; }
    /// Longer, if need be.
    void put(std::size_t at, byte_view data);
    void resize(std::size_t size);
    [[nodiscard]] std::shared_ptr<const common> share() const;
    /// Of the content, whose blocks are looked at again only where they were written to.
    [[nodiscard]] std::uint64_t print() const;

    std::vector<change> unsynced;

  private:
    void make_own();
    void forget_prints(std::size_t begin, std::size_t end);

    std::shared_ptr<const common> common_; ///< null: it has been written to
    bytes own_;
    mutable std::vector<std::uint64_t> prints_; ///< of its own content by block; `unknown`: it was written to
};

/// A disk in memory that keeps what was synced and gives back after a power cut what a real one might: all that was
/// written since, none of it, or pieces of sectors in any order. Names of files are written with the next sync of a
/// log that is new, as SQLite has the folder synced then.
class disk {
  public:
    disk(steps& where, chance& by) noexcept
        : steps_(where)
        , by_(by) {}

    using file = std::shared_ptr<disk_file>;

    [[nodiscard]] file find(const std::string& name) const;
    [[nodiscard]] file make(const std::string& name);
    void remove(const std::string& name);
    void sync_names() { names_on_disk_ = names_; }

    /// A fault that was planned for it is carried out as far as it goes.
    [[nodiscard]] fault write(disk_file& to, std::size_t at, byte_view data);
    [[nodiscard]] fault truncate(disk_file& of, std::size_t size);
    [[nodiscard]] fault sync(disk_file& of);

    /// What is left of it.
    void cut_power(fault how);

    /// What lies on it, and nothing of what is going on with it.
    struct image {
        std::map<std::string, std::shared_ptr<const disk_file::common>> files;
    };
    [[nodiscard]] image copy() const;
    void restore(const image& from);
    /// Puts those files of an image in the place of what is there now, on the disk already.
    void bring_back(const image& from, std::string_view beginning);
    /// Of what lies on it.
    void add_to(fingerprint& state) const;

    [[nodiscard]] steps& where() noexcept { return steps_; }
    disk_fault wrong = disk_fault::none;

  private:
    void change(disk_file& of, std::size_t at, byte_view data, std::size_t size_after);
    void settle(disk_file& of, fault how);

    steps& steps_;
    chance& by_;
    std::map<std::string, file> names_;
    std::map<std::string, file> names_on_disk_;
    std::uint64_t syncs_ = 0;
};

/// The SQLite file system whose files lie on the disk that is mounted on the calling thread.
extern const char* const vfs_name;
/// Lets the file system of this thread be that disk, while it lives.
class mounted {
  public:
    explicit mounted(disk& what);
    mounted(const mounted&) = delete;
    mounted& operator=(const mounted&) = delete;
    ~mounted();

  private:
    disk* before_;
};

} // namespace cipherlane::simulation
