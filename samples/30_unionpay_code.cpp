// A sale by a code of UnionPay's (银联二维码, 主扫): the code is asked for, the payment heard of by a notice that is
// signed with UnionPay's certificate, and a part goes back. Against the simulator, with its test keys.
//
//     30_unionpay_code HOST:PORT KEYS        the folder of cipherlane-gateway-sim --speak unionpay --keys KEYS
//
#include <cipherlane/hostlink/gateway/unionpay_gateway.hpp>

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

/// UnionPay knows a trade by its number and its time: the number has it behind the terminal's eight characters.
std::string number_at(const ports::civil_time& now, const std::string& name) {
    return "TEST0001" + now.yyyymmdd() + now.hhmmss() + name;
}

int run(const std::string& address, const std::string& keys) {
    unionpay::merchant who;
    who.mer_id = "777290058110048";
    unionpay::trust by; // whom the certificate in each answer must lead to
    by.roots = certificate::create_all(read(keys + "/root.pem")).value();
    const ports::system_clock clock;
    const auto known =
        unionpay::platform::create(who, read(keys + "/merchant_certificate.pem"), std::move(by), clock).value();
    const auto listener = notification_listener::listen("127.0.0.1:0", unionpay::make_notice_reader(known)).value();

    unionpay::gateway_settings settings;
    settings.address = address;
    settings.merchant_id = "TESTMERCH000001";
    std::shared_ptr<request_signer> signer = key_signer::create(read(keys + "/merchant_key.pem")).value();
    const auto gateway = unionpay::gateway::create(settings, known, signer, listener.get()).value();

    const auto now = ports::to_civil(clock.now());
    const ports::qr_order_request wish(number_at(now, "SALE30"), amount::parse("19.90").value());
    const auto order = gateway->create(wish, call(20s)).value();
    std::cout << "to be shown: " << order.code_url << "\n";

    const auto paid = gateway->wait_notification(order.order_number, call(20s)).value();
    std::cout << order.order_number << ": " << to_string(paid.state) << ", " << paid.paid << ", payment "
              << paid.transaction_number << "\n";
    if (paid.state != ports::qr_order_state::paid || paid.paid != wish.total) return 1;

    const ports::qr_refund_request back(
        order.order_number, "R" + number_at(now, "BACK30"), amount::parse("5.00").value());
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
