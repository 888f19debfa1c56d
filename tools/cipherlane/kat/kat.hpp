#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::cli {

/// One row of a known-answer file by column name; a column that the file has not is empty.
class kat_row {
  public:
    explicit kat_row(std::map<std::string, std::string> cells)
        : cells_(std::move(cells)) {}
    [[nodiscard]] const std::string& operator[](const std::string& column) const {
        static const std::string none;
        const auto found = cells_.find(column);
        return found == cells_.end() ? none : found->second;
    }
    [[nodiscard]] bool has(const std::string& column) const { return !(*this)[column].empty(); }
    [[nodiscard]] bool must_be_rejected() const { return (*this)["expect"] == "reject"; }
    /// The same row with another cell, for tests of the runners.
    [[nodiscard]] kat_row with(const std::string& column, const std::string& value) const {
        auto cells = cells_;
        cells[column] = value;
        return kat_row(std::move(cells));
    }

  private:
    std::map<std::string, std::string> cells_;
};

struct tls_options; // hsm_link.hpp; the runners of most files need no cipher machine

/// Where host-command files are sent to; empty when `--hsm` was not given.
struct kat_target {
    std::string hsm;
    std::string profile;
    const tls_options* tls = nullptr;
    unsigned seconds = 10; ///< for each answer
    /// Set by a runner that cannot reach the unit: what is left of the file cannot be run.
    mutable bool unreachable = false;
};

/// Nothing if the row holds, else why not. Must not throw.
using kat_runner = std::optional<std::string> (*)(const kat_row& row, const kat_target& target);

/// Which files (by name without ".csv") a runner takes.
struct kat_entry {
    std::string_view file;
    kat_runner run;
};

/// The rows of a known-answer file. Throws `std::runtime_error` where it is no such file.
[[nodiscard]] std::vector<kat_row> read_kat_file(const std::string& path);

/// One table for each part of the SDK, in `kat_PART.cpp`; kat_command.cpp lists them.
[[nodiscard]] std::span<const kat_entry> card_kats();
[[nodiscard]] std::span<const kat_entry> crypto_kats();
[[nodiscard]] std::span<const kat_entry> crypto_keys_kats();
[[nodiscard]] std::span<const kat_entry> ff1_kats();
[[nodiscard]] std::span<const kat_entry> crypto_sm_kats();
[[nodiscard]] std::span<const kat_entry> hsm_kats();
[[nodiscard]] std::span<const kat_entry> iso8583_kats();
[[nodiscard]] std::span<const kat_entry> qr_kats();

} // namespace cipherlane::cli
