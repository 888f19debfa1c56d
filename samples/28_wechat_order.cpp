// A native order of WeChat Pay: a code is asked for, the payment is heard of by a signed and sealed notice, and a
// part goes back. Against the simulator, with its test keys.
//
//     28_wechat_order HOST:PORT KEYS        the folder of cipherlane-gateway-sim --speak wechat --keys KEYS
//
#include <cipherlane/hostlink/gateway/wechat_gateway.hpp>

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

int run(const std::string& address, const std::string& keys) {
    wechat::merchant who;
    who.mchid = "1999000001";
    who.appid = "wx0123456789abcdef";
    who.serial = "5AF1C0DE00000000000000000000000000000001"; // of the certificate that signs what we send
    const ports::system_clock clock;
    auto known = wechat::platform::create(who, secret_bytes(as_bytes(read(keys + "/api_v3.key"))), clock).value();
    known->add_key("PUB_KEY_ID_0119990000012026092100000001", read(keys + "/platform_public.pem")).value();
    // Notices come to https in earnest, and from there to here.
    const auto listener = notification_listener::listen("127.0.0.1:0", wechat::make_notice_reader(known)).value();

    wechat::gateway_settings settings;
    settings.address = address;
    settings.merchant_id = "TESTMERCH000001";
    std::shared_ptr<request_signer> signer = key_signer::create(read(keys + "/merchant_key.pem")).value();
    const auto gateway = wechat::gateway::create(settings, known, signer, listener.get()).value();

    ports::qr_order_request wish("TEST0001-SAMPLE-28", amount::parse("19.90").value());
    wish.terminal_id = "TEST0001";
    wish.subject = "咖啡 中杯";
    const auto order = gateway->create(wish, call(20s)).value();
    std::cout << "to be shown: " << order.code_url << "\n";

    const auto paid = gateway->wait_notification(order.order_number, call(20s)).value();
    std::cout << order.order_number << ": " << to_string(paid.state) << ", " << paid.paid << ", payment "
              << paid.transaction_number << "\n";
    if (paid.state != ports::qr_order_state::paid || paid.paid != wish.total) return 1;

    const ports::qr_refund_request back(order.order_number, "TEST0001-REFUND-28", amount::parse("5.00").value());
    gateway->refund(back, call(20s)).value();
    std::cout << "5.00 went back, once, however often it is asked for by its number\n";
    return gateway->refund(back, call(20s)) ? 0 : 1;
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
