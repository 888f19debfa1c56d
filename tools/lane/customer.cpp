#include "lane/customer.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <iostream>

namespace cipherlane::sim {
namespace {

constexpr std::chrono::milliseconds look_again{20};

} // namespace

customer::customer(simulators& around)
    : around_(around)
    , thread_([this] { play(); }) {}

customer::~customer() {
    over_ = true;
    thread_.join();
}

void customer::play() {
    while (!over_) {
        try {
            if (around_.pinpad.is_ours() && is_asked_for_card()) around_.present(around_.rich);
            pay_orders();
            std::this_thread::sleep_for(look_again);
        } catch (const std::exception& why) {
            std::cerr << "the customer has gone: " << why.what() << "\n";
            return;
        }
    }
}

/// A reader that has not read yet what is held to it is given no second card: the next payment would find it there,
/// and nobody would type a PIN for that one.
bool customer::is_asked_for_card() {
    const auto pad = around_.pinpad.control().ask({{"cmd", "state"}});
    return pad.at("waiting_for") == "card" && pad.at("card") != true;
}

void customer::pay_orders() {
    const auto orders = around_.gateway.control().ask({{"cmd", "orders"}}).at("orders");
    for (const auto& order : orders) {
        if (order.at("status") != "waiting" || !sees(order.at("code_url").get<std::string>())) continue;
        around_.gateway.control().ask({{"cmd", "pay"}, {"order_number", order.at("order_number")}});
    }
}

bool customer::sees(const std::string& code) {
    if (!around_.display.is_ours()) return true;
    const auto seen = around_.display.control().ask({{"cmd", "read"}}).at("codes");
    return !seen.empty() && seen.at(0) == code;
}

} // namespace cipherlane::sim
