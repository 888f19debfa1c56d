#pragma once

#include "simulation/cashier.hpp"
#include "simulation/world.hpp"

#include <cipherlane/ports/journal_record.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace cipherlane::simulation {

/// A rule that a run has broken.
struct finding {
    std::string rule; ///< "double charge", "told and taken back"
    std::string key;  ///< the payment's; empty for what concerns the till
    std::string words;
};

/// Holds what the till says against the books of bank and gateway. Knows nothing of how the till works, and takes the
/// till's word for nothing.
///
/// - each key has one outcome, and moved money at most once;
/// - what cards and payers were charged is what the till says, once it has been recovered;
/// - nothing is unknown without somebody being called;
/// - what was told is not taken back, and what is decided has been told;
/// - what is begun when nothing goes wrong any more, and nobody refuses, is paid;
/// - what an order did not want has gone back, once;
/// - no trade number is used twice, the batch adds up;
/// - no code stands on the display at the end, or stood there once nobody could pay it any more.
class judge {
  public:
    judge(const world& truth, const cashier& paper) noexcept
        : truth_(truth)
        , paper_(paper) {}

    /// After everything has come to its end. `called`: the records about which somebody has been called since the
    /// last start.
    void look(const std::vector<ports::journal_record>& records, const std::set<std::uint64_t>& called);
    /// After the batch has been settled.
    void look_at_settlement();
    void find(std::string rule, const std::string& key, std::string words);

    /// Whether the money of a record moved.
    [[nodiscard]] bool moved(const ports::journal_record& record) const;
    [[nodiscard]] const std::vector<finding>& findings() const noexcept { return findings_; }

  private:
    struct charge {
        std::int64_t minor = 0;
        std::int64_t converted = 0; ///< of it, in cardholders' currency
        int times = 0;
    };
    void add_to(const std::string& key, std::int64_t minor);
    void add_up_orders();
    void add_up();
    [[nodiscard]] charge charged(const std::string& key) const;
    void look_at_key(
        const std::string& key, const ports::journal_record* record, const std::set<std::uint64_t>& called);
    void look_at_tellings(const std::string& key, const slip& paper, const ports::journal_record* record);
    [[nodiscard]] bool undone(const std::string& key) const;

    const world& truth_;
    const cashier& paper_;
    std::set<std::string> rejected_by_;               ///< numbers of refunds that were nobody's, but the till's own
    std::unordered_map<std::string, charge> charges_; ///< by key
    std::vector<finding> findings_;
};

} // namespace cipherlane::simulation
