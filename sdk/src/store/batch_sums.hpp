#pragma once

#include <cipherlane/ports/store.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cipherlane::store {

/// What batches added up to when they were last asked for, kept up with what was decided since. Before each trade the
/// flow asks whether its batch has room: read anew, that takes longer with each payment of a day.
///
/// Only for a journal that nobody else writes to, and on its thread only.
class batch_sums {
  public:
    [[nodiscard]] std::optional<ports::batch_totals> find(std::string_view terminal_id, std::uint32_t batch) const;
    void keep(std::string_view terminal_id, std::uint32_t batch, const ports::batch_totals& sums);
    /// A record has become another by a verdict.
    void follow(const ports::journal_record& before, const ports::journal_record& after);
    /// What was written may not stand: the next one who asks has it added up anew.
    void forget() noexcept { known_.clear(); }

  private:
    using key = std::pair<std::string, std::uint32_t>;
    std::map<key, ports::batch_totals> known_;
};

} // namespace cipherlane::store
