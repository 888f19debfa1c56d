// A payer's payment code charged at Alipay (当面付, 条码支付), asked after, and undone. Against the simulator, with
// its test keys.
//
//     29_alipay_code HOST:PORT KEYS        the folder of cipherlane-gateway-sim --speak alipay --keys KEYS
//
#include <cipherlane/hostlink/gateway/alipay_gateway.hpp>

#include <fstream>
#include <iostream>
#include <iterator>

using namespace cipherlane;
using namespace cipherlane::hostlink;
using namespace std::chrono_literals;

namespace {

std::string read(const std::string& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

void show(const ports::qr_order_status& told) {
    std::cout << told.order_number << ": " << to_string(told.state) << ", " << told.paid << "\n";
}

int run(const std::string& address, const std::string& keys) {
    alipay::merchant who;
    who.app_id = "2026000000000001";
    who.seller_id = "2088000000000009";
    const ports::system_clock clock;
    const auto known = alipay::platform::with_key(who, read(keys + "/platform_public.pem")).value();
    std::shared_ptr<request_signer> signer = key_signer::create(read(keys + "/merchant_key.pem")).value();

    alipay::gateway_settings settings;
    settings.address = address;
    settings.merchant_id = "TESTMERCH000001";
    const auto gateway = alipay::gateway::create(settings, known, signer, clock, nullptr).value();

    // As it was scanned from the payer's phone: good for one charge.
    const ports::qr_charge_request charge(
        "TEST0001-SAMPLE-29", amount::parse("19.90").value(), wiped_text("284567890123456789"));
    const auto paid = gateway->charge(charge, call(20s)).value();
    show(paid);
    if (paid.state != ports::qr_order_state::paid) return 1;
    show(gateway->query(charge.order_number, call(20s)).value());
    const auto undone = gateway->reverse(charge.order_number, call(20s)).value();
    show(undone);
    return undone.state == ports::qr_order_state::refunded ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: " << argv[0] << " HOST:PORT KEYS\n";
        return 2;
    }
    try {
        return run(argv[1], argv[2]);
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
        return 1;
    }
}
