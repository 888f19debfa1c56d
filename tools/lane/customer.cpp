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
            if (around_.pinpad.is_ours() &&
                around_.pinpad.control().ask({{"cmd", "state"}}).at("waiting_for") == "card") {
                around_.present(around_.rich);
            }
            pay_orders();
            std::this_thread::sleep_for(look_again);
        } catch (const std::exception& why) {
            std::cerr << "the customer has gone: " << why.what() << "\n";
            return;
        }
    }
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
