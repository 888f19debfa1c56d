#include "flow/unsent.hpp"
#include "host/sign_in.hpp"
#include "lane/at_card.hpp"
#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/lane.hpp>
#include <cipherlane/ledger/record_set.hpp>
#include <cipherlane/ports/qr_gateway.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

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
    auto core = std::exchange(core_, nullptr);
    if (core == nullptr) return;
    auto& inside = *core;
    if (inside.on_own_thread()) {
        inside.close_within(std::move(core));
    } else {
        inside.close();
    }
}

bool lane::on_own_thread() const noexcept {
    return core_->on_own_thread();
}

void lane::end_with(std::shared_ptr<void> owner) noexcept {
    core_->close_within(std::move(owner));
}

const terminal_settings& lane::settings() const noexcept {
    return core_->settings();
}

result<void> lane::acknowledge(std::uint64_t handle, const call& bounds) {
    auto& journal = core_->journal();
    CIPHERLANE_TRY(const auto found, journal.find(handle, bounds));
    if (!found || found->terminal_id != core_->terminal_id())
        return flow_error(acquiring_errc::no_original, "acknowledge");
    if (at_card::has(journal, found->id)) {
        return flow_error(acquiring_errc::busy, "acknowledge")
            .for_trace(found->trace)
            .with_hint("the card has yet to take the approval: ask how it ended first");
    }
    if (!ledger::records::untold.contains(*found)) return {};
    return journal.close_record(handle, bounds);
}

result<void> lane::acknowledge_notice(std::uint64_t notice, const call& bounds) {
    auto& journal = core_->journal();
    CIPHERLANE_TRY(const auto left, journal.left_notices(core_->terminal_id(), bounds));
    const bool waits = std::any_of(left.begin(), left.end(), [&](const auto& one) { return one.id == notice; });
    if (!waits) return flow_error(acquiring_errc::no_original, "acknowledge").in_field("notice");
    return journal.close_notice(notice, bounds);
}

namespace {

/// Of an earlier process, whose cards nobody can ask any more: what is on file of them stands.
void forget_cards(lane_core& on) {
    const auto forget = [&](const result<std::vector<ports::journal_record>>& found) {
        if (!found) return;
        for (const auto& one : *found) {
            if (one.at_card) card_has_spoken(on, one.id);
        }
    };
    forget(on.journal().open_records(on.terminal_id(), on.journal_call()));
    forget(on.journal().untold_records(on.terminal_id(), on.journal_call()));
}

/// Records find their gateway again by what it calls itself.
result<void> check_gateways(const std::vector<lane_gateway>& all) {
    const auto bad = [](std::string_view hint) {
        return flow_error(acquiring_errc::bad_settings, "gateways").in_field("gateway").with_hint(hint);
    };
    std::set<std::string> names;
    std::set<std::string> identities;
    for (const auto& one : all) {
        if (one.port == nullptr) return flow_error(acquiring_errc::no_device, "gateway");
        if (all.size() == 1) return {};
        if (one.name.empty() || !names.insert(one.name).second) return bad("expected a name of its own");
        const auto identity = one.port->identity();
        if (identity.empty() || !identities.insert(identity).second)
            return bad("expected another merchant or address than the others'");
    }
    return {};
}

} // namespace

result<lane> lane::open(terminal_settings settings, const lane_ports& with, const call& bounds, logger log) {
    CIPHERLANE_CHECK(settings.validate());
    if (with.journal == nullptr) return flow_error(acquiring_errc::no_device, "journal");
    CIPHERLANE_CHECK(check_gateways(with.gateways));
    CIPHERLANE_TRY(auto taken, terminal_claim::take(*with.journal, settings.terminal_id));
    auto core = std::make_shared<lane_core>(std::move(settings), with, std::move(taken), std::move(log));
    if (const auto loaded = load_kept_keys(*core, bounds); !loaded && !core->keys_wait) return loaded.error();
    forget_cards(*core);
    // A till that was killed may have left a code standing that somebody could still pay.
    if (with.display != nullptr) (void)with.display->clear(call(core->settings().timers.device));
    return lane(std::move(core));
}

} // namespace cipherlane::acquiring
