#include "support/lane/simulated_lane.hpp"

#include "hsm-sim/keys/lmk.hpp"
#include "lane/demo_till.hpp"
#include "lane/simulators.hpp"
#include "lane/test_keys.hpp"

#include <boost/asio/post.hpp>

#include <chrono>
#include <fstream>
#include <future>
#include <memory>
#include <stdexcept>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

constexpr auto card_number = "6222000000000017";

std::string key_of(const std::string& profile, const char* type, std::string_view clear) {
    return sim::under_test_lmk(profile, type, clear).value();
}

sim::acquirer_settings host_of(const hsm_sim::server& machine, const std::string& profile) {
    sim::acquirer_settings made;
    made.hsm = "127.0.0.1:" + std::to_string(machine.port());
    made.hsm_profile = profile;
    made.zone_key = key_of(profile, "zpk", sim::test_keys::zone_pin);
    made.zone_key_clear = sim::test_keys::zone_pin;
    return made;
}

sim::gateway_settings gateway_of(const std::string& ledger) {
    sim::gateway_settings made;
    made.ledger = ledger;
    return made;
}

std::string at_port(std::uint16_t port) {
    return "127.0.0.1:" + std::to_string(port);
}

} // namespace

result<void> table_reader::open(const call& /*bounds*/) {
    return {};
}

result<ports::card_data> table_reader::read_card(const ports::card_request& /*request*/, const call& /*bounds*/) {
    namespace errc = boost::system::errc;
    if (refuses) {
        const auto code = *refuses == condition::cancelled ? errc::operation_canceled : errc::timed_out;
        return error(errc::make_error_code(code), layer::drivers);
    }
    ports::card_data card(pan::parse(number).value(), ports::entry_mode::magnetic);
    card.expiry = expiry;
    card.track2 = secret_bytes(as_bytes(number + "D" + expiry + "2011234"));
    card.pin_required = false;
    return card;
}

result<secret_bytes> table_reader::enter_pin(const ports::pin_request& /*request*/, const call& /*bounds*/) {
    return error(boost::system::errc::make_error_code(boost::system::errc::not_supported), layer::drivers);
}

result<void> table_reader::load_master_key(const ports::wrapped_key& key, const call& /*bounds*/) {
    if (master_keys.empty() || master_keys.back() != key.cryptogram) master_keys.push_back(key.cryptogram);
    return {};
}

result<void> table_reader::finish(std::string_view /*line1*/, std::string_view /*line2*/, const call& /*bounds*/) {
    return {};
}

result<void> table_reader::show(std::string_view /*line1*/, std::string_view /*line2*/, const call& /*bounds*/) {
    return {};
}

result<void> table_reader::close(const call& /*bounds*/) {
    return {};
}

simulated_lane::simulated_lane(const std::string& gateway_ledger, const std::string& profile)
    : unit_(*hsm_sim::settings_of(profile), hsm_sim::lmk_set::test())
    , machine_(*hsm_sim::server::start(unit_, {0, 1, false}, logger::none()))
    , acquirer_(sim::acquirer_server::start(io_, host_of(*machine_, profile), logger::none()).value())
    , gateway_(sim::gateway_server::start(io_, gateway_of(gateway_ledger), logger::none()).value())
    , work_(io_.get_executor())
    , thread_([this] { io_.run(); }) {
    reader.number = card_number;
    host({{"cmd", "terminal"}, {"terminal_id", sim::demo_terminal}, {"merchant_id", sim::demo_merchant},
        {"tmk", key_of(profile, "tmk", sim::test_keys::terminal_master)}});
    host({{"cmd", "card"}, {"number", card_number}, {"expiry", "3012"}, {"pin", "135790"},
        {"balance", balance_at_first}});
    const auto public_key = keys.file("gateway.pem");
    std::ofstream(public_key) << gateway_->public_key();
    settings = sim::demo_settings(
        {folder.path(), keys.path(), public_key, at_port(acquirer_->port()), at_port(gateway_->port()), "", ""});
    settings.display = {};
    settings.pinpad = {};
    settings.host.response_time = 1'000ms; // a busy machine answers in time, and a silent one is not waited for long
    settings.host.connect_timeout = 1'000ms;
    for (auto& terminal : settings.terminals) {
        terminal.gateway.poll = 100ms;
        terminal.gateway.response_time = 1'000ms;
    }
}

simulated_lane::~simulated_lane() {
    work_.reset();
    boost::asio::post(io_, [this] {
        acquirer_.reset();
        gateway_.reset();
        io_.stop();
    });
    thread_.join();
}

till simulated_lane::open() {
    till::parts with;
    if (pad != nullptr) with.pinpad = lend(*pad);
    if (pad == nullptr) with.pinpad = lend(reader);
    with.display = lend(display);
    with.observer = lend(seen);
    if (chooser != nullptr) with.chooser = lend(*chooser);
    return till::open(settings, std::move(with), call(20s)).value();
}

nlohmann::json simulated_lane::host(const nlohmann::json& command) {
    return acquirer_->control(command);
}

nlohmann::json simulated_lane::gateway(const nlohmann::json& command) {
    const auto answered = std::make_shared<std::promise<nlohmann::json>>();
    auto got = answered->get_future();
    boost::asio::post(io_, [this, answered, command] {
        try {
            answered->set_value(gateway_->control(command));
        } catch (...) {
            answered->set_exception(std::current_exception());
        }
    });
    if (got.wait_for(std::chrono::seconds(20)) != std::future_status::ready) {
        throw std::runtime_error("the simulated gateway does not answer");
    }
    return got.get();
}

void simulated_lane::when_shown(std::function<void(const std::string&)> act) {
    seen.watch = [this, act = std::move(act)](const acquiring::stage_event& event) {
        if (event.at == acquiring::stage::scanning) act(last_order());
    };
}

std::int64_t simulated_lane::balance() {
    return host({{"cmd", "balance"}, {"number", card_number}}).at("balance");
}

std::string simulated_lane::state_at_host() {
    return host({{"cmd", "trades"}}).at("trades").at(0).at("state");
}

std::string simulated_lane::last_order() {
    const auto orders = gateway({{"cmd", "orders"}}).at("orders"); // by their numbers
    for (const auto& one : orders)
        if (one.at("status") == "waiting") return one.at("order_number");
    return orders.back().at("order_number");
}

} // namespace cipherlane::tests
