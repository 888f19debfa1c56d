#pragma once

#include <cipherlane/ports/store.hpp>

#include <cstdint>
#include <utility>

namespace cipherlane::acquiring {

/// That the card of a record has yet to say what it makes of the host's approval. The approval is durable before the
/// card is asked, so that a crash undoes nothing that the pad has shown; whoever else reads the journal meanwhile
/// must not take it for the end (`as_told_now`): the record says so, too (`journal_record::at_card`), for those who
/// have no lane. A process that finds the record later has no card to ask, and the approval stands. Over when
/// destroyed.
class at_card {
  public:
    at_card() = default;
    at_card(const ports::store& journal, std::uint64_t record);
    at_card(at_card&& other) noexcept
        : journal_(std::exchange(other.journal_, nullptr))
        , record_(other.record_) {}
    at_card& operator=(at_card&& other) noexcept {
        std::swap(journal_, other.journal_);
        std::swap(record_, other.record_);
        return *this;
    }
    ~at_card();

    [[nodiscard]] static bool has(const ports::store& journal, std::uint64_t record);

  private:
    const ports::store* journal_ = nullptr;
    std::uint64_t record_ = 0;
};

} // namespace cipherlane::acquiring
