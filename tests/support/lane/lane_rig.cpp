#include "support/lane/lane_rig.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/ledger/trades.hpp>

namespace cipherlane::tests {

using namespace std::chrono_literals;

namespace {

/// Its thread's time may be ahead of everybody else's.
call enough(const fake_gateway& at) {
    return call(at.ahead.load() + 20s);
}

} // namespace

acquiring::terminal_settings rig_settings() {
    acquiring::terminal_settings settings;
    settings.terminal_id = "TEST0001";
    settings.merchant_id = "TESTMERCH000001";
    settings.merchant_name = "TEST SHOP";
    settings.gateway.poll = 5ms;
    settings.gateway.response_time = 20ms;
    settings.gateway.code_valid = 30s;
    return settings;
}

lane_rig::lane_rig(acquiring::terminal_settings with, fake_ledger* shared_books, std::string journal_path)
    : settings(std::move(with))
    , path(journal_path.empty() ? folder.file("till.db") : std::move(journal_path))
    , books(shared_books != nullptr ? *shared_books : own_books)
    , host(books, faults)
    , pinpad(faults)
    , display(faults)
    , gateway(books, faults) {
    open_journal();
}

lane_rig::~lane_rig() {
    lane_.reset();
}

void lane_rig::open_journal() {
    fake_key key;
    store::sqlite_journal_settings how;
    how.path = path;
    journal = store::sqlite_journal::open(how, key, clock, soon(), logger::none()).value();
    guarded = std::make_unique<faulty_store>(*journal, faults);
    sealer =
        acquiring::software_sealer::create(settings.keys, secret_bytes(from_hex(test_tmk).value()), logger::none())
            .value();
}

void lane_rig::restart() {
    lane_.reset();
    gateway.ahead = 0ms; // its thread has ended
    guarded.reset();
    journal.reset();
    open_journal();
}

void lane_rig::use_master_key(const std::string& hex) {
    sealer = acquiring::software_sealer::create(settings.keys, secret_bytes(from_hex(hex).value()), logger::none())
                 .value();
}

acquiring::lane& lane_rig::lane() {
    if (!lane_) {
        acquiring::lane_ports with(*guarded);
        with.host = &host;
        with.sealer = sealer.get();
        with.pinpad = &pinpad;
        with.display = &display;
        with.gateway = &gateway;
        with.gateways = gateways;
        with.clock = &clock;
        with.observer = &seen;
        with.chooser = chooser;
        with.runs_on = runs_on;
        auto opened = acquiring::lane::open(settings, with, soon(), logger::none());
        // A fault meant for a flow may hit the opening: a till would open its lane again.
        if (!opened) opened = acquiring::lane::open(settings, with, soon(), logger::none());
        lane_.emplace(std::move(opened).value());
    }
    return *lane_;
}

result<acquiring::payment> lane_rig::sell(
    const std::string& key, std::int64_t minor, acquiring::partial_approval partial) {
    acquiring::sale_request request(key, amount(minor));
    request.partial = partial;
    return acquiring::sale(lane()).run(request, enough(gateway));
}
result<acquiring::payment> lane_rig::undo(const std::string& key, std::uint64_t handle) {
    return acquiring::void_payment(lane()).run({key, handle}, enough(gateway));
}
result<acquiring::payment> lane_rig::give_back(const std::string& key, std::uint64_t handle, std::int64_t minor) {
    return acquiring::refund(lane()).run({key, handle, amount(minor)}, enough(gateway));
}
result<acquiring::payment> lane_rig::sell_by_code(const std::string& key, std::int64_t minor) {
    auto& with = lane();
    // An order that nobody pays lasts until the deadline; the others end by themselves.
    const bool unpaid =
        gateway.pays == fake_gateway::payer::never || gateway.pays == fake_gateway::payer::before_cancel;
    return acquiring::qr_sale(with).run({key, amount(minor)}, unpaid ? while_nobody_pays() : enough(gateway));
}
call lane_rig::while_nobody_pays(fake_gateway& at) const {
    at.waits_no_time = runs_on == acquiring::lane_thread::own;
    return call(at.ahead.load() + 10s);
}
result<acquiring::settlement_report> lane_rig::settle() {
    return acquiring::settlement(lane()).run({}, enough(gateway));
}
result<std::vector<acquiring::payment>> lane_rig::recover() {
    return acquiring::recovery(lane()).run({}, enough(gateway));
}
result<acquiring::sign_in_report> lane_rig::sign_in() {
    return acquiring::sign_in(lane()).run({}, enough(gateway));
}

std::vector<ports::journal_record> lane_rig::records() {
    return journal->list(settings.terminal_id, 1000, soon()).value();
}

std::int64_t lane_rig::booked() {
    std::int64_t sum = 0;
    for (const auto& record : records()) {
        EXPECT_NE(record.state, ports::record_state::prepared) << "trace " << record.trace;
        EXPECT_NE(record.state, ports::record_state::reversal_pending) << "trace " << record.trace;
        if (record.state != ports::record_state::approved) continue;
        const auto& row = ledger::row_of(record.kind);
        if (row.side == ledger::money_side::debit) sum += record.approved.minor();
        if (row.role == ledger::trade_role::returning) sum -= record.approved.minor();
    }
    return sum;
}

} // namespace cipherlane::tests
