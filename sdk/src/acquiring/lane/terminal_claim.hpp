#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/ports/store.hpp>

#include <string>
#include <utility>

namespace cipherlane::acquiring {

/// That a lane of this process has a terminal of a journal: a second one would take what the first has under way for
/// left behind, and reverse it. Given back when destroyed; other processes are kept out by the journal.
class terminal_claim {
  public:
    terminal_claim() = default;
    /// @return `acquiring_errc::terminal_in_use`.
    [[nodiscard]] static result<terminal_claim> take(const ports::store& journal, const std::string& terminal_id);
    terminal_claim(terminal_claim&& other) noexcept
        : journal_(std::exchange(other.journal_, nullptr))
        , terminal_id_(std::move(other.terminal_id_)) {}
    terminal_claim& operator=(terminal_claim&& other) noexcept {
        std::swap(journal_, other.journal_);
        terminal_id_.swap(other.terminal_id_);
        return *this;
    }
    ~terminal_claim();

  private:
    const ports::store* journal_ = nullptr;
    std::string terminal_id_;
};

} // namespace cipherlane::acquiring
