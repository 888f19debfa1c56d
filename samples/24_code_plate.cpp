// A code plate that is an HTTP client (云码牌): the till is the server that it calls. A payment code counts as shown
// when the plate has fetched it; then the payer pays, and the plate is told.
//
//     24_code_plate HOST:PORT PLATE        where to listen, and the plate's number (IMEI)
//
#include <cipherlane/drivers/display/plate/code_plate.hpp>

#include <iostream>

using namespace cipherlane;
using namespace std::chrono_literals;

namespace {

int sell(const char* address, const char* number) {
    drivers::code_plate_profile profile;
    profile.plates = {number};
    profile.fixed_code = "https://qr.95516.com/00010000/62000000000000000000000000000000";
    const auto plate = drivers::code_plate::listen(address, std::move(profile)).value();
    std::cout << "listening on 127.0.0.1:" << plate->port() << "\n" << std::flush;
    std::cout << plate->heartbeat(call(30s)).value() << " ask\n" << std::flush;
    ports::qr_view code;
    code.payload = "https://qr.95516.com/00010000/62123456789012345678901234567890";
    code.total = amount::parse("12.34").value();
    code.payee = "TEST TEA HOUSE";
    plate->show_qr(code, call(30s)).value();
    std::cout << "the plate has the code of 12.34\n" << std::flush;
    plate->show_outcome(ports::payment_outcome::approved, code.total, call(30s)).value();
    std::cout << "the plate knows that it is paid\n" << std::flush;
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 3) return sell(argv[1], argv[2]);
        std::cerr << "usage: " << argv[0] << " HOST:PORT PLATE\n";
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
    }
    return 2;
}
