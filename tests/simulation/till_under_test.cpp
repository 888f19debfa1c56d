#include "simulation/till_under_test.hpp"

#include "simulation/host_wire.hpp"

#include <cipherlane/acquiring/lookup.hpp>
#include <cipherlane/core/hex.hpp>

#include <algorithm>

namespace cipherlane::simulation {
namespace {

using namespace std::chrono_literals;

class fixed_key final : public ports::key_provider {
  public:
    explicit fixed_key(world& in) noexcept
        : world_(in) {}
    [[nodiscard]] result<secret_bytes> journal_key(const call& bounds) override {
        if (world_.people.seals_in_pad) CIPHERLANE_CHECK(take_call(world_, "journal key", bounds));
        secret_bytes key(32);
        const auto out = key.expose();
        std::fill(out.begin(), out.end(), std::uint8_t{0x5A});
        return key;
    }

  private:
    world& world_;
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

acquiring::terminal_settings till_settings(std::size_t terminal) {
    acquiring::terminal_settings settings;
    settings.terminal_id = "TEST000" + std::to_string(terminal + 1);
    settings.merchant_id = "TESTMERCH000001";
    settings.merchant_name = "TEST SHOP";
    settings.offline.most_each_minor = settings.offline.most_together_minor = 1'000'000;
    settings.offline.most_records = 5;
    settings.gateway.poll = 20s; // as many steps as it takes to see each kind of answer
    return settings;
}

till_under_test::till_under_test(world& in)
    : world_(in)
    , on_disk_(in.drive)
    , in_time_(in.time)
    , by_chance_(in.draws) {}

till_under_test::~till_under_test() {
    world_.keep_notice = nullptr;
    world_.looks_meanwhile = nullptr;
}

result<void> till_under_test::start() {
    store::sqlite_journal_settings where;
    where.path = "/till.db";
    where.runs_on = store::journal_thread::callers;
    where.vfs = vfs_name;
    if (world_.people.marks && world_.wrong != mutant::mark_ignored) where.mark_path = "/till.mark";
    if (world_.adopts) where.start = store::journal_start::adopt;
    fixed_key key(world_);
    CIPHERLANE_TRY(journal_, store::sqlite_journal::open(where, key, world_.wall, call(20s), logger::none()));
    if (world_.wrong != mutant::none) mutated_ = std::make_unique<mutant_store>(*journal_, world_);
    CIPHERLANE_TRY(gateway_, link_to_gateway(world_));
    world_.keep_notice = [this](const ports::qr_order_status& told) {
        return (mutated_ ? static_cast<ports::store&>(*mutated_) : *journal_).keep_notice(told, call(10s));
    };
    world_.looks_meanwhile = [this] { look_meanwhile(); };
    for (int i = 0; i < world_.people.terminals; ++i)
        CIPHERLANE_CHECK(add_station());
    return {};
}

void till_under_test::look_meanwhile() {
    auto& journal = mutated_ ? static_cast<ports::store&>(*mutated_) : *journal_;
    for (const auto& one : stations_) {
        const auto& terminal = one->lane->settings().terminal_id;
        const auto found = acquiring::lookup(journal, terminal, world_.key, call(20s));
        if (!found || !*found || !(*found)->ok()) continue;
        world_.read_approved.insert(world_.key);
        static_cast<void>(one->lane->acknowledge((*found)->handle, call(20s)));
    }
}

result<void> till_under_test::add_station() {
    auto settings = till_settings(stations_.size());
    settings.conversion.offered = world_.people.bank.offers_rate;
    auto made = std::make_unique<station>(world_);
    CIPHERLANE_TRY(made->host, link_to_bank(world_));
    CIPHERLANE_TRY(made->sealer, acquiring::software_sealer::create(
                                     settings.keys, secret_bytes(from_hex(bank_master_key).value()), logger::none()));
    if (world_.people.seals_in_pad) made->sealer = std::make_unique<pad_sealer>(world_, std::move(made->sealer));
    if (world_.wrong == mutant::mac_believed)
        made->sealer = std::make_unique<trusting_sealer>(std::move(made->sealer));
    acquiring::lane_ports with(mutated_ ? static_cast<ports::store&>(*mutated_) : *journal_);
    if (world_.people.card_terminal) {
        with.terminal = &made->terminal;
    } else {
        with.host = made->host.get();
        with.sealer = made->sealer.get();
        with.pinpad = &made->pad;
    }
    with.display = stations_.empty() ? &display_ : nullptr;
    with.gateway = gateway_.get();
    with.clock = &world_.wall;
    with.observer = &watcher_;
    with.runs_on = acquiring::lane_thread::callers;
    CIPHERLANE_TRY(auto opened, acquiring::lane::open(settings, with, call(20s), logger::none()));
    made->lane.emplace(std::move(opened));
    stations_.push_back(std::move(made));
    return {};
}

acquiring::lane& till_under_test::lane_of(std::string_view terminal_id) {
    const auto found = std::find_if(stations_.begin(), stations_.end(),
        [&](const auto& one) { return one->lane->settings().terminal_id == terminal_id; });
    return *(*found)->lane;
}

void till_under_test::watcher::on_entry(const acquiring::timeline_entry& entry) noexcept {
    if (of_.on_entry && !of_.world_.doors.off()) of_.on_entry(entry);
}

void till_under_test::watcher::on_alert(const acquiring::alert& what) noexcept {
    const bool heard = of_.world_.wrong != mutant::alerts_dropped && !of_.world_.doors.off();
    if (!heard) return;
    called.insert(what.record.id);
    of_.world_.called_for.insert(what.record.id);
    if (what.kind == acquiring::alert_kind::paid_after_close) of_.world_.paid_late.insert(what.record.id);
}

} // namespace cipherlane::simulation
