#pragma once

#include "simulation/card_terminal.hpp"
#include "simulation/devices.hpp"
#include "simulation/gateway_wire.hpp"
#include "simulation/mutant_store.hpp"
#include "simulation/world.hpp"

#include <cipherlane/acquiring/lane.hpp>
#include <cipherlane/acquiring/software_sealer.hpp>
#include <cipherlane/acquiring/timeline.hpp>
#include <cipherlane/ports/host.hpp>
#include <cipherlane/store/sqlite_journal.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

namespace cipherlane::simulation {

/// The settings of its terminals, counted from 0.
[[nodiscard]] acquiring::terminal_settings till_settings(std::size_t terminal);

/// One life of a till, from its start to its end or to a power cut: the SDK's lane, ledger, journal and codecs as
/// they are, everything else the world's.
class till_under_test {
  public:
    explicit till_under_test(world& in);
    till_under_test(const till_under_test&) = delete;
    till_under_test& operator=(const till_under_test&) = delete;
    ~till_under_test();

    /// Opens journal and lane.
    [[nodiscard]] result<void> start();
    [[nodiscard]] std::size_t terminals() const noexcept { return stations_.size(); }
    [[nodiscard]] acquiring::lane& lane(std::size_t terminal = 0) { return *stations_[terminal]->lane; }
    /// That of a record.
    [[nodiscard]] acquiring::lane& lane_of(std::string_view terminal_id);
    [[nodiscard]] store::sqlite_journal& journal() { return *journal_; }
    /// The records about which somebody has been called in this life.
    [[nodiscard]] const std::set<std::uint64_t>& called() const noexcept { return watcher_.called; }

    std::function<void(const acquiring::timeline_entry&)> on_entry; ///< for a timeline

  private:
    class watcher final : public acquiring::timeline {
      public:
        explicit watcher(till_under_test& of) noexcept
            : of_(of) {}
        void on_entry(const acquiring::timeline_entry& entry) noexcept override;
        void on_alert(const acquiring::alert& what) noexcept override;
        std::set<std::uint64_t> called;

      private:
        till_under_test& of_;
    };

    /// One terminal and what is its alone.
    struct station {
        explicit station(world& in)
            : pad(in)
            , terminal(in) {}
        simulation::pad pad;
        card_terminal terminal;
        std::unique_ptr<ports::host> host;
        std::unique_ptr<ports::sealer> sealer;
        std::optional<acquiring::lane> lane;
    };
    /// What `world::looks_meanwhile` is about.
    void look_meanwhile();
    [[nodiscard]] result<void> add_station();

    world& world_;
    mounted on_disk_;
    time_source::on_this_thread in_time_;
    crypto::random_source::on_this_thread by_chance_;
    code_display display_{world_};
    std::unique_ptr<ports::qr_gateway> gateway_;
    watcher watcher_{*this};
    std::unique_ptr<store::sqlite_journal> journal_;
    std::unique_ptr<mutant_store> mutated_;
    std::vector<std::unique_ptr<station>> stations_; ///< last: the lanes end first
};

} // namespace cipherlane::simulation
