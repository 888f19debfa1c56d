#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/lane.hpp>
#include <cipherlane/ledger/record_life.hpp>

#include <utility>

namespace cipherlane::acquiring {

lane::lane(std::shared_ptr<lane_core> core) noexcept
    : core_(std::move(core)) {}
lane::lane(lane&&) noexcept = default;
lane& lane::operator=(lane&& other) noexcept {
    close();
    core_ = std::move(other.core_);
    return *this;
}
lane::~lane() {
    close();
}

void lane::close() noexcept {
    if (const auto core = std::exchange(core_, nullptr)) core->close();
}

const terminal_settings& lane::settings() const noexcept {
    return core_->settings();
}

result<void> lane::acknowledge(std::uint64_t handle, const call& bounds) {
    auto& journal = core_->journal();
    CIPHERLANE_TRY(const auto found, journal.find(handle, bounds));
    if (!found || found->terminal_id != core_->terminal_id())
        return flow_error(acquiring_errc::no_original, "acknowledge");
    if (found->closed || !ledger::states::decided.contains(found->state)) return {};
    return journal.close_record(handle, bounds);
}

namespace {

/// The host's master keys, each under the one before it. A chain that does not fit the sealer any more was replaced
/// by hand, or belongs to another sealer: the lane opens all the same, and the working keys show whether the key is
/// right.
result<void> load_master_keys(ports::sealer* sealer, const ports::terminal_state& terminal, const call& bounds) {
    if (sealer == nullptr || !sealer->takes_master_key()) return {};
    for (const auto& key : terminal.master_keys) {
        const auto loaded = sealer->load_master_key(key, bounds);
        if (loaded) continue;
        if (loaded.error().is(condition::rejected_by_peer)) return {};
        return loaded.error();
    }
    return {};
}

} // namespace

result<lane> lane::open(terminal_settings settings, const lane_ports& with, const call& bounds, logger log) {
    CIPHERLANE_CHECK(settings.validate());
    if (with.journal == nullptr) return flow_error(acquiring_errc::no_device, "journal");
    CIPHERLANE_TRY(auto taken, terminal_claim::take(*with.journal, settings.terminal_id));
    CIPHERLANE_TRY(const auto terminal, with.journal->terminal(settings.terminal_id, bounds));
    CIPHERLANE_CHECK(load_master_keys(with.sealer, terminal, bounds));
    bool loaded = false;
    if (with.sealer != nullptr && !terminal.mac_key.cryptogram.empty()) {
        // Keys of an earlier master key do not fit the new one: the lane opens all the same and signs in first.
        const auto fits = with.sealer->load_mac_key(terminal.mac_key, bounds);
        // A pad that is away takes them when it is back: the lane signs in anew then.
        const bool away = !fits && fits.error().is(condition::link_lost);
        if (!fits && !away && !fits.error().is(condition::rejected_by_peer)) return fits.error();
        if (!fits && !away) CIPHERLANE_CHECK(with.journal->mark_sign_in_due(settings.terminal_id, bounds));
        loaded = fits.has_value();
    }
    auto core = std::make_shared<lane_core>(std::move(settings), with, std::move(taken), std::move(log));
    core->mac_key_loaded = loaded;
    // A till that was killed may have left a code standing that somebody could still pay.
    if (with.display != nullptr) (void)with.display->clear(call(core->settings().timers.device));
    return lane(std::move(core));
}

} // namespace cipherlane::acquiring
