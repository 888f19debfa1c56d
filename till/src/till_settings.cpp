#include <cipherlane/net/tcp.hpp>
#include <cipherlane/store/postgres_journal.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace cipherlane {

till_settings without_devices(till_settings all) {
    if (all.sealer.kind != sealer_kind::pinpad) all.pinpad = {};
    all.display = {};
    all.printer = {};
    all.scanner = {};
    all.settlement.by_itself = false; // whoever stays does it
    return all;
}

till_settings without_card_terminals(till_settings all) {
    all.card_terminal = {};
    all.more_card_terminals.clear();
    for (auto& one : all.terminals)
        one.card_terminal.clear();
    return all;
}

till_settings books_alone(till_settings all) {
    all = without_devices(std::move(all));
    all.pinpad = {};
    all = without_card_terminals(std::move(all));
    all.host = {};
    all.other_hosts.clear();
    all.routing = {};
    for (auto& one : all.terminals)
        one.host_name.clear();
    all.gateway = {};
    all.more_gateways.clear();
    all.risk = {};
    return all;
}

const till_settings::host_place* till_settings::find_host(std::string_view name) const noexcept {
    if (name.empty() || name == host.name) return &host;
    const auto found = std::find_if(
        other_hosts.begin(), other_hosts.end(), [&](const host_place& place) { return place.name == name; });
    return found == other_hosts.end() ? nullptr : &*found;
}

bool till_settings::reaches_out() const {
    const auto elsewhere = [](const std::string& address) {
        const auto where = net::parse_endpoint(address);
        return where && !net::is_loopback(where->host);
    };
    const auto all = gateways();
    const auto places = card_terminals();
    const bool relayed = std::any_of(
        places.begin(), places.end(), [&](const card_terminal_place& one) { return elsewhere(one.host.address); });
    const bool other =
        std::any_of(other_hosts.begin(), other_hosts.end(), [&](const auto& one) { return elsewhere(one.address); });
    return elsewhere(host.address) || other || relayed ||
           std::any_of(all.begin(), all.end(), [&](const gateway_place& one) {
               return elsewhere(one.address) || elsewhere(one.wechat.second_address);
           });
}

namespace {

/// What a gateway is called, and whose payment codes it takes, where its settings leave that out.
struct gateway_usual {
    gateway_kind kind;
    std::string_view name;
    std::string_view takes; ///< empty: everybody's
};
constexpr std::array gateway_usuals{gateway_usual{gateway_kind::cipherlane, "cipherlane", ""},
    gateway_usual{gateway_kind::wechat, "wechat", "wechat"}, gateway_usual{gateway_kind::alipay, "alipay", "alipay"},
    gateway_usual{gateway_kind::unionpay, "unionpay", "unionpay"}, gateway_usual{gateway_kind::netpay, "netpay", ""}};

} // namespace

std::vector<till_settings::gateway_place> till_settings::gateways() const {
    std::vector<gateway_place> all;
    if (!gateway.address.empty()) all.push_back(gateway);
    all.insert(all.end(), more_gateways.begin(), more_gateways.end());
    for (auto& one : all) {
        const auto usual = std::find_if(gateway_usuals.begin(), gateway_usuals.end(),
            [&](const gateway_usual& row) { return row.kind == one.kind; });
        if (usual == gateway_usuals.end()) continue;
        if (one.name.empty()) one.name = usual->name;
        if (one.takes.empty() && !usual->takes.empty()) one.takes.emplace_back(usual->takes);
    }
    return all;
}

std::vector<till_settings::card_terminal_place> till_settings::card_terminals() const {
    std::vector<card_terminal_place> all;
    if (!card_terminal.driver.empty()) all.push_back(card_terminal);
    all.insert(all.end(), more_card_terminals.begin(), more_card_terminals.end());
    return all;
}

const till_settings::card_terminal_place* till_settings::card_terminal_of(const terminal& one) const noexcept {
    if (card_terminal.driver.empty()) return nullptr;
    if (one.card_terminal == card_terminal.name) return &card_terminal;
    if (one.card_terminal.empty() && more_card_terminals.empty()) return &card_terminal;
    const auto found = std::find_if(more_card_terminals.begin(), more_card_terminals.end(),
        [&](const card_terminal_place& place) { return place.name == one.card_terminal; });
    return found != more_card_terminals.end() ? &*found : nullptr;
}

std::string till_settings::journal_place::name() const {
    return store.empty() ? file : store::printable_address(store);
}

} // namespace cipherlane
