#pragma once

#include "simulation/world.hpp"
#include "support/lane/faulty_store.hpp"

namespace cipherlane::simulation {

/// What goes wrong here is said by the mutant alone.
struct no_fault {
    tests::fault_script faults;
};

/// A journal with one of the faults that `mutants.hpp` lists; the others go through it unseen.
class mutant_store final : private no_fault, public tests::faulty_store {
  public:
    mutant_store(ports::store& real, world& in) noexcept
        : faulty_store(real, faults)
        , world_(in) {}

    [[nodiscard]] result<ports::journal_record> begin(
        const ports::journal_record& fresh, const ports::stored_card* card, const call& bounds) override;
    [[nodiscard]] result<void> decide(
        std::uint64_t id, const ports::journal_verdict& verdict, const call& bounds) override;
    [[nodiscard]] result<std::vector<ports::journal_record>> open_records(
        std::string_view terminal_id, const call& bounds) override;
    [[nodiscard]] result<std::vector<ports::journal_record>> untold_records(
        std::string_view terminal_id, const call& bounds) override;
    [[nodiscard]] result<ports::batch_totals> totals(
        std::string_view terminal_id, std::uint32_t batch, const call& bounds) override;

  private:
    [[nodiscard]] bool is(mutant what) const noexcept { return world_.wrong == what; }

    world& world_;
    std::uint64_t keys_ = 0;
    std::uint32_t last_trace_ = 0;
};

} // namespace cipherlane::simulation
