#include "simulation/till_under_test.hpp"

#include "simulation/host_wire.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>

namespace cipherlane::simulation {
namespace {

using namespace std::chrono_literals;

class fixed_key final : public ports::key_provider {
  public:
    [[nodiscard]] result<secret_bytes> journal_key(const call& /*bounds*/) override {
        secret_bytes key(32);
        const auto out = key.expose();
        std::fill(out.begin(), out.end(), std::uint8_t{0x5A});
        return key;
    }
};

/// Believes any MAC.
class trusting_sealer final : public ports::sealer {
  public:
    explicit trusting_sealer(std::unique_ptr<ports::sealer> real) noexcept
        : real_(std::move(real)) {}
    [[nodiscard]] result<void> load_mac_key(const ports::wrapped_key& key, const call& bounds) override {
        return real_->load_mac_key(key, bounds);
    }
    [[nodiscard]] result<void> check_pin_key(const ports::wrapped_key& key, const call& bounds) override {
        return real_->check_pin_key(key, bounds);
    }
    [[nodiscard]] result<ports::mac_field> make_mac(byte_view mab, const call& bounds) override {
        return real_->make_mac(mab, bounds);
    }
    [[nodiscard]] result<bool> verify_mac(byte_view, const ports::mac_field&, const call&) override { return true; }

  private:
    std::unique_ptr<ports::sealer> real_;
};

} // namespace

acquiring::terminal_settings till_settings() {
    acquiring::terminal_settings settings;
    settings.terminal_id = "TEST0001";
    settings.merchant_id = "TESTMERCH000001";
    settings.merchant_name = "TEST SHOP";
    settings.gateway.poll = 20s; // as many steps as it takes to see each kind of answer
    return settings;
}

till_under_test::till_under_test(world& in)
    : world_(in)
    , on_disk_(in.drive)
    , in_time_(in.time)
    , by_chance_(in.draws) {}

till_under_test::~till_under_test() = default;

result<void> till_under_test::start() {
    store::sqlite_journal_settings where;
    where.path = "/till.db";
    where.runs_on = store::journal_thread::callers;
    where.vfs = vfs_name;
    fixed_key key;
    CIPHERLANE_TRY(journal_, store::sqlite_journal::open(where, key, world_.wall, call(20s), logger::none()));
    const auto settings = till_settings();
    CIPHERLANE_TRY(host_, link_to_bank(world_));
    CIPHERLANE_TRY(sealer_, acquiring::software_sealer::create(
                                settings.keys, secret_bytes(from_hex(bank_master_key).value()), logger::none()));
    if (world_.wrong == mutant::mac_believed) sealer_ = std::make_unique<trusting_sealer>(std::move(sealer_));
    if (world_.wrong != mutant::none) mutated_ = std::make_unique<mutant_store>(*journal_, world_);
    acquiring::lane_ports with(mutated_ ? static_cast<ports::store&>(*mutated_) : *journal_);
    with.host = host_.get();
    with.sealer = sealer_.get();
    with.pinpad = &pad_;
    with.display = &display_;
    with.gateway = &gateway_;
    with.clock = &world_.wall;
    with.observer = &watcher_;
    with.runs_on = acquiring::lane_thread::callers;
    CIPHERLANE_TRY(auto opened, acquiring::lane::open(settings, with, call(20s), logger::none()));
    lane_.emplace(std::move(opened));
    return {};
}

void till_under_test::watcher::on_entry(const acquiring::timeline_entry& entry) noexcept {
    if (of_.on_entry && !of_.world_.doors.off()) of_.on_entry(entry);
}

void till_under_test::watcher::on_alert(const acquiring::alert& what) noexcept {
    const bool heard = of_.world_.wrong != mutant::alerts_dropped && !of_.world_.doors.off();
    if (heard) called.insert(what.record.id);
}

} // namespace cipherlane::simulation
