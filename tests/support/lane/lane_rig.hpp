#pragma once

#include "support/lane/fake_devices.hpp"
#include "support/lane/fake_host.hpp"
#include "support/lane/faulty_store.hpp"
#include "support/memory_folder.hpp"

#include <cipherlane/acquiring/balance.hpp>
#include <cipherlane/acquiring/decision.hpp>
#include <cipherlane/acquiring/lane.hpp>
#include <cipherlane/acquiring/qr_sale.hpp>
#include <cipherlane/acquiring/recovery.hpp>
#include <cipherlane/acquiring/refund.hpp>
#include <cipherlane/acquiring/sale.hpp>
#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/acquiring/sign_in.hpp>
#include <cipherlane/acquiring/software_sealer.hpp>
#include <cipherlane/acquiring/void_payment.hpp>
#include <cipherlane/store/sqlite_journal.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace cipherlane::tests {

/// The settings of the terminal of the POS vectors.
[[nodiscard]] acquiring::terminal_settings rig_settings();

/// Keeps everything and lets a test act at a stage, on the lane's thread.
class watched_timeline final : public acquiring::timeline {
  public:
    void on_entry(const acquiring::timeline_entry& entry) noexcept override { kept_.on_entry(entry); }
    void on_alert(const acquiring::alert& what) noexcept override { kept_.on_alert(what); }
    void on_stage(const acquiring::stage_event& what) noexcept override {
        kept_.on_stage(what);
        if (watch) watch(what);
    }
    [[nodiscard]] std::vector<acquiring::timeline_entry> entries() const { return kept_.entries(); }
    [[nodiscard]] std::vector<acquiring::alert> alerts() const { return kept_.alerts(); }
    [[nodiscard]] std::vector<acquiring::stage_event> stages() const { return kept_.stages(); }
    [[nodiscard]] std::string to_string() const { return kept_.to_string(); }

    std::function<void(const acquiring::stage_event&)> watch;

  private:
    acquiring::recorded_timeline kept_;
};

/// A lane over fake devices and a real journal.
class lane_rig {
  public:
    /// With the books and journal of `books` and `path`; what is not given is the rig's own.
    explicit lane_rig(acquiring::terminal_settings with = rig_settings(), fake_ledger* shared_books = nullptr,
        std::string journal_path = {});
    ~lane_rig();

    /// A new process over the same journal: everything but the books and the file is gone.
    void restart();
    /// Another TMK (hex) in the sealer, until the next `restart`. Before the lane is opened.
    void use_master_key(const std::string& hex);
    /// The lane, opened at first use.
    [[nodiscard]] acquiring::lane& lane();

    [[nodiscard]] result<acquiring::payment> sell(const std::string& key, std::int64_t minor,
        acquiring::partial_approval partial = acquiring::partial_approval::refuse);
    [[nodiscard]] result<acquiring::payment> undo(const std::string& key, std::uint64_t handle);
    [[nodiscard]] result<acquiring::payment> give_back(
        const std::string& key, std::uint64_t handle, std::int64_t minor);
    [[nodiscard]] result<acquiring::payment> sell_by_code(const std::string& key, std::int64_t minor);
    /// For an order that nobody pays: a call that lasts until its end, which comes at once on a lane's own thread.
    [[nodiscard]] call while_nobody_pays() { return while_nobody_pays(gateway); }
    [[nodiscard]] call while_nobody_pays(fake_gateway& at) const;
    [[nodiscard]] result<acquiring::settlement_report> settle();
    [[nodiscard]] result<std::vector<acquiring::payment>> recover();
    [[nodiscard]] result<acquiring::sign_in_report> sign_in();

    /// What the till's journal says it has taken, net; checks that nothing is open.
    [[nodiscard]] std::int64_t booked();
    [[nodiscard]] std::vector<ports::journal_record> records();

    acquiring::terminal_settings settings;
    memory_folder folder;
    std::string path;
    fake_ledger own_books;
    fake_ledger& books;
    fault_script faults;
    fake_clock clock;
    fake_host host;
    fake_pinpad pinpad;
    fake_display display;
    fake_gateway gateway;
    watched_timeline seen;
    ports::currency_chooser* chooser = nullptr;                   ///< of the lane, when it is opened
    std::vector<acquiring::lane_gateway> gateways;                ///< in the place of `gateway`, likewise
    acquiring::lane_thread runs_on = acquiring::lane_thread::own; ///< of the lane, when it is opened
    std::unique_ptr<acquiring::software_sealer> sealer;
    std::unique_ptr<store::sqlite_journal> journal;
    std::unique_ptr<faulty_store> guarded;

  private:
    void open_journal();
    std::optional<acquiring::lane> lane_;
};

/// A call that lasts long enough for everything in a test.
[[nodiscard]] inline call soon() {
    return call(std::chrono::seconds(20));
}

} // namespace cipherlane::tests
